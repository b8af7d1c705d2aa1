// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "base/random.hpp"
#include "octune/error.hpp"
#include "octune/statistics.hpp"

namespace octune {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// By the definition: the sign and upper half of every value, in the order of the values. Zero has no sign.
std::map<std::pair<bool, std::int32_t>, std::uint64_t> naive_counts(std::span<const float> values) {
  std::map<std::pair<bool, std::int32_t>, std::uint64_t> counts;
  for (const float value : values) {
    const auto upper = static_cast<std::int32_t>(std::bit_cast<std::uint32_t>(value + 0.0F) >> 16);
    const bool negative = upper >= 0x8000;
    ++counts[{!negative, negative ? -upper : upper}];
  }
  return counts;
}

/// Bell-shaped, of any size of numbers, with zeros of both signs, repeated values and the smallest and largest floats.
std::vector<float> mixed_values(std::size_t count, std::uint64_t seed) {
  base::RandomStream random(seed);
  const std::vector<float> special{0.F,
                                   -0.F,
                                   std::numeric_limits<float>::denorm_min(),
                                   -1e-39F,
                                   std::numeric_limits<float>::min(),
                                   std::numeric_limits<float>::max(),
                                   std::numeric_limits<float>::lowest(),
                                   1.F};
  std::vector<float> values(count);
  for (float& value : values) {
    const double bell = random.uniform() + random.uniform() + random.uniform() - 1.5;
    switch (random.below(4)) {
      case 0:
        value = special[random.below(special.size())];
        break;
      case 1:
        value = static_cast<float>(bell * std::pow(10.0, random.uniform() * 60 - 30));
        break;
      default:
        value = static_cast<float>(bell);
    }
  }
  return values;
}

void expect_counts_of(const ValueHistogram& histogram, std::span<const float> values) {
  ASSERT_EQ(histogram.count(), values.size());
  const auto expected = naive_counts(values);
  const std::vector<ValueHistogram::Bucket> buckets = histogram.buckets();
  ASSERT_EQ(buckets.size(), expected.size());
  auto counted = expected.begin();
  for (std::size_t i = 0; i < buckets.size(); ++i, ++counted) {
    EXPECT_EQ(buckets[i].count, counted->second);
    EXPECT_LE(buckets[i].low, buckets[i].high);
    if (i != 0) {
      EXPECT_LE(buckets[i - 1].high, buckets[i].low);
    }
    const auto upper = static_cast<std::int32_t>(std::bit_cast<std::uint32_t>(buckets[i].high) >> 16);
    EXPECT_EQ(counted->first, std::pair(upper < 0x8000, upper < 0x8000 ? upper : -upper));
  }
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  EXPECT_EQ(histogram.lowest(), *low);
  EXPECT_EQ(histogram.highest(), *high);
}

// Sizes on both sides of where a table of all keys is used.
TEST(ValueHistogram, CountsTheUpperHalves) {
  for (const std::size_t size : {1u, 2u, 17u, 1000u, 8191u, 8192u, 8193u, 100001u}) {
    const std::vector<float> values = mixed_values(size, size);
    ValueHistogram histogram;
    histogram.add(values);
    expect_counts_of(histogram, values);
  }
}

TEST(ValueHistogram, PartsAddUpInAnyOrder) {
  const std::vector<float> values = mixed_values(30000, 3);
  const std::span<const float> all = values;
  std::vector<float> reversed(values.rbegin(), values.rend());
  ValueHistogram first, second, third, forward, backward;
  first.add(all.first(100));
  second.add(all.subspan(100, 20000));
  third.add(all.subspan(20100));
  forward.merge(first);
  forward.merge(second);
  forward.merge(third);
  backward.add(reversed);
  third.merge(ValueHistogram());
  third.merge(second);
  third.add(all.first(100));
  for (const ValueHistogram* histogram : {&forward, &backward, &third}) expect_counts_of(*histogram, values);
}

// Counters are narrow inside: counts beyond 2^16 carry over, however they come about.
TEST(ValueHistogram, CountsHaveNoLimit) {
  const std::vector<float> ones(70000, 1.F), some(100, 1.F);
  ValueHistogram histogram, other;
  for (int i = 0; i < 10; ++i) histogram.add(ones);
  for (int i = 0; i < 1000; ++i) {
    histogram.add(some);
    other.add(some);
  }
  histogram.merge(other);
  histogram.merge(other);
  ASSERT_EQ(histogram.buckets().size(), 1u);
  EXPECT_EQ(histogram.buckets().front().count, 1000000u);
  EXPECT_EQ(histogram.count(), 1000000u);
}

TEST(ValueHistogram, ManyShortRunsCountLikeOneLongOne) {
  const std::vector<float> values = mixed_values(20000, 9);
  ValueHistogram histogram;
  for (std::size_t i = 0; i < values.size(); i += 50) histogram.add(std::span<const float>(values).subspan(i, 50));
  expect_counts_of(histogram, values);
  const auto zeros = static_cast<std::uint64_t>(
      std::count_if(values.begin(), values.end(), [](float value) { return std::fabs(value) < 9e-41F; }));
  EXPECT_EQ(histogram.zeros(), zeros);
}

TEST(ValueHistogram, IsEmptyAtFirst) {
  ValueHistogram histogram;
  histogram.add({});
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.lowest(), 0);
  EXPECT_EQ(histogram.highest(), 0);
  EXPECT_THAT(histogram.buckets(), IsEmpty());
  EXPECT_THAT(histogram.equal_bins(3, -1, 1), ElementsAre(0, 0, 0));
}

TEST(ValueHistogram, TheOutermostBucketsEndAtTheExtremes) {
  ValueHistogram histogram;
  histogram.add(std::vector<float>{-1.001F, 1.001F, 1.002F});
  const auto buckets = histogram.buckets();
  ASSERT_EQ(buckets.size(), 2u);
  EXPECT_EQ(buckets[0].low, -1.001F);
  EXPECT_EQ(buckets[0].high, -1);
  EXPECT_EQ(buckets[1].low, 1);
  EXPECT_EQ(buckets[1].high, 1.002F);
}

TEST(ValueHistogram, ZerosOfBothSignsAreCounted) {
  ValueHistogram histogram;
  EXPECT_EQ(histogram.zeros(), 0u);
  histogram.add(std::vector<float>{0.F, -0.F, -0.F, 1e-30F, 2.F});
  EXPECT_EQ(histogram.zeros(), 3u);
  EXPECT_THAT(histogram.equal_bins(2, 0, 2), ElementsAre(4, 1));
  EXPECT_THAT(histogram.equal_bins(4, -1, 1), ElementsAre(0, 0, 4, 1));
}

TEST(ValueHistogram, ValuesOutsideCountInTheOutermostBins) {
  ValueHistogram histogram;
  histogram.add(std::vector<float>{-100, -1, 0.25F, 0.25F, 3, 50, 60});
  EXPECT_THAT(histogram.equal_bins(4, -1, 1), ElementsAre(2, 0, 2, 3));
}

// A bucket is at most 1/128 of its values wide: where bins are much wider, counting the values themselves gives
// nearly the same.
TEST(ValueHistogram, EqualBinsAddUpAndHoldWhatCountingGives) {
  base::RandomStream random(5);
  std::vector<float> values(20000);
  for (float& value : values) value = static_cast<float>(random.uniform() + random.uniform() - 1.2);
  ValueHistogram histogram;
  histogram.add(values);
  for (const std::size_t bins : {1u, 2u, 37u, 2048u}) {
    const std::vector<double> counts = histogram.equal_bins(bins, -1.25, 1);
    EXPECT_NEAR(std::accumulate(counts.begin(), counts.end(), 0.0), 20000, 1e-6);
    std::vector<double> up_to(bins, 0), expected(bins, 0);
    std::partial_sum(counts.begin(), counts.end(), up_to.begin());
    const double width = 2.25 / static_cast<double>(bins);
    for (std::size_t bin = 0; bin < bins; ++bin) {
      const double end = -1.25 + width * static_cast<double>(bin + 1);
      expected[bin] =
          static_cast<double>(std::count_if(values.begin(), values.end(), [&](float value) { return value <= end; }));
      // The values of one bucket may be on the wrong side of the end.
      EXPECT_NEAR(up_to[bin], expected[bin], 20000 * 0.006) << bin << " of " << bins;
      EXPECT_GE(counts[bin], 0);
    }
  }
}

TEST(Statistics, HistogramsThatWereNotCollectedAreADefect) {
  Statistics statistics;
  const StatisticRequest request{{"conv", 0}, Reduction::histogram, 0, 1};
  EXPECT_EQ(request.text(), "histogram of tensor 'conv' per channel of axis 1");
  EXPECT_THROW(statistics.histograms(request), Error);
  statistics.histograms_for(request).resize(2);
  EXPECT_EQ(statistics.histograms(request).size(), 2u);
}

}  // namespace
}  // namespace octune
