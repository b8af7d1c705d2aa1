// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "program.hpp"

namespace octune::cli_test {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ConfigTest : public ProgramTest {
 protected:
  void SetUp() override { write_model_and_data(); }
};

constexpr const char* kPotFile = R"(/* This configuration file is the fastest way to get started. */
{
    /* Model parameters */
    "model": {
        "model_name": "small", // Model name
        "model": "../model.xml", // Path to model (.xml format)
        "weights": "../model.bin" // Path to weights (.bin format)
    },
    /* Parameters of the engine used for model inference */
    "engine": {
        "type": "simplified",
        "layout": "NCHW",
        "data_source": "../images"
    },
    /* Optimization hyperparameters */
    "compression": {
        "target_device": "ANY", // Target device
        "model_type": "None",
        "algorithms": [
            {
                "name": "DefaultQuantization",
                "params": {
                    "preset": "mixed",
                    "stat_subset_size": 3, // Size of subset
                    "shuffle_data": false,
                    "use_layerwise_tuning": false
                }
            }
        ]
    }
}
)";

TEST_F(ConfigTest, APotFileRunsUnchangedFromAnyFolder) {
  write_images("images", 4);
  write("configs/pot.json", kPotFile);
  const Outcome outcome = octune("-c configs/pot.json -o out");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(entries("out"), ElementsAre("run.json", "small.bin", "small.xml", "statistics.octs"));
  const json record = json::parse(read("out/run.json"));
  EXPECT_EQ(record["plan"]["preset"], "mixed");
  EXPECT_EQ(record["samples"]["used"], 3);
  EXPECT_EQ(record["samples"]["available"], 4);
  EXPECT_EQ(record["configuration"]["preprocess"]["color"], "bgr");
}

TEST_F(ConfigTest, OptionsOverrideTheFile) {
  write_images("images", 4);
  write("configs/pot.json", kPotFile);
  const Outcome outcome = octune(
      "quantize --config configs/pot.json -o out --preset performance --subset-size 2 --name other --data x.npy");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json record = json::parse(read("out/run.json"));
  EXPECT_EQ(record["plan"]["preset"], "performance");
  EXPECT_EQ(record["samples"]["used"], 2);
  EXPECT_EQ(record["samples"]["available"], 8);
  EXPECT_EQ(record["output"]["model"], "out/other.xml");
  EXPECT_EQ(record["configuration"]["model_type"], "none") << "what no option says stays as in the file";
}

TEST_F(ConfigTest, AllMistakesAreListedAtOnceWithTheirPlaces) {
  write("c.json", R"({
  "model": {"model": "model.xml", "weigths": "model.bin"},
  "compression": {
    "algorithms": [{"name": "DefaultQuantization", "params": {"preset": "mixd"}}]
  }
})");
  const Outcome outcome = octune("-c c.json -o out");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.err,
            "error: c.json:2:35: unknown key 'weigths' in model; did you mean 'weights'? (known: model_name, cascade, "
            "model, weights, output_dir)\n"
            "error: c.json:4:73: compression.algorithms[0].params.preset: unknown value 'mixd'; did you mean 'mixed'? "
            "(known: performance, mixed, accuracy)\n");
}

TEST_F(ConfigTest, WhatThisVersionCannotDoExitsWithThree) {
  write("c.json", R"({"model": {"model": "model.xml"}, "optimizer": {"name": "Tpe", "params": {"max_trials": 1}}})");
  const Outcome outcome = octune("-c c.json");
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("tuning is not available in this version"));
}

TEST_F(ConfigTest, TheWholeDataSetIsUsedWithoutASubsetSizeAndIsCalledSmall) {
  write("c.json", R"({"compression": {"algorithms": [{"name": "DefaultQuantization"}]}})");
  const Outcome outcome = octune("quantize model.xml -c c.json -o out --data x.npy");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("warning: the whole data set of 8 samples is used; 300 or more are recommended"));
  EXPECT_EQ(json::parse(read("out/run.json"))["samples"]["used"], 8);
}

TEST_F(ConfigTest, ThePartsOfThePipelineRunAlone) {
  write("c.json", R"({"compression": {"algorithms": [
    {"name": "MinMaxQuantization", "params": {"stat_subset_size": 8}},
    {"name": "BiasCorrection", "params": {"stat_subset_size": 8, "ignored": {"scope": ["fc"]}}}]}})");
  const Outcome outcome = octune("quantize model.xml -c c.json --data x.npy");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(entries("results"), ElementsAre("model_MinMaxQuantization_BiasCorrection"));
  const Outcome plan = octune("plan model.xml -c c.json --json");
  ASSERT_EQ(plan.exit_code, 0) << plan.err;
  EXPECT_THAT(plan.json()["plan"]["aligned_pairs"], testing::IsEmpty());
  EXPECT_THAT(plan.json()["plan"]["bias_corrections"], testing::Not(testing::IsEmpty()));
  EXPECT_THAT(plan.json()["plan"]["bias_corrections"], testing::Not(testing::Contains("fc")));
}

TEST_F(ConfigTest, ASectionTakesTheReferencesDefaultsAndSaysWhatTheyCost) {
  write("c.json", R"({"compression": {"algorithms": [
    {"name": "DefaultQuantization", "params": {"weights": {"bits": 8}}}]}})");
  const Outcome outcome = octune("plan model.xml -c c.json --json");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("'weights' names no granularity"));
  for (const json& quantizer : outcome.json()["plan"]["quantizers"]) {
    if (quantizer["kind"] != "weights") continue;
    EXPECT_EQ(quantizer["scheme"]["granularity"], "pertensor");
  }
}

TEST_F(ConfigTest, OptionsOfSchemesChangeSingleFields) {
  const Outcome outcome = octune(
      "quantize model.xml --preset performance -o out --data x.npy --weights-bits 4 --weights-estimator mse "
      "--range-estimator quantile "
      "--activations-mode asymmetric --bias-correction sequential --bias-threshold 3 --sequence-length 2 --requantize");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json configuration = json::parse(read("out/run.json"))["configuration"];
  EXPECT_EQ(configuration["weights"], json::parse(R"({"bits": 4, "range_estimator": {"preset": "mse"}})"));
  EXPECT_EQ(configuration["activations"],
            json::parse(R"({"mode": "asymmetric", "range_estimator": {"preset": "quantile"}})"));
  EXPECT_EQ(configuration["bias_correction"], "sequential");
  EXPECT_EQ(configuration["bias_threshold"], 3);
  EXPECT_EQ(configuration["sequence_length"], 2);
  EXPECT_EQ(configuration["requantize"], true);
}

TEST_F(ConfigTest, AQuantizedModelIsRefusedUnlessItIsToBeRequantized) {
  ASSERT_EQ(octune("quantize model.xml --preset performance -o out --data x.npy").exit_code, 0);
  const Outcome refused = octune("quantize out/model.xml --preset performance -o again --data x.npy");
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_THAT(refused.err, HasSubstr("--requantize"));
  EXPECT_THAT(entries("again"), testing::Not(testing::Contains("model.xml")));
  EXPECT_EQ(octune("quantize out/model.xml --preset performance -o again --data x.npy --requantize").exit_code, 0);
  EXPECT_THAT(entries("again"), ElementsAre("model.bin", "model.xml", "run.json", "statistics.octs"));
}

TEST_F(ConfigTest, OptionsOfSchemesComeBeforeTheDefaultsOfASection) {
  write("c.json", R"({"compression": {"algorithms": [{"name": "DefaultQuantization", "params": {
    "weights": {"granularity": "perchannel"},
    "activations": {"range_estimator": {"max": {"type": "quantile"}}}}}]}})");
  const Outcome outcome = octune(
      "quantize model.xml -c c.json -o out --data x.npy --preset mixed --weights-bits 4 --range-estimator mse "
      "--no-fast-bias-correction");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json configuration = json::parse(read("out/run.json"))["configuration"];
  EXPECT_EQ(configuration["weights"]["bits"], 4);
  EXPECT_EQ(configuration["weights"]["level_low"], -8);
  EXPECT_EQ(configuration["activations"]["mode"], "asymmetric");
  EXPECT_EQ(configuration["activations"]["range_estimator"], json::parse(R"({"preset": "mse"})"));
  EXPECT_EQ(configuration["bias_correction"], "none");
}

TEST_F(ConfigTest, APotDocumentsTuningExampleExitsWithThree) {
  write("c.json", R"({"compression": {"algorithms": [{"name": "TunableQuantization", "params": {
    "preset": "performance", "stat_subset_size": 300, "tuning_scope": ["layer"],
    "estimator_tuning_scope": ["preset", "aggregator", "type", "outlier_prob"],
    "outlier_prob_choices": [1e-3, 1e-4, 1e-5]}}]}})");
  const Outcome outcome = octune("-c c.json");
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_EQ(outcome.err,
            "error: c.json:1:42: tuning by 'TunableQuantization' is not available in this version; use "
            "DefaultQuantization\n");
}

TEST_F(ConfigTest, AnImpossiblePipelineIsOneError) {
  write("c.json", R"({"compression": {"algorithms": [{"name": "BiasCorrection"}, {"name": "MinMaxQuantization"}]}})");
  const Outcome outcome = octune("quantize model.xml -c c.json --data x.npy");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.err,
            "error: c.json:1:32: 'MinMaxQuantization' cannot come behind 'BiasCorrection'; the order is "
            "ActivationChannelAlignment, MinMaxQuantization, then FastBiasCorrection or BiasCorrection, each once\n");
}

TEST_F(ConfigTest, AMissingConfigurationIsAnInputError) {
  const Outcome outcome = octune("-c none.json");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("none.json: cannot be read"));
}

}  // namespace
}  // namespace octune::cli_test
