// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/classification.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "evaluate/binary_metrics.hpp"
#include "evaluate/test_values.hpp"

namespace octune::evaluate {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

MetricOptions above(double threshold) {
  MetricOptions options;
  options.threshold = threshold;
  return options;
}

/// An output of `classes` whose largest value is that of `index`.
ov::Tensor answer(std::size_t index, std::size_t classes = 3) {
  ov::Tensor output = floats({1, classes}, std::vector<float>(classes));
  output.data<float>()[index] = 1;
  return output;
}

// ------------------------------------------------------------------------------------------------- several classes

TEST(PerClassAccuracy, EveryClassCountsAlikeHoweverManySamplesItHas) {
  const auto metric = make_per_class_accuracy();
  std::vector<Score> scores;
  for (int i = 0; i < 9; ++i) scores.push_back(metric->score({answer(0)}, "0"));
  scores.push_back(metric->score({answer(0)}, "1"));
  EXPECT_DOUBLE_EQ(metric->value(scores), 0.5) << "recalls 1 and 0; class 2 has no sample";
  EXPECT_EQ(metric->value(std::span<const Score>()), 0);
  EXPECT_EQ(scores.front().size(), 2u) << "two numbers a sample, not two a class";
}

TEST(F1OfClasses, WithoutThresholdOneClassASample) {
  const auto micro = make_f1_micro({});
  EXPECT_THAT(micro->score({answer(1)}, "1"), ElementsAre(1, 0, 0));
  EXPECT_THAT(micro->score({answer(1)}, "2"), ElementsAre(0, 1, 1));
  EXPECT_EQ(error_text(ErrorKind::input, [&] { micro->score({answer(1)}, "1|2"); }),
            "metric 'f1_micro': label '1|2' names 2 classes; one is needed, or a threshold above which a class is an "
            "answer");
}

TEST(F1OfClasses, WithThresholdSetsOfClasses) {
  const ov::Tensor output = floats({4}, {0.9F, 0.5F, 0.6F, 0.1F});
  EXPECT_THAT(make_f1_micro(above(0.5))->score({output}, "[2,3,2]"), ElementsAre(1, 1, 1)) << "0.5 is not above 0.5";
  EXPECT_THAT(make_f1_micro(above(0.5))->score({output}, "[]"), ElementsAre(0, 2, 0));
  EXPECT_THAT(make_f1_macro(above(0.5))->score({output}, "[0,0,1,1]"), ElementsAre(4, 2, 2, 3, 0, 2));
}

TEST(F1OfClasses, MacroCountsAllClassesOfSetsButOnlyNamedOnesOtherwise) {
  const auto of_sets = make_f1_macro(above(0.5));
  EXPECT_DOUBLE_EQ(of_sets->value(std::vector<Score>{of_sets->score({answer(0, 4)}, "[0]")}), 0.25);
  const auto of_one = make_f1_macro({});
  EXPECT_DOUBLE_EQ(of_one->value(std::vector<Score>{of_one->score({answer(0, 4)}, "0")}), 1);
  EXPECT_EQ(of_one->value(std::span<const Score>()), 0);
}

TEST(F1OfClasses, NothingToCountIsZero) {
  const auto micro = make_f1_micro(above(2));
  EXPECT_EQ(micro->value(std::vector<Score>{micro->score({answer(0)}, "[]")}), 0);
}

TEST(F1OfClasses, OneValueIsNoClasses) {
  EXPECT_EQ(error_text(ErrorKind::input,
                       [] {
                         make_f1_macro({})->score({floats({1, 1}, {1})}, "0");
                       }),
            "metric 'f1_macro': the output has 1 class; at least 2 are needed (f1 and binary_accuracy judge single "
            "values)");
}

// ------------------------------------------------------------------------------------------------------- yes or no

TEST(Binary, OneAnswerAFrameOverAllSamples) {
  const auto metric = make_binary_accuracy({});
  const Score longer = metric->score({floats({3, 1}, {0.9F, 0.2F, 0.5F})}, "[1, 1, 0]");
  const Score shorter = metric->score({floats({1, 1}, {0.1F})}, "0");
  EXPECT_THAT(longer, ElementsAre(2, 3)) << "0.5 is not above 0.5";
  EXPECT_THAT(shorter, ElementsAre(1, 1));
  EXPECT_DOUBLE_EQ(metric->value(std::vector<Score>{longer, shorter}), 0.75) << "of frames, not of samples";
  EXPECT_THAT(make_f1({})->score({floats({3, 1}, {0.9F, 0.2F, 0.5F})}, "[1, 1, 0]"), ElementsAre(1, 0, 1));
}

TEST(Binary, OneValueAClassAndOneLabel) {
  const ov::Tensor output = floats({1, 3}, {2, 1, 0.5F});
  EXPECT_THAT(make_binary_accuracy({})->score({output}, "0"), ElementsAre(1, 1)) << "neither says class 1";
  EXPECT_THAT(make_f1({})->score({output}, "1"), ElementsAre(0, 0, 1));
  EXPECT_THAT(make_f1(above(0.8))->score({output}, "1"), ElementsAre(1, 0, 0)) << "class 1 is above the threshold";
  MetricOptions first;
  first.positive_class = 0;
  EXPECT_THAT(make_f1(first)->score({output}, "0"), ElementsAre(1, 0, 0));
  EXPECT_THAT(make_f1(first)->score({output}, "2"), ElementsAre(0, 1, 0));
}

TEST(Binary, WhatDoesNotFit) {
  const auto metric = make_f1({});
  const auto text_of = [&](const ov::Tensor& output, const Label& label) {
    return error_text(ErrorKind::input, [&] { metric->score({output}, label); });
  };
  EXPECT_EQ(text_of(floats({3, 1}, {0, 0, 0}), "[0,1]"),
            "metric 'f1': the label has 2 numbers but the output 3 values in the shape [3,1]; give one for each value, "
            "or one class");
  EXPECT_EQ(text_of(floats({2}, {0, 0}), "[0,2]"),
            "metric 'f1': the label holds 2; 0 (no) and 1 (yes) are allowed, one for each value of the output");
  EXPECT_EQ(text_of(floats({2}, {0, 0}), "2"),
            "metric 'f1': label '2' is no class of the output; it has 2 classes, 0 to 1 are allowed");
  MetricOptions options;
  options.positive_class = 2;
  EXPECT_EQ(error_text(ErrorKind::input,
                       [&] {
                         make_f1(options)->score({floats({2}, {0, 0})}, "1");
                       }),
            "metric 'f1': the output has 2 classes, so class 2 cannot be the positive one; 0 to 1 are allowed");
}

// ------------------------------------------------------------------------------------------------------------- ROC

double area(const std::vector<float>& values, const std::vector<std::string>& labels) {
  const auto metric = make_roc_auc();
  std::vector<Score> scores;
  for (std::size_t i = 0; i < values.size(); ++i)
    scores.push_back(metric->score({floats({1}, {values[i]})}, labels[i]));
  return metric->value(scores);
}

TEST(RocAuc, CountsPairsInOrderAndHalfOfEqualOnes) {
  EXPECT_DOUBLE_EQ(area({1, 2, 3, 4}, {"0", "0", "1", "1"}), 1);
  EXPECT_DOUBLE_EQ(area({4, 3, 2, 1}, {"0", "0", "1", "1"}), 0);
  EXPECT_DOUBLE_EQ(area({1, 1, 1}, {"0", "1", "0"}), 0.5);
  EXPECT_DOUBLE_EQ(area({1, 2, 2, 3}, {"0", "0", "1", "1"}), 0.875);  // pairs 1, 1, 0.5, 1
}

TEST(RocAuc, WithoutAYesOrANoItIsThatOfGuesses) {
  EXPECT_EQ(area({1, 2}, {"1", "1"}), 0.5);
  EXPECT_EQ(area({1, 2}, {"0", "0"}), 0.5);
}

TEST(RocAuc, TwoClassesAsLogitsOrAsProbabilities) {
  const auto metric = make_roc_auc();
  const auto area_of = [&](const std::vector<float>& no, const std::vector<float>& yes) {
    return metric->value(
        std::vector<Score>{metric->score({floats({2}, no)}, "0"), metric->score({floats({2}, yes)}, "1")});
  };
  EXPECT_EQ(area_of({6, 5}, {0, 1}), 1) << "by the differences -1 and 1, not by the second values 5 and 1";
  EXPECT_EQ(area_of({0.4F, 0.6F}, {0.3F, 0.7F}), 1);
  EXPECT_EQ(area_of({0.4F, 0.6F}, {0.4002F, 0.6F}), 0.5) << "equal probabilities, whatever their sums";
  EXPECT_EQ(area_of({0.25F, 0.75F}, {5, 5.4F}), 0) << "logits, although the first two add up to 1";
}

TEST(RocAuc, ClassesWithoutASampleAreLeftOut) {
  const auto metric = make_roc_auc();
  const std::vector<Score> scores{metric->score({answer(0)}, "0"), metric->score({answer(1)}, "1"),
                                  metric->score({answer(1)}, "0")};
  // Class 0 against the rest: (0.58 above 0.21 : 1) and (0.21 equal to 0.21 : 0.5); class 1 likewise; class 2 has none.
  EXPECT_DOUBLE_EQ(metric->value(scores), 0.75);
}

}  // namespace
}  // namespace octune::evaluate
