// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/interval.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "base/random.hpp"
#include "evaluate/test_values.hpp"

namespace octune::evaluate {
namespace {

std::vector<double> one_to(std::size_t size) {
  std::vector<double> values(size);
  std::iota(values.begin(), values.end(), 1.0);
  return values;
}

// Ranks from exact binomial sums in integers; the values are their own ranks.
TEST(MedianInterval, RanksOfTheBinomialTable) {
  const std::vector<std::pair<std::size_t, double>> table{{1, 1},   {5, 1},   {6, 1},    {10, 2},     {20, 6},
                                                          {30, 10}, {50, 18}, {100, 40}, {1000, 469}, {2000, 956}};
  for (const auto& [size, low] : table) {
    const Interval interval = median_interval(one_to(size));
    EXPECT_EQ(interval.low, low) << size;
    EXPECT_EQ(interval.high, static_cast<double>(size) + 1 - low) << size;
  }
}

TEST(MedianInterval, CoversTheMedianAsOftenAsPromised) {
  base::RandomStream random(11);
  int covered = 0;
  constexpr int kRounds = 2000;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<double> values(21);
    for (double& value : values) value = random.uniform();
    std::sort(values.begin(), values.end());
    const Interval interval = median_interval(values);
    covered += interval.low <= 0.5 && 0.5 <= interval.high ? 1 : 0;
  }
  // Exact coverage for n = 21 is 0.9734; four standard errors are 0.0144.
  EXPECT_NEAR(static_cast<double>(covered) / kRounds, 0.9734, 0.0144);
}

std::vector<Score> bits(std::size_t size, double probability, base::RandomStream& random) {
  std::vector<Score> scores;
  for (std::size_t i = 0; i < size; ++i) scores.push_back({random.uniform() < probability ? 1.0 : 0.0});
  return scores;
}

TEST(PairedInterval, EqualScoresDifferByNothing) {
  base::RandomStream random(12);
  const std::vector<Score> scores = bits(100, 0.8, random);
  const auto metric = make_metric("accuracy@top1");
  const Interval interval = paired_interval(scores, scores, *metric, 0);
  EXPECT_EQ(interval.low, 0);
  EXPECT_EQ(interval.high, 0);
}

TEST(PairedInterval, IsAntisymmetricAndRepeatable) {
  base::RandomStream random(13);
  const std::vector<Score> a = bits(200, 0.9, random), b = bits(200, 0.8, random);
  const auto metric = make_metric("accuracy@top1");
  const Interval interval = paired_interval(a, b, *metric, 7);
  const Interval swapped = paired_interval(b, a, *metric, 7);
  EXPECT_NEAR(interval.low, -swapped.high, 1e-12);
  EXPECT_NEAR(interval.high, -swapped.low, 1e-12);
  const Interval again = paired_interval(a, b, *metric, 7);
  EXPECT_EQ(interval.low, again.low);
  EXPECT_EQ(interval.high, again.high);
}

TEST(PairedInterval, OfAMeanIsNearTheNormalApproximation) {
  base::RandomStream random(14);
  constexpr std::size_t kSize = 400;
  const std::vector<Score> b = bits(kSize, 0.7, random);
  std::vector<Score> a = b;
  for (Score& score : a) {
    if (random.uniform() < 0.2) score[0] = 1;  // a is right wherever b is, and at some other samples
  }
  double sum = 0, squares = 0;
  for (std::size_t i = 0; i < kSize; ++i) {
    const double difference = a[i][0] - b[i][0];
    sum += difference;
    squares += difference * difference;
  }
  const double mean = sum / kSize;
  const double half_width = 1.96 * std::sqrt((squares / kSize - mean * mean) / kSize);
  const auto metric = make_metric("accuracy@top1");
  const Interval interval = paired_interval(a, b, *metric, 0);
  EXPECT_NEAR(interval.low, mean - half_width, 0.2 * half_width);
  EXPECT_NEAR(interval.high, mean + half_width, 0.2 * half_width);
  EXPECT_GT(interval.low, 0);
}

TEST(PairedInterval, UsesTheValueOfTheMetricNotAMeanOfScores) {
  // Energies: every sample of a has a ratio of 100, of b 10; whatever is drawn, the difference is 10 dB.
  const std::vector<Score> a{{100, 1}, {200, 2}, {400, 4}}, b{{100, 10}, {200, 20}, {400, 40}};
  const auto metric = make_metric("sqnr");
  const Interval interval = paired_interval(a, b, *metric, 0);
  EXPECT_NEAR(interval.low, 10, 1e-9);
  EXPECT_NEAR(interval.high, 10, 1e-9);
}

TEST(PairedInterval, NeedsTheScoresOfTheSameSamples) {
  const std::vector<Score> three(3, Score{1}), four(4, Score{1});
  const auto metric = make_metric("accuracy@top1");
  EXPECT_EQ(error_text(ErrorKind::internal, [&] { paired_interval(three, four, *metric, 0); }),
            "a paired interval needs the scores of the same samples");
}

TEST(PairedDropInterval, AbsoluteDropsAreTheNegativeDifference) {
  base::RandomStream random(15);
  const std::vector<Score> before = bits(300, 0.8, random), after = bits(300, 0.7, random);
  const auto metric = make_metric("accuracy@top1");
  const Interval difference = paired_interval(after, before, *metric, 7);
  const auto judged = judge_drop({"accuracy@top1", 0.01, DropType::absolute}, 0.8, 0.7, true);
  const Interval drop = paired_drop_interval(before, after, *metric, judged, 7);
  EXPECT_NEAR(drop.low, -difference.high, 1e-12);
  EXPECT_NEAR(drop.high, -difference.low, 1e-12);
  const auto as_errors = judge_drop({"accuracy@top1", 0.01, DropType::absolute}, 0.8, 0.7, false);
  EXPECT_NEAR(paired_drop_interval(before, after, *metric, as_errors, 7).low, -drop.high, 1e-12);
}

// The ratio of two means, by the delta method: the standard error of (f - q) / f is that of (f_i (1 - r) - q_i) / mean
// f with r the drop.
TEST(PairedDropInterval, OfARelativeDropIsNearTheDeltaMethod) {
  base::RandomStream random(16);
  constexpr std::size_t kSize = 500;
  const std::vector<Score> before = bits(kSize, 0.5, random);
  std::vector<Score> after = before;
  for (Score& score : after) {
    if (random.uniform() < 0.2) score[0] = 0;
  }
  double f = 0, q = 0;
  for (std::size_t i = 0; i < kSize; ++i) f += before[i][0] / kSize, q += after[i][0] / kSize;
  const double drop = (f - q) / f;
  double squares = 0;
  for (std::size_t i = 0; i < kSize; ++i) {
    const double residual = (before[i][0] * (1 - drop) - after[i][0]) / f;
    squares += residual * residual;
  }
  const double half_width = 1.96 * std::sqrt(squares / kSize / kSize);
  const auto metric = make_metric("accuracy@top1");
  const auto judged = judge_drop({"accuracy@top1", 0.01, DropType::relative}, f, q, true);
  const Interval interval = paired_drop_interval(before, after, *metric, judged, 0);
  EXPECT_NEAR(interval.low, drop - half_width, 0.2 * half_width);
  EXPECT_NEAR(interval.high, drop + half_width, 0.2 * half_width);
}

TEST(PairedDropInterval, ResamplesWithoutABaselineAreLeftOut) {
  std::vector<Score> before(5, Score{0}), after(5, Score{0});
  before[0] = {1};
  const auto metric = make_metric("accuracy@top1");
  const auto judged = judge_drop({"accuracy@top1", 0.01, DropType::relative}, 0.2, 0, true);
  const Interval interval = paired_drop_interval(before, after, *metric, judged, 0);
  EXPECT_EQ(interval.low, 1);
  EXPECT_EQ(interval.high, 1);
  before[0] = {0};
  EXPECT_TRUE(std::isinf(paired_drop_interval(before, after, *metric, judged, 0).high));
}

}  // namespace
}  // namespace octune::evaluate
