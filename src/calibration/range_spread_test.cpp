// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/range_spread.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/random.hpp"

namespace octune::calibration {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

StatisticRequest request(const std::string& node, Reduction reduction, std::optional<std::size_t> axis = {},
                         double probability = 0) {
  return {{node, 0}, reduction, probability, axis};
}

void fill(Statistics& statistics, const StatisticRequest& of, const std::vector<std::vector<float>>& rows) {
  for (const std::vector<float>& row : rows) statistics[of].add(row);
  statistics.set_seen(of, rows.size());
}

std::vector<std::vector<float>> rows_of(const std::vector<float>& values) {
  std::vector<std::vector<float>> rows;
  for (const float value : values) rows.push_back({value});
  return rows;
}

TEST(RangeMoves, AreTheConfidenceIntervalOfTheMeanWidth) {
  Statistics statistics(4);
  fill(statistics, request("a", Reduction::min), rows_of({-1, -2, -1, 0}));
  fill(statistics, request("a", Reduction::max), rows_of({3, 4, 5, 4}));
  // Widths 4, 6, 6, 4: mean 5, deviation sqrt(4 / 3); Student's quantile for 3 degrees of freedom is 3.1824.
  const RangeMoves moves = range_moves(range_widths(statistics), 1);
  EXPECT_EQ(moves.samples, 4);
  ASSERT_EQ(moves.moves.size(), 1);
  EXPECT_NEAR(moves.moves[0], 3.1824 * std::sqrt(4.0 / 3.0) / 2 / 5, 0.003);
}

TEST(RangeMoves, UseStudentsQuantile) {
  // Published table of t for 97.5 %; the widths 1 and 3 alternate, so that mean and deviation are known.
  for (const auto& [degrees, expected] :
       std::vector<std::pair<std::size_t, double>>{{3, 3.182}, {5, 2.571}, {9, 2.262}, {19, 2.093}, {99, 1.984}}) {
    const std::size_t samples = degrees + 1;
    Statistics statistics(samples);
    for (std::size_t i = 0; i < samples; ++i) {
      const float width = i % 2 == 0 ? 1.0F : 3.0F;
      statistics[request("a", Reduction::max)].add(std::span(&width, 1));
    }
    const auto n = static_cast<double>(samples);
    const double deviation = std::sqrt(n / (n - 1));
    EXPECT_NEAR(range_moves(range_widths(statistics), 1).moves.at(0), expected * deviation / std::sqrt(n) / 2,
                0.003 * expected);
  }
}

TEST(RangeMoves, CountZeroAsPartOfEveryRange) {
  Statistics statistics(4);
  fill(statistics, request("a", Reduction::min), rows_of({2, 3, 1, 2}));  // a range from 0 to 5 in every sample
  fill(statistics, request("a", Reduction::max), rows_of({5, 5, 5, 5}));
  EXPECT_THAT(range_moves(range_widths(statistics), 1).moves, ElementsAre(0.0));
}

TEST(RangeMoves, TakeTheWidestChannelOfEachSample) {
  Statistics by_channel(4), whole(4);
  fill(by_channel, request("a", Reduction::min, 1), {{-1, 0}, {0, -2}, {1, -1}, {0, 0}});
  fill(by_channel, request("a", Reduction::max, 1), {{3, 1}, {2, 4}, {5, 5}, {-1, 4}});
  fill(whole, request("a", Reduction::min), rows_of({-1, -2, -1, 0}));
  fill(whole, request("a", Reduction::max), rows_of({3, 4, 5, 4}));
  EXPECT_EQ(range_moves(range_widths(by_channel), 1).moves, range_moves(range_widths(whole), 1).moves);
}

TEST(RangeMoves, PreferExtremesToQuantilesAndDoWithout) {
  Statistics both(3), quantiles(3), extremes(3);
  for (Statistics* statistics : {&both, &quantiles}) {
    fill(*statistics, request("a", Reduction::quantile, {}, 0.01), rows_of({-1, -2, -3}));
    fill(*statistics, request("a", Reduction::quantile, {}, 0.99), rows_of({1, 2, 3}));
  }
  for (Statistics* statistics : {&both, &extremes}) {
    fill(*statistics, request("a", Reduction::min), rows_of({-4, -4, -5}));
    fill(*statistics, request("a", Reduction::max), rows_of({4, 4, 5}));
  }
  EXPECT_EQ(range_moves(range_widths(both), 1).moves, range_moves(range_widths(extremes), 1).moves);
  ASSERT_EQ(range_moves(range_widths(quantiles), 1).moves.size(), 1);
  EXPECT_GT(range_moves(range_widths(quantiles), 1).moves[0], range_moves(range_widths(extremes), 1).moves[0]);
}

TEST(RangeMoves, LeaveOutWhatTellsNothing) {
  Statistics statistics(3);
  fill(statistics, request("zero", Reduction::max), rows_of({0, 0, 0}));
  fill(statistics, request("mean", Reduction::mean), rows_of({1, 2, 3}));
  statistics[request("if|then|never", Reduction::max)];
  fill(statistics, request("if|else|once", Reduction::max), rows_of({7}));
  statistics.histograms_for(request("histogram", Reduction::histogram));
  EXPECT_THAT(range_moves(range_widths(statistics), 1).moves, IsEmpty());
  EXPECT_EQ(range_moves({}, 1).samples, 0);
}

TEST(RangeMoves, CopiesMakeNothingMoreCertain) {
  Statistics once(4), twice(8);
  for (int i = 0; i < 2; ++i) {
    for (const float width : {4.0F, 6.0F, 6.5F, 4.0F}) {
      if (i == 0) once[request("a", Reduction::max)].add(std::span(&width, 1));
      twice[request("a", Reduction::max)].add(std::span(&width, 1));
    }
  }
  const RangeMoves moves = range_moves(range_widths(twice), 0.5);
  EXPECT_EQ(moves.samples, 4);
  // The deviation of 8 values divides by 7, not by 3 twice.
  EXPECT_NEAR(moves.moves.at(0), range_moves(range_widths(once), 1).moves.at(0) * std::sqrt(2 * 3 / 7.0), 1e-6);
}

TEST(RangeMoves, LeaveOutSamples) {
  Statistics with(5), without(4);
  fill(with, request("a", Reduction::max), rows_of({4, 6, 500, 6, 4}));
  fill(without, request("a", Reduction::max), rows_of({4, 6, 6, 4}));
  const RangeMoves moves = range_moves(range_widths(with), 1, {2});
  EXPECT_EQ(moves.moves, range_moves(range_widths(without), 1).moves);
  EXPECT_EQ(moves.samples, 4);
}

TEST(RangeMoves, RowsThatWereDroppedCountAsSamples) {
  constexpr std::size_t kSamples = 9000;
  Statistics statistics(kSamples);
  base::RandomStream random(1);
  double sum = 0, squares = 0;
  for (std::size_t i = 0; i < kSamples; ++i) {
    const auto width = static_cast<float>(1 + random.uniform());
    statistics[request("a", Reduction::max)].add(std::span(&width, 1));
    sum += width;
    squares += width * width;
  }
  ASSERT_FALSE(statistics.at(request("a", Reduction::max)).has_all_rows());
  const double mean = sum / kSamples;
  const double deviation = std::sqrt(squares / kSamples - mean * mean);
  const double expected = 1.96 * deviation / std::sqrt(kSamples) / mean;
  EXPECT_NEAR(range_moves(range_widths(statistics), 1).moves.at(0), expected, 0.05 * expected);
}

TEST(RangeMoves, CoverTheTruth) {
  // The mean of 20 widths lies within `move` of the true mean in about 95 of 100 data sets.
  base::RandomStream random(7);
  int covered = 0;
  for (int set = 0; set < 4000; ++set) {
    Statistics statistics(20);
    double sum = 0;
    for (int i = 0; i < 20; ++i) {
      const auto width = static_cast<float>(2 + random.uniform() + random.uniform() + random.uniform());
      statistics[request("a", Reduction::max)].add(std::span(&width, 1));
      sum += width;
    }
    const double mean = sum / 20;
    if (std::abs(mean - 3.5) <= range_moves(range_widths(statistics), 1).moves.at(0) * mean) ++covered;
  }
  EXPECT_NEAR(covered / 4000.0, 0.95, 0.015);
}

RangeMoves moves(double samples, std::vector<double> values) { return {samples, std::move(values)}; }

TEST(TypicalMove, IsThatOfTheTensorWhereAFifthIsReached) {
  EXPECT_EQ(typical_move(moves(10, {})), 0);
  EXPECT_EQ(typical_move(moves(10, {0.3})), 0.3);
  EXPECT_EQ(typical_move(moves(10, {0.5, 0.4, 0.3, 0.2, 0.1})), 0.5);
  EXPECT_EQ(typical_move(moves(10, {0.5, 0.4, 0.3, 0.2, 0.1, 0.05})), 0.4);
}

TEST(SamplesFor, GrowWithTheSquare) {
  EXPECT_EQ(samples_for(moves(1000, {0.1}), 0.05), 4000);  // Student's quantile is next to the normal one
  EXPECT_EQ(samples_for(moves(1000, {0.05}), 0.05), 1000);
  EXPECT_EQ(samples_for(moves(10, {0.2}), 0.05), 130);   // 10 * (0.2 / 0.05 * 1.980 / 2.262)^2 = 122.6
  EXPECT_EQ(samples_for(moves(10, {0.051}), 0.05), 11);  // more than there are
  EXPECT_EQ(samples_for(moves(2, {0.1}), 0.5), 2);
  EXPECT_EQ(samples_for(moves(10, {}), 0.05), 0);
}

/// `tensors` tensors of `samples` samples, of widths around 1; those of sample `far` are `factor` times as wide.
Statistics widths_with_one_far(std::size_t samples, std::size_t tensors, std::size_t far, float factor) {
  Statistics statistics(samples);
  base::RandomStream random(3);
  for (std::size_t t = 0; t < tensors; ++t) {
    std::vector<std::vector<float>> rows;
    for (std::size_t i = 0; i < samples; ++i) {
      rows.push_back({static_cast<float>(1 + 0.01 * random.uniform()) * (i == far ? factor : 1.0F)});
    }
    fill(statistics, request(fmt::format("t{}", t), Reduction::max), rows);
  }
  return statistics;
}

TEST(FarSamples, NamesTheOneWhoseRangesAreWide) {
  const auto far = far_samples(range_widths(widths_with_one_far(20, 5, 13, 4)), 3);
  ASSERT_EQ(far.size(), 1);
  EXPECT_EQ(far[0].position, 13);
  EXPECT_NEAR(far[0].ratio, 4, 0.1);
  EXPECT_THAT(far_samples(range_widths(widths_with_one_far(20, 5, 13, 4)), 5), IsEmpty());
}

TEST(FarSamples, NeedEnoughSamplesAndTensors) {
  EXPECT_THAT(far_samples(range_widths(widths_with_one_far(9, 5, 3, 4)), 3), IsEmpty());
  EXPECT_THAT(far_samples(range_widths(widths_with_one_far(10, 4, 3, 4)), 3), IsEmpty());
  EXPECT_EQ(far_samples(range_widths(widths_with_one_far(10, 5, 3, 4)), 3).size(), 1);
  EXPECT_THAT(far_samples(range_widths(widths_with_one_far(5000, 5, 3, 4)), 3), IsEmpty());  // not all rows are kept
  EXPECT_THAT(far_samples(range_widths(Statistics(20)), 3), IsEmpty());
}

TEST(FarSamples, OneWideTensorIsNoReason) {
  Statistics statistics = widths_with_one_far(20, 5, 20, 1);
  std::vector<float> wide(20, 1.0F);
  wide[4] = 100;
  fill(statistics, request("wide", Reduction::max), rows_of(wide));
  EXPECT_THAT(far_samples(range_widths(statistics), 3), IsEmpty());
}

}  // namespace
}  // namespace octune::calibration
