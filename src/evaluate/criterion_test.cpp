// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "octune/criterion.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "evaluate/test_values.hpp"

namespace octune::evaluate {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
const Criterion kRelative{"accuracy@top1", 0.01, DropType::relative};
const Criterion kAbsolute{"accuracy@top1", 0.01, DropType::absolute};

TEST(Criterion, DropsAreSignedByTheDirection) {
  EXPECT_DOUBLE_EQ(drop_of(0.8, 0.6, true, DropType::relative), 0.25);
  EXPECT_DOUBLE_EQ(drop_of(0.8, 0.6, true, DropType::absolute), 0.2);
  EXPECT_DOUBLE_EQ(drop_of(0.8, 0.6, false, DropType::relative), -0.25);
  EXPECT_DOUBLE_EQ(drop_of(0.5, 0.75, false, DropType::relative), 0.5);
  EXPECT_DOUBLE_EQ(drop_of(0.5, 0.75, true, DropType::absolute), -0.25);
}

TEST(Criterion, ANegativeBaselineKeepsTheDirection) {
  EXPECT_DOUBLE_EQ(drop_of(-2, -3, true, DropType::relative), 0.5);
  EXPECT_DOUBLE_EQ(drop_of(-2, -3, false, DropType::relative), -0.5);
}

// Of every number of samples and every share of right answers: exactly 1 % fewer is accepted, one sample less is not.
TEST(Criterion, TheLimitItselfIsAcceptedForAllCounts) {
  int rounded = 0;
  for (const int samples : {100, 300, 700, 1000, 3000, 9700, 50000}) {
    for (int right = 100; right <= samples; right += 100) {
      const auto share = [&](int count) { return static_cast<double>(count) / samples; };
      const auto judged = judge_drop(kRelative, share(right), share(right - right / 100), true);
      EXPECT_TRUE(judged.accepted) << right << " of " << samples << ": " << judged.drop - 0.01;
      rounded += judged.drop > 0.01 ? 1 : 0;
      EXPECT_FALSE(judge_drop(kRelative, share(right), share(right - right / 100 - 1), true).accepted);
      EXPECT_TRUE(judge_drop(kAbsolute, share(right), share(right - samples / 100), true).accepted);
      EXPECT_FALSE(judge_drop(kAbsolute, share(right), share(right - samples / 100 - 1), true).accepted);
    }
  }
  EXPECT_GT(rounded, 50) << "the test would pass without forgiving anything";
}

TEST(Criterion, ForgivesRoundingOfLargeValuesToo) {
  const Criterion criterion{"mse", 0.3, DropType::absolute};
  EXPECT_GT((1000000.1 + 0.3) - 1000000.1, 0.3);
  EXPECT_TRUE(judge_drop(criterion, 1000000.1, 1000000.1 + 0.3, false).accepted);
  EXPECT_FALSE(judge_drop(criterion, 1000000.1, 1000000.1 + 0.302, false).accepted);
}

TEST(Criterion, AZeroToleranceAllowsEqualValues) {
  const Criterion criterion{"accuracy@top1", 0, DropType::relative};
  EXPECT_TRUE(judge_drop(criterion, 0.7, 0.7, true).accepted);
  EXPECT_FALSE(judge_drop(criterion, 0.7, 0.6999, true).accepted);
  EXPECT_TRUE(judge_drop(criterion, 0.7, 0.8, true).accepted);
}

TEST(Criterion, ANegativeToleranceAsksForGain) {
  const Criterion criterion{"cer", -0.1, DropType::relative};
  EXPECT_TRUE(judge_drop(criterion, 0.2, 0.18, false).accepted);
  EXPECT_FALSE(judge_drop(criterion, 0.2, 0.19, false).accepted);
}

TEST(Criterion, ABaselineNearZeroCountsAsAbsolute) {
  const Criterion criterion{"cer", 0.01, DropType::relative};
  const auto judged = judge_drop(criterion, 0, 0.01, false);
  EXPECT_EQ(judged.drop_type, DropType::absolute);
  EXPECT_TRUE(judged.accepted);
  EXPECT_FALSE(judge_drop(criterion, 0, 0.0101, false).accepted);
  EXPECT_EQ(fall_back_warning(criterion, 0),
            "metric 'cer': is 0 for the float model, too near to 0 for a relative drop: a drop of 0.01 in the metric's "
            "own unit is allowed");
  EXPECT_EQ(fall_back_warning(criterion, 0.5), std::nullopt);
  EXPECT_EQ(fall_back_warning(kAbsolute, 0), std::nullopt);
  // A small error is an error: 1 % more of 10^-5 is another matter than 0.01 more.
  EXPECT_FALSE(judge_drop({"mse", 0.01, DropType::relative}, 1e-5, 1.02e-5, false).accepted);
  // What float32 rounds is none.
  EXPECT_TRUE(judge_drop({"mae", 0.01, DropType::relative}, 1.9e-7, 0.009, false).accepted);
  EXPECT_TRUE(fall_back_warning(criterion, 1.9e-7));
}

TEST(Criterion, ValuesThatAreNoNumbersAreNotAccepted) {
  const double nan = std::nan("");
  EXPECT_FALSE(judge_drop(kRelative, 0.7, nan, true).accepted);
  EXPECT_EQ(judge_drop(kRelative, 0.7, nan, true).drop, kInfinity);
  EXPECT_FALSE(judge_drop(kRelative, 0.7, kInfinity, false).accepted);
  EXPECT_TRUE(judge_drop(kRelative, 0.7, kInfinity, true).accepted);
  EXPECT_EQ(error_text(ErrorKind::input, [&] { judge_drop(kRelative, nan, 0.7, true); }),
            "metric 'accuracy@top1': is nan for the float model, so that no drop can be measured; take another metric "
            "or other samples");
}

TEST(Criterion, SaysAllThatMatters) {
  EXPECT_EQ(to_text(judge_drop(kRelative, 0.7567, 0.7533, true)),
            "accuracy@top1: relative drop 0.4493 % from 0.7567 to 0.7533, limit 1 %: accepted");
  EXPECT_EQ(to_text(judge_drop(kAbsolute, 0.7567, 0.7067, true)),
            "accuracy@top1: absolute drop 0.05 from 0.7567 to 0.7067, limit 0.01: not accepted");
}

TEST(ExpectedBaseline, IsMetWithinItsTolerance) {
  EXPECT_NO_THROW(require_expected({"accuracy@top1", 0.8, {}}, 0.76, 100, 100));
  EXPECT_NO_THROW(require_expected({"accuracy@top1", 0.8, {}}, 0.84, 100, 100));
  EXPECT_NO_THROW(require_expected({"accuracy@top1", 0.8, 0.1}, 0.7, 100, 100));
  EXPECT_THROW(require_expected({"accuracy@top1", 0.8, 0.1}, 0.699, 100, 100), Error);
  EXPECT_THROW(require_expected({"accuracy@top1", 0.8, 0.1}, 0.901, 100, 100), Error);
  EXPECT_THROW(require_expected({"accuracy@top1", 0.8, 0.1}, std::nan(""), 100, 100), Error);
}

TEST(ExpectedBaseline, SaysWhatToCheck) {
  EXPECT_EQ(
      error_text(ErrorKind::input,
                 [] {
                   require_expected({"accuracy@top1", 0.76, {}}, 0.0012, 250, 1000);
                 }),
      "float model: accuracy@top1 is 0.0012 on 250 of 1000 samples, but 0.7600 +- 0.038 is expected; check the "
      "preprocessing (mean and scale, order of colours, size and way of resizing, layout) and the labels (counted "
      "from 0 or 1, in the order of the samples), or whether model and data belong together");
  const std::string unknown = unexpected({"cmd:./eval.sh", 0.76, {}}, 0.5, 0, 0).what();
  EXPECT_EQ(unknown.substr(0, unknown.find(';')),
            "float model: cmd:./eval.sh is 0.5000, but 0.7600 +- 0.038 is expected");
}

}  // namespace
}  // namespace octune::evaluate
