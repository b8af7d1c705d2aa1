// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "config/scheme_section.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "octune/error.hpp"

namespace octune::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

RunConfig parse(const std::string& params) {
  RunConfig config = parse_run_config(
      R"({"compression": {"algorithms": [{"name": "DefaultQuantization", "params": {)" + params + "}}]}}", "c.json");
  complete(config);
  return config;
}

SchemeOverride weights(const std::string& keys, const std::string& more = "") {
  return parse(R"("weights": {)" + keys + "}" + more).quantize.plan.weights;
}
SchemeOverride activations(const std::string& keys, const std::string& more = "") {
  return parse(R"("activations": {)" + keys + "}" + more).quantize.plan.activations;
}

std::vector<std::string> warnings(const RunConfig& config) {
  std::vector<std::string> texts;
  for (const Note& note : config.notes) {
    if (note.severity == Severity::warning) texts.push_back(note.text);
  }
  return texts;
}

std::string problem(const std::string& params) {
  try {
    parse(params);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input);
    return error.what();
  }
  return "no error";
}

// The rows of the table in docs/configuration.md, "What a section leaves out".

TEST(MissingKey, SectionTheTableOfTheTarget) {
  const PlanOptions plan = parse("").quantize.plan;
  EXPECT_TRUE(plan.weights.empty());
  EXPECT_TRUE(plan.activations.empty());
  EXPECT_TRUE(parse(R"("weights": {})").quantize.plan.activations.empty()) << "the other section is not touched";
}

TEST(MissingKey, BitsEight) {
  EXPECT_EQ(weights("").bits, 8);
  EXPECT_EQ(activations("").bits, 8);
  EXPECT_EQ(weights(R"("bits": 4)").bits, 4);
}

TEST(MissingKey, ModeThePresets) {
  EXPECT_EQ(weights("").mode, Mode::symmetric);
  EXPECT_EQ(activations("").mode, Mode::symmetric);
  EXPECT_EQ(weights("", R"(, "preset": "mixed")").mode, Mode::symmetric);
  EXPECT_EQ(activations("", R"(, "preset": "mixed")").mode, Mode::asymmetric);
  EXPECT_EQ(weights("", R"(, "preset": "accuracy")").mode, Mode::asymmetric);
  EXPECT_EQ(activations(R"("mode": "symmetric")", R"(, "preset": "accuracy")").mode, Mode::symmetric);
}

TEST(MissingKey, GranularityPerTensorAndAWarningForWeights) {
  EXPECT_EQ(weights("").granularity, Granularity::per_tensor);
  EXPECT_EQ(activations("").granularity, Granularity::per_tensor);
  EXPECT_THAT(warnings(parse(R"("weights": {})")),
              ElementsAre("c.json:1:87: 'weights' names no granularity, so all weights of a layer share one range, as "
                          "the reference says; write \"granularity\": \"perchannel\" to keep more accuracy"));
  EXPECT_THAT(warnings(parse(R"("weights": {"granularity": "perchannel"}, "activations": {})")), IsEmpty());
}

TEST(MissingKey, LevelsOfSymmetricWeightsAllThatTheBitsHold) {
  EXPECT_EQ(weights("").level_low, -128);
  EXPECT_EQ(weights("").level_high, 127);
  EXPECT_EQ(weights(R"("bits": 4)").level_low, -8);
  EXPECT_EQ(weights(R"("bits": 4)").level_high, 7);
}

TEST(MissingKey, LevelsOfAsymmetricWeightsAndOfActivationsAreLeftToTheSignOfTheData) {
  EXPECT_EQ(weights(R"("mode": "asymmetric")").level_low, std::nullopt);
  EXPECT_EQ(weights(R"("mode": "asymmetric")").level_high, std::nullopt);
  EXPECT_EQ(activations("").level_low, std::nullopt);
  EXPECT_EQ(activations("").level_high, std::nullopt);
}

TEST(MissingKey, OneEndOfTheLevelsByTheSignOfTheOther) {
  EXPECT_EQ(weights(R"("level_low": -127)").level_high, 127);
  EXPECT_EQ(weights(R"("level_low": 0)").level_high, 255);
  EXPECT_EQ(weights(R"("level_high": 127)").level_low, -128);
  EXPECT_EQ(weights(R"("level_high": 255)").level_low, 0);
  EXPECT_EQ(activations(R"("level_low": -64)").level_high, 127);
  EXPECT_EQ(activations(R"("level_high": 255)").level_low, 0);
  EXPECT_EQ(activations(R"("bits": 16, "level_low": 0)").level_high, 65535);
}

TEST(MissingKey, RangeEstimatorThoseOfTheTable) {
  EXPECT_EQ(weights("").range_estimator, RangeEstimatorOverride{});
  EXPECT_EQ(activations("").range_estimator, RangeEstimatorOverride{});
}

TEST(MissingKey, BorderNothing) {
  const RangeEstimatorOverride range = activations(R"("range_estimator": {"max": {}})").range_estimator;
  EXPECT_EQ(range.min, BorderOverride{});
  EXPECT_EQ(range.preset, std::nullopt);
}

TEST(MissingKey, TypeTheExtremeOfTheBorder) {
  const RangeEstimatorOverride range = activations(R"("range_estimator": {"min": {}, "max": {}})").range_estimator;
  EXPECT_EQ(range.min.type, EstimatorType::min);
  EXPECT_EQ(range.max.type, EstimatorType::max);
}

TEST(MissingKey, TypeThatOfThePresetIfOneIsGiven) {
  const RangeEstimatorOverride range =
      activations(R"("range_estimator": {"preset": "quantile", "max": {"outlier_prob": 0.01}})").range_estimator;
  EXPECT_EQ(range.preset, EstimatorPreset::quantile);
  EXPECT_EQ(range.max.type, std::nullopt) << "left to the preset";
  EXPECT_EQ(range.max.outlier_prob, 0.01);
}

TEST(MissingKey, AggregatorMeanOfActivations) {
  EXPECT_EQ(activations(R"("range_estimator": {"max": {}})").range_estimator.max.aggregator, Aggregator::mean);
  EXPECT_EQ(activations(R"("range_estimator": {"max": {"aggregator": "max"}})").range_estimator.max.aggregator,
            Aggregator::max);
  EXPECT_EQ(weights(R"("range_estimator": {"max": {}})").range_estimator.max.aggregator, std::nullopt);
}

TEST(MissingKey, OutlierProbOneInTenThousand) {
  EXPECT_EQ(weights(R"("range_estimator": {"max": {"type": "quantile"}})").range_estimator.max.outlier_prob, 1e-4);
  EXPECT_EQ(activations(R"("range_estimator": {"min": {"type": "quantile"}})").range_estimator.min.outlier_prob, 1e-4);
}

TEST(MissingKey, GranularityOfABorderThatOfTheScheme) {
  EXPECT_EQ(activations(R"("range_estimator": {"max": {}})").range_estimator.max.granularity, std::nullopt);
  EXPECT_EQ(activations(R"("range_estimator": {"max": {"granularity": "perchannel"}})").range_estimator.max.granularity,
            Granularity::per_channel);
}

TEST(MissingKey, ClippingValueNone) {
  EXPECT_EQ(activations(R"("range_estimator": {"max": {}})").range_estimator.max.clipping_value, std::nullopt);
  EXPECT_EQ(activations(R"("range_estimator": {"max": {"clipping_value": 6}})").range_estimator.max.clipping_value, 6);
}

// What the command line changes comes before the defaults that depend on it.
TEST(MissingKey, DefaultsFollowOptionsGivenInBetween) {
  RunConfig config = parse_run_config(R"({"compression": {"algorithms": [
      {"name": "DefaultQuantization", "params": {"weights": {"granularity": "perchannel"}, "activations": {}}}]}})",
                                      "c.json");
  config.quantize.plan.preset = Preset::mixed;
  config.quantize.plan.weights.bits = 4;
  complete(config);
  EXPECT_EQ(config.quantize.plan.weights.level_low, -8);
  EXPECT_EQ(config.quantize.plan.activations.mode, Mode::asymmetric);
}

TEST(Scheme, BitsAreTwoToEightOrSixteen) {
  for (const int bits : {2, 3, 4, 5, 6, 7, 8, 16})
    EXPECT_EQ(weights(R"("bits": )" + std::to_string(bits)).bits, bits) << bits;
  for (const char* bits : {"1", "0", "-8", "9", "15", "17", "32"}) {
    EXPECT_EQ(problem(std::string(R"("weights": {"bits": )") + bits + "}"),
              std::string("c.json:1:96: compression.algorithms[0].params.weights.bits is ") + bits +
                  "; it has to be 2 to 8, or 16 for devices that have it");
  }
  EXPECT_THAT(problem(R"("weights": {"bits": 7.5})"), HasSubstr("weights.bits is 7.5; it has to be a whole number"));
}

TEST(Scheme, LevelsHaveToRise) {
  EXPECT_EQ(problem(R"("weights": {"level_low": 5, "level_high": 5})"),
            "c.json:1:101: compression.algorithms[0].params.weights.level_low is 5, level_high is 5; level_low has to "
            "be the lower one");
}

TEST(RangeEstimator, AllTypesAndPresetsAreKnown) {
  for (const char* type : {"max", "abs_max", "quantile", "abs_quantile"}) {
    EXPECT_THAT(
        warnings(parse(std::string(R"("activations": {"range_estimator": {"max": {"type": ")") + type + "\"}}}")),
        IsEmpty())
        << type;
  }
  for (const char* preset : {"default", "quantile", "histogram", "mse", "kl"}) {
    EXPECT_TRUE(activations(std::string(R"("range_estimator": {"preset": ")") + preset + "\"}")
                    .range_estimator.preset.has_value())
        << preset;
  }
  EXPECT_THAT(problem(R"("activations": {"range_estimator": {"preset": "quantil"}})"),
              HasSubstr("unknown value 'quantil'; did you mean 'quantile'? (known: default, quantile, histogram, mse, "
                        "kl)"));
}

TEST(RangeEstimator, ATypeOfTheOtherBorderIsReadAsThisBordersWithAWarning) {
  const RunConfig config = parse(R"("activations": {"range_estimator": {"min": {"type": "max"}}})");
  EXPECT_EQ(config.quantize.plan.activations.range_estimator.min.type, EstimatorType::min);
  EXPECT_THAT(warnings(config), ElementsAre("c.json:1:128: compression.algorithms[0].params.activations."
                                            "range_estimator.min.type 'max' is read as 'min': it estimates the lower "
                                            "border"));
  const auto read = [](const std::string& border, const std::string& type) {
    const RangeEstimatorOverride range =
        activations(R"("range_estimator": {")" + border + R"(": {"type": ")" + type + "\"}}").range_estimator;
    return border == "min" ? range.min.type : range.max.type;
  };
  EXPECT_EQ(read("min", "abs_max"), EstimatorType::min);
  EXPECT_EQ(read("min", "abs_quantile"), EstimatorType::quantile);
  EXPECT_EQ(read("max", "min"), EstimatorType::max);
}

TEST(RangeEstimator, NamedEstimatorsRuleOverASearch) {
  const RunConfig config =
      parse(R"("activations": {"range_estimator": {"preset": "mse", "max": {"type": "quantile"}}})");
  const RangeEstimatorOverride& range = config.quantize.plan.activations.range_estimator;
  EXPECT_EQ(range.preset, std::nullopt);
  EXPECT_EQ(range.max.type, EstimatorType::quantile);
  EXPECT_THAT(warnings(config), ElementsAre(HasSubstr("the preset 'mse' has no effect: 'min' and 'max' name "
                                                      "estimators, which rule")));
  const RunConfig clipped =
      parse(R"("activations": {"range_estimator": {"preset": "mse", "max": {"clipping_value": 6}}})");
  EXPECT_EQ(clipped.quantize.plan.activations.range_estimator.preset, EstimatorPreset::mse);
  EXPECT_EQ(clipped.quantize.plan.activations.range_estimator.max.clipping_value, 6);
}

TEST(RangeEstimator, OneForTheAlgorithmHoldsForBothUntilASectionHasItsOwn) {
  const RunConfig config = parse(R"("range_estimator": {"preset": "quantile", "max": {"aggregator": "max"}},
      "weights": {"granularity": "perchannel", "range_estimator": {"min": {"type": "min"}}})");
  const PlanOptions& plan = config.quantize.plan;
  EXPECT_EQ(plan.activations.range_estimator.preset, EstimatorPreset::quantile);
  EXPECT_EQ(plan.activations.range_estimator.max.aggregator, Aggregator::max);
  EXPECT_EQ(plan.weights.range_estimator.preset, std::nullopt);
  EXPECT_EQ(plan.weights.range_estimator.max, BorderOverride{});
  EXPECT_EQ(plan.activations.bits, std::nullopt) << "no section, no defaults of one";
}

TEST(RangeEstimator, AnAggregatorOfWeightsHasNoEffect) {
  const RunConfig config = parse(R"("weights": {"granularity": "perchannel",
      "range_estimator": {"max": {"type": "max", "aggregator": "median"}}})");
  EXPECT_EQ(config.quantize.plan.weights.range_estimator.max.aggregator, std::nullopt);
  ASSERT_EQ(config.notes.size(), 1u);
  EXPECT_EQ(config.notes[0].severity, Severity::debug);
}

TEST(RangeEstimator, SharesOfOutliersStayBelowHalf) {
  for (const char* share : {"0.5", "1", "-0.1"}) {
    EXPECT_THAT(problem(std::string(R"("activations": {"range_estimator": {"max": {"outlier_prob": )") + share + "}}}"),
                HasSubstr(std::string("range_estimator.max.outlier_prob is ") + share +
                          "; it has to be at least 0 and below 0.5"))
        << share;
  }
}

}  // namespace
}  // namespace octune::config
