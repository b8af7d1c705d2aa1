// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "octune/statistics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "calibration/spill_file.hpp"

namespace octune {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<float> counted(std::size_t size, float first = 0) {
  std::vector<float> values(size);
  std::iota(values.begin(), values.end(), first);
  return values;
}

TEST(Numbers, AreTheSameInMemoryAndInAFile) {
  for (const bool in_file : {false, true}) {
    Numbers numbers(in_file ? std::make_shared<SpillFile>() : nullptr);
    EXPECT_TRUE(numbers.empty());
    std::vector<float> expected;
    for (const std::size_t size : {1U, 5000U, 4095U, 1U, 20000U, 0U}) {
      const std::vector<float> more = counted(size, static_cast<float>(expected.size()));
      numbers.append(more);
      expected.insert(expected.end(), more.begin(), more.end());
      EXPECT_EQ(numbers.size(), expected.size());
    }
    EXPECT_EQ(numbers.read(), expected);

    Numbers copy = numbers;
    copy.append(std::vector<float>(9000, 7));
    EXPECT_EQ(numbers.read(), expected) << "copies go their own way";
    EXPECT_EQ(copy.size(), expected.size() + 9000);

    copy.replace(std::vector<float>{1, 2});
    EXPECT_THAT(copy.read(), ElementsAre(1, 2));
    copy.replace({});
    EXPECT_THAT(copy.read(), IsEmpty());
  }
}

TEST(Numbers, StayInMemoryWhereNoFileCanBeMade) {
  ::setenv("TMPDIR", "/no/such/folder", 1);
  Numbers numbers(std::make_shared<SpillFile>());
  numbers.append(counted(10000));
  numbers.append(counted(3));
  ::unsetenv("TMPDIR");
  std::vector<float> expected = counted(10000);
  for (const float value : {0.F, 1.F, 2.F}) expected.push_back(value);
  EXPECT_EQ(numbers.read(), expected);
}

TEST(RowSelection, HoldsAsManyAsAskedForFromEverywhere) {
  for (const std::size_t rows : {1U, 100U, 1000U, 100000U}) {
    const RowSelection selection(rows, 100);
    std::vector<std::size_t> of_quarter(4);
    for (std::size_t row = 0; row < rows; ++row) of_quarter[row * 4 / rows] += selection.contains(row) ? 1 : 0;
    EXPECT_EQ(std::accumulate(of_quarter.begin(), of_quarter.end(), std::size_t{0}), std::min<std::size_t>(rows, 100));
    for (const std::size_t count : of_quarter) {
      if (rows >= 100) {
        EXPECT_GE(count, 10u);
      }
    }
  }
}

TEST(Series, RowsAreKeptUpToTheLimitAndRunningValuesBeyond) {
  constexpr std::size_t kSamples = Series::kRowLimit + 10;
  const StatisticRequest request{{"x", 0}, Reduction::max, 0, {}};
  Statistics statistics(kSamples);
  Series& series = statistics[request];
  for (std::size_t i = 0; i < kSamples; ++i) series.add(std::vector<float>{static_cast<float>(i), -1.0F});
  EXPECT_EQ(series.rows.size(), 2 * Series::kRowLimit);
  EXPECT_FALSE(series.has_all_rows());
  EXPECT_EQ(series.samples, kSamples);
  EXPECT_EQ(series.highest[0], static_cast<float>(kSamples - 1));
  EXPECT_EQ(series.lowest[0], 0.0F);
  EXPECT_EQ(series.sum[1], -static_cast<double>(kSamples));
}

TEST(Series, OfMeansKeepsTheSumsOfHalvesInsteadOfRows) {
  Statistics statistics(5);
  Series& series = statistics[{{"x", 0}, Reduction::mean, 0, 1}];
  for (const float value : {1.F, 10.F, 2.F, 20.F, 4.F}) series.add(std::vector<float>{value});
  EXPECT_TRUE(series.rows.empty());
  EXPECT_THAT(series.sum, ElementsAre(37));
  EXPECT_THAT(series.even_sum, ElementsAre(7));
}

TEST(Series, RescaledIsWhatRescaledValuesGive) {
  for (const Reduction reduction : {Reduction::max, Reduction::mean}) {
    const StatisticRequest request{{"x", 0}, reduction, 0, 1};
    Statistics statistics(3), moved(3);
    for (const float value : {1.F, 5.F, 3.F}) {
      statistics[request].add(std::vector<float>{value, -value});
      moved[request].add(std::vector<float>{(value - 1) / 2, -value / 4});
    }
    statistics[request].rescale(std::vector<double>{2, 4}, std::vector<double>{1, 0});
    const Series& a = statistics.at(request);
    const Series& b = moved.at(request);
    EXPECT_EQ(a.rows.read(), b.rows.read());
    EXPECT_EQ(a.lowest, b.lowest);
    EXPECT_EQ(a.highest, b.highest);
    EXPECT_EQ(a.sum, b.sum);
    EXPECT_EQ(a.even_sum, b.even_sum);
  }
}

// Shards give what one run over all samples gives, wherever they are cut.
TEST(Statistics, MergedShardsAreTheWhole) {
  const StatisticRequest max{{"x", 0}, Reduction::max, 0, 1};
  const StatisticRequest mean{{"x", 0}, Reduction::mean, 0, 1};
  const StatisticRequest histogram{{"x", 0}, Reduction::histogram, 0, {}};
  const StatisticRequest only_first{{"y", 0}, Reduction::max, 0, {}};
  const auto collected = [&](std::size_t begin, std::size_t end) {
    Statistics statistics(end - begin);
    auto& histograms = statistics.histograms_for(histogram);
    histograms.resize(1);
    for (std::size_t i = begin; i < end; ++i) {
      const std::vector<float> row{static_cast<float>(i * i % 7), static_cast<float>(i)};
      statistics[max].add(row);
      statistics[mean].add(row);
      histograms[0].add(row);
    }
    for (const auto& request : {max, mean, histogram}) statistics.set_seen(request, end - begin);
    return statistics;
  };
  const Statistics whole = collected(0, 11);
  for (const std::size_t cut : {1U, 4U, 5U}) {
    Statistics merged = collected(0, cut);
    merged[only_first].add(std::vector<float>{1});
    merged.set_seen(only_first, cut);
    merged.merge(collected(cut, 11));
    EXPECT_EQ(merged.samples(), 11u);
    EXPECT_FALSE(merged.contains(only_first));
    EXPECT_EQ(merged.requests(), whole.requests());
    for (const auto& request : {max, mean}) {
      EXPECT_TRUE(merged.complete(request));
      EXPECT_EQ(merged.at(request).rows.read(), whole.at(request).rows.read());
      EXPECT_EQ(merged.at(request).highest, whole.at(request).highest);
      EXPECT_EQ(merged.at(request).sum, whole.at(request).sum);
      EXPECT_EQ(merged.at(request).even_sum, whole.at(request).even_sum) << "cut at " << cut;
    }
    EXPECT_EQ(merged.histograms(histogram)[0].count(), whole.histograms(histogram)[0].count());
  }
}

TEST(Statistics, OfOneTensorAreASelectionWhenMergedBeyondTheLimit) {
  const StatisticRequest request{{"x", 0}, Reduction::max, 0, 1};
  const auto shard = [&] {
    Statistics statistics(Series::kChannelRowLimit);
    for (std::size_t i = 0; i < Series::kChannelRowLimit; ++i)
      statistics[request].add(std::vector<float>{static_cast<float>(i), 0});
    statistics.set_seen(request, Series::kChannelRowLimit);
    return statistics;
  };
  Statistics merged = shard();
  merged.merge(shard());
  EXPECT_EQ(merged.at(request).rows.size(), 2 * Series::kChannelRowLimit);
  EXPECT_EQ(merged.at(request).samples, 2 * Series::kChannelRowLimit);
}

TEST(Statistics, TellWhatIsComplete) {
  const StatisticRequest done{{"x", 0}, Reduction::max, 0, {}};
  const StatisticRequest half{{"y", 0}, Reduction::max, 0, {}};
  Statistics statistics(4);
  statistics.set_seen(done, 4);
  statistics.set_seen(half, 2);
  EXPECT_TRUE(statistics.complete(done));
  EXPECT_FALSE(statistics.complete(half));
  EXPECT_EQ(statistics.seen({{"z", 0}, Reduction::max, 0, {}}), 0u);
  EXPECT_THAT(statistics.requests(), ElementsAre(done, half));
}

}  // namespace
}  // namespace octune
