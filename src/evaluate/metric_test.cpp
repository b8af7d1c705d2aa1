// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "octune/metric.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "base/random.hpp"
#include "evaluate/registry.hpp"
#include "evaluate/test_values.hpp"
#include "evaluate/values.hpp"

namespace octune::evaluate {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

double score_of(const Metric& metric, const Outputs& outputs, const Label& label) {
  return metric.score(outputs, label)[0];
}

std::vector<float> random_floats(std::size_t count, base::RandomStream& random) {
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.uniform() * 2 - 1);
  return values;
}

// ---------------------------------------------------------------------------------------------------- the registry

TEST(Registry, EveryEntryMakesTheMetricOfItsName) {
  const MetricOptions options{.dictionary = {"a", "b"}};
  for (const MetricEntry& entry : metric_entries()) {
    EXPECT_EQ(make_metric(entry.name, options)->name(), entry.name);
    EXPECT_FALSE(entry.summary.empty());
    EXPECT_EQ(entry.summary.find('\n'), std::string::npos);
  }
}

TEST(Registry, AnyTopNIsAnAccuracy) { EXPECT_EQ(make_metric("accuracy@top13")->name(), "accuracy@top13"); }

TEST(Registry, UnknownNamesAreAnsweredWithTheNearest) {
  EXPECT_THAT(error_text(ErrorKind::input, [] { make_metric("acuracy@top1"); }),
              StartsWith("metric: unknown name 'acuracy@top1'; did you mean 'accuracy@top1'"));
  EXPECT_THAT(error_text(ErrorKind::input, [] { make_metric("bleu_score"); }),
              StartsWith("metric: unknown name 'bleu_score'; "));
  for (const char* name : {"accuracy@top0", "accuracy@top", "accuracy@top1x", "accuracy@top-1", ""}) {
    EXPECT_THROW(make_metric(name), Error) << name;
  }
}

TEST(Registry, DirectionsReferencesAndUnits) {
  const MetricOptions options{.dictionary = {"a"}};
  const std::set<std::string> less_is_better{"cer",  "wer",        "mse", "mae",         "rmse",
                                             "mape", "perplexity", "kl",  "mse_to_float"};
  const std::set<std::string> compare_with_float{"cosine", "sqnr", "top1_agreement", "kl", "mse_to_float"};
  const std::set<std::string> in_decibels{"sqnr", "psnr"};
  for (const MetricEntry& entry : metric_entries()) {
    const auto metric = entry.make(options);
    EXPECT_EQ(metric->higher_is_better(), !less_is_better.contains(entry.name)) << entry.name;
    EXPECT_EQ(metric->reference(),
              compare_with_float.contains(entry.name) ? MetricReference::float_outputs : MetricReference::labels)
        << entry.name;
    EXPECT_EQ(metric->unit(), in_decibels.contains(entry.name) ? "dB" : "") << entry.name;
    EXPECT_EQ(entry.summary.find("less is better") != std::string::npos, !metric->higher_is_better()) << entry.name;
    EXPECT_EQ(entry.summary.find("no labels") != std::string::npos,
              metric->reference() == MetricReference::float_outputs)
        << entry.name;
  }
}

TEST(Registry, BoundedMeansSaySo) {
  const MetricOptions options{.dictionary = {"a"}};
  std::set<std::string> bounded;
  for (const MetricEntry& entry : metric_entries()) {
    const auto metric = entry.make(options);
    if (!metric->bounds()) continue;
    bounded.insert(entry.name);
    EXPECT_EQ(metric->aggregation(), Aggregation::mean) << entry.name;
  }
  for (const char* name : {"accuracy@top1", "accuracy@top5", "exact_match", "ssim", "cosine", "top1_agreement"})
    EXPECT_TRUE(bounded.contains(name)) << name;
}

TEST(Registry, TheScoresOfASampleHaveOneLengthIfTheyAreAddedUp) {
  const MetricOptions options{.dictionary = {"a", "b"}};
  const ov::Tensor output = floats({1, 2, 3}, {0.2F, 0.3F, 0.5F, 0.1F, 0.6F, 0.3F});
  for (const char* name : {"exact_match", "cer", "wer"})
    EXPECT_EQ(make_metric(name, options)->score({output}, "ab").size(),
              make_metric(name, options)->score({output}, "").size())
        << name;
}

TEST(Metric, TheWrongKindOfReferenceIsADefectOfTheCaller) {
  EXPECT_EQ(error_text(ErrorKind::internal, [] { make_metric("accuracy@top1")->score(Outputs{}, Outputs{}); }),
            "metric 'accuracy@top1': scored against the float model's outputs; it overrides no such score()");
  EXPECT_EQ(error_text(ErrorKind::internal, [] { make_metric("sqnr")->score(Outputs{}, "1"); }),
            "metric 'sqnr': scored against a label; it overrides no such score()");
}

TEST(Metric, ValueIsTheMeanUnlessOverridden) {
  const auto metric = make_metric("accuracy@top1");
  EXPECT_DOUBLE_EQ(metric->value(Score{3}, 4), 0.75);
  EXPECT_DOUBLE_EQ(metric->value(std::span<const Score>()), 0);
}

// ------------------------------------------------------------------------------------------------------- the values

template <class T>
void expect_read_as_doubles(const ov::element::Type& type) {
  const ov::Tensor tensor = tensor_of<T>({1, 3}, {T(1), T(7), T(2)});
  ASSERT_EQ(tensor.get_element_type(), type);
  EXPECT_THAT(to_doubles(tensor), ElementsAre(1, 7, 2)) << type;
  EXPECT_EQ(argmax(tensor), 1u) << type;
}

TEST(Values, EveryNumericTypeIsRead) {
  expect_read_as_doubles<float>(ov::element::f32);
  expect_read_as_doubles<double>(ov::element::f64);
  expect_read_as_doubles<ov::float16>(ov::element::f16);
  expect_read_as_doubles<ov::bfloat16>(ov::element::bf16);
  expect_read_as_doubles<std::int8_t>(ov::element::i8);
  expect_read_as_doubles<std::int16_t>(ov::element::i16);
  expect_read_as_doubles<std::int32_t>(ov::element::i32);
  expect_read_as_doubles<std::int64_t>(ov::element::i64);
  expect_read_as_doubles<std::uint8_t>(ov::element::u8);
  expect_read_as_doubles<std::uint16_t>(ov::element::u16);
  expect_read_as_doubles<std::uint32_t>(ov::element::u32);
  expect_read_as_doubles<std::uint64_t>(ov::element::u64);
}

TEST(Values, OtherTypesAreRefused) {
  EXPECT_EQ(error_text(ErrorKind::unsupported, [] { to_doubles(ov::Tensor(ov::element::u4, {2})); }),
            "model output: element type 'u4' cannot be judged; floating-point numbers, 8 to 64 bit integers and "
            "booleans can");
}

TEST(Values, AViewIntoALargerTensorIsReadInItsOwnOrder) {
  const ov::Tensor whole = floats({2, 3}, {1, 2, 3, 4, 5, 6});
  EXPECT_THAT(to_doubles(ov::Tensor(whole, {0, 1}, {2, 3})), ElementsAre(2, 3, 5, 6));
}

// ------------------------------------------------------------------------------------------------------- accuracy

TEST(Accuracy, ArgmaxAgainstTheLabelInEveryShape) {
  const auto metric = make_metric("accuracy@top1");
  for (const ov::Shape& shape : {ov::Shape{3}, ov::Shape{1, 3}, ov::Shape{1, 3, 1, 1}, ov::Shape{1, 1, 3}}) {
    EXPECT_EQ(score_of(*metric, {floats(shape, {0.1F, 0.7F, 0.2F})}, "1"), 1);
    EXPECT_EQ(score_of(*metric, {floats(shape, {0.1F, 0.7F, 0.2F})}, "2"), 0);
  }
  EXPECT_EQ(metric->score({floats({2}, {0, 1})}, "1").size(), 1u);
}

TEST(Accuracy, OfEqualValuesTheFirstCounts) {
  const auto metric = make_metric("accuracy@top1");
  EXPECT_EQ(score_of(*metric, {floats({3}, {0, 5, 5})}, "1"), 1);
  EXPECT_EQ(score_of(*metric, {floats({3}, {0, 5, 5})}, "2"), 0);
}

TEST(Accuracy, SeveralAcceptableLabels) {
  const auto metric = make_metric("accuracy@top1");
  const Outputs outputs{floats({4}, {0, 0, 0, 1})};
  for (const char* label : {"3", " 3 ", "[3]", "[1, 3]", "1|3", "3|1", "1,3", "[ 1 ,3 ]"}) {
    EXPECT_EQ(score_of(*metric, outputs, label), 1) << label;
  }
  for (const char* label : {"1", "[1,2]", "0|2"}) EXPECT_EQ(score_of(*metric, outputs, label), 0) << label;
}

TEST(Accuracy, EqualsASortedReference) {
  base::RandomStream random(1);
  for (int round = 0; round < 200; ++round) {
    // Few distinct values: ties are frequent.
    std::vector<float> values(8);
    for (float& value : values) value = static_cast<float>(random.below(5));
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] > values[b]; });
    const std::size_t label = random.below(values.size());
    for (const std::size_t top : {1, 3, 5}) {
      const bool expected = std::find(order.begin(), order.begin() + static_cast<int>(top), label) !=
                            order.begin() + static_cast<int>(top);
      const auto metric = make_metric("accuracy@top" + std::to_string(top));
      EXPECT_EQ(score_of(*metric, {floats({8}, values)}, std::to_string(label)), expected ? 1 : 0);
    }
  }
}

TEST(Accuracy, WhatIsNoLabel) {
  const auto metric = make_metric("accuracy@top1");
  const Outputs outputs{floats({1, 3}, {0, 0, 1})};
  for (const std::string label : {"cat", "", "1.5", "1;2", "[1", "1,", "0x1", "99999999999999999999"}) {
    EXPECT_EQ(error_text(ErrorKind::input, [&] { metric->score(outputs, label); }),
              "metric 'accuracy@top1': label '" + label +
                  "' is no class index; an integer is allowed, or several acceptable ones as '[3,5]', '3|5' or '3,5' "
                  "(folders with names: --labels folders:sorted or folders:names.txt)");
  }
  for (const std::string label : {"3", "-1", "0|3"}) {
    EXPECT_EQ(error_text(ErrorKind::input, [&] { metric->score(outputs, label); }),
              "metric 'accuracy@top1': label '" + label +
                  "' is no class of the output; it has 3 classes, 0 to 2 are allowed");
  }
}

TEST(Accuracy, LabelsAsArraysAndOneAClass) {
  const auto metric = make_metric("accuracy@top1");
  const Outputs outputs{floats({4}, {0, 0, 0, 1})};
  const auto score = [&](const std::vector<std::int64_t>& label) {
    return metric->score(outputs, Label(tensor_of<std::int64_t>({label.size()}, label)))[0];
  };
  EXPECT_EQ(score({3}), 1);
  EXPECT_EQ(score({1, 3}), 1);
  EXPECT_EQ(score({1, 2}), 0);
  EXPECT_EQ(score({0, 0, 0, 1}), 1);
  EXPECT_EQ(score({0, 1, 0, 0}), 0);
  EXPECT_EQ(score_of(*metric, outputs, "[0, 0, 0, 1]"), 1);
  for (const std::string label : {"[]", "[0,0,0,0]"}) {
    EXPECT_EQ(error_text(ErrorKind::input, [&] { metric->score(outputs, label); }),
              "metric 'accuracy@top1': label '" + label + "' names no class; at least one is needed");
  }
}

TEST(Accuracy, WhatIsNoClassification) {
  const auto metric = make_metric("accuracy@top5");
  EXPECT_EQ(error_text(ErrorKind::input,
                       [&] {
                         metric->score({floats({2, 8}, std::vector<float>(16))}, "1");
                       }),
            "metric 'accuracy@top5': the output has the shape [2,8]; [C], [1,C] or [1,C,1,1] (C classes) is needed");
  EXPECT_EQ(error_text(ErrorKind::input,
                       [&] {
                         metric->score({floats({1, 5}, std::vector<float>(5))}, "1");
                       }),
            "metric 'accuracy@top5': the output has 5 classes, so every answer would be right; at least 6 classes "
            "are needed");
  EXPECT_EQ(error_text(ErrorKind::input,
                       [] {
                         make_metric("accuracy@top1")->score({floats({1, 1}, {0.3F})}, "0");
                       }),
            "metric 'accuracy@top1': the output has 1 class, so every answer would be right; at least 2 classes are "
            "needed");
}

// ------------------------------------------------------------------------------------------------------- fidelity

TEST(Fidelity, ValuesComputedElsewhere) {
  // numpy: x @ y / (norm(x) * norm(y)) of [1,2,3] and [4,5,6]
  EXPECT_NEAR(make_metric("cosine")->score({floats({3}, {4, 5, 6})}, Outputs{floats({3}, {1, 2, 3})})[0],
              0.9746318461970762, 1e-15);
  // energies 25 and 0.25: a ratio of 100 is 20 dB
  const auto sqnr = make_metric("sqnr");
  EXPECT_DOUBLE_EQ(sqnr->value(sqnr->score({floats({2}, {3, 3.5F})}, Outputs{floats({2}, {3, 4})}), 1), 20);
}

TEST(Fidelity, OutputsAreJoinedWhateverTheirTypes) {
  const Outputs reference{floats({2}, {1, 2}), tensor_of<std::int32_t>({1}, {3})};
  const Outputs outputs{floats({1, 2}, {4, 5}), floats({1}, {6})};
  EXPECT_NEAR(make_metric("cosine")->score(outputs, reference)[0], 0.9746318461970762, 1e-15);
  const Score energies = make_metric("sqnr")->score(outputs, reference);
  EXPECT_DOUBLE_EQ(energies[0], 14);
  EXPECT_DOUBLE_EQ(energies[1], 27);
}

TEST(Fidelity, IdenticalOutputsAreAtTheBestEndOfEveryScale) {
  base::RandomStream random(2);
  for (int round = 0; round < 20; ++round) {
    const Outputs outputs{floats({1, 50}, random_floats(50, random)), floats({4}, random_floats(4, random))};
    for (const MetricEntry& entry : metric_entries()) {
      const auto metric = entry.make({.dictionary = {"a"}});
      if (metric->reference() != MetricReference::float_outputs) continue;
      const double expected = entry.name == "sqnr"         ? 10 * std::log10(std::pow(2.0, 52))
                              : metric->higher_is_better() ? 1
                                                           : 0;
      EXPECT_NEAR(metric->value(metric->score(outputs, outputs), 1), expected, 1e-12) << entry.name;
    }
  }
}

TEST(Fidelity, ZeroVectors) {
  const auto cosine = make_metric("cosine");
  const auto sqnr = make_metric("sqnr");
  const Outputs zero{floats({2}, {0, 0})}, other{floats({2}, {1, 0})};
  EXPECT_EQ(cosine->score(zero, zero)[0], 1);
  EXPECT_EQ(cosine->score(zero, other)[0], 0);
  EXPECT_EQ(cosine->score(other, zero)[0], 0);
  EXPECT_NEAR(sqnr->value(sqnr->score(zero, zero), 1), 156.5, 0.1);
  EXPECT_NEAR(sqnr->value(sqnr->score(other, zero), 1), -156.5, 0.1);
  EXPECT_NEAR(sqnr->value(sqnr->score(zero, other), 1), 0, 1e-12);  // noise as strong as the signal
}

TEST(Fidelity, CosineDoesNotChangeWithTheScaleOfEitherSide) {
  base::RandomStream random(3);
  const std::vector<float> x = random_floats(64, random), y = random_floats(64, random);
  std::vector<float> scaled = y;
  for (float& value : scaled) value *= -4;  // a power of two: exact
  const auto cosine = make_metric("cosine");
  const double plain = cosine->score({floats({64}, y)}, Outputs{floats({64}, x)})[0];
  EXPECT_NEAR(cosine->score({floats({64}, scaled)}, Outputs{floats({64}, x)})[0], -plain, 1e-12);
}

TEST(Fidelity, SqnrIsOfTheWholeSetNotTheMeanOfSamples) {
  const auto sqnr = make_metric("sqnr");
  const Score loud = sqnr->score({floats({1}, {99})}, Outputs{floats({1}, {100})});
  const Score quiet = sqnr->score({floats({1}, {2})}, Outputs{floats({1}, {1})});
  EXPECT_NEAR(sqnr->value(std::vector<Score>{loud, quiet}), 10 * std::log10(10001.0 / 2.0), 1e-12);
}

TEST(Fidelity, TheOrderOfSamplesDoesNotMatter) {
  base::RandomStream random(4);
  for (const char* name : {"cosine", "sqnr", "top1_agreement", "kl", "mse_to_float"}) {
    const auto metric = make_metric(name);
    std::vector<Score> scores;
    for (int i = 0; i < 30; ++i) {
      scores.push_back(
          metric->score({floats({9}, random_floats(9, random))}, Outputs{floats({9}, random_floats(9, random))}));
    }
    const std::vector<Score> backward(scores.rbegin(), scores.rend());
    EXPECT_NEAR(metric->value(scores), metric->value(backward), 1e-12) << name;
  }
}

TEST(Fidelity, TopAgreementLooksAtTheFirstOutputOnly) {
  const auto metric = make_metric("top1_agreement");
  const Outputs reference{floats({1, 3}, {0, 2, 1}), floats({2}, {0, 1})};
  EXPECT_EQ(metric->score({floats({1, 3}, {5, 9, 8}), floats({2}, {1, 0})}, reference)[0], 1);
  EXPECT_EQ(metric->score({floats({1, 3}, {5, 7, 8}), floats({2}, {0, 1})}, reference)[0], 0);
}

TEST(Fidelity, ModelsThatCannotBeCompared) {
  const auto metric = make_metric("cosine");
  const Outputs two{floats({2}, {0, 1}), floats({2, 1}, {0, 1})};
  EXPECT_EQ(error_text(ErrorKind::input,
                       [&] {
                         metric->score(two, Outputs{floats({2}, {0, 1})});
                       }),
            "metric 'cosine': the model has 2 outputs but the float model 1; compare models made from each other");
  EXPECT_EQ(
      error_text(ErrorKind::input,
                 [&] {
                   metric->score(two, Outputs{two[0], floats({1, 1}, {0})});
                 }),
      "metric 'cosine': output 1 has the shape [2,1] but the float model's [1,1]; outputs whose size depends on the "
      "data need a metric with labels");
}

}  // namespace
}  // namespace octune::evaluate
