// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/aggregate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.hpp"

namespace octune::quantization {
namespace {

using ::testing::ElementsAre;

TEST(Aggregate, AgreesWithValuesComputedByHand) {
  const std::vector<float> rows{1, 10, 2, 20, 6, 30};  // three samples, two channels
  EXPECT_THAT(aggregate(rows, 2, Aggregator::mean), ElementsAre(3, 20));
  EXPECT_THAT(aggregate(rows, 2, Aggregator::min), ElementsAre(1, 10));
  EXPECT_THAT(aggregate(rows, 2, Aggregator::max), ElementsAre(6, 30));
  EXPECT_THAT(aggregate(rows, 2, Aggregator::median), ElementsAre(2, 20));
  // Pairwise means of 1, 2, 6: 1.5, 3.5, 4.
  EXPECT_THAT(aggregate(rows, 2, Aggregator::hl_estimator), ElementsAre(3.5, 20));
}

TEST(Aggregate, NoOutliersDropsTheTails) {
  std::vector<float> rows(200, 1.F);
  rows[7] = 1000;
  rows[9] = -1000;
  EXPECT_THAT(aggregate(rows, 1, Aggregator::mean_no_outliers), ElementsAre(1));
  EXPECT_THAT(aggregate(rows, 1, Aggregator::median_no_outliers), ElementsAre(1));
}

TEST(Aggregate, OneOrTwoSamplesHaveNoOutliers) {
  for (const Aggregator aggregator : {Aggregator::mean_no_outliers, Aggregator::median_no_outliers,
                                      Aggregator::hl_estimator, Aggregator::mean, Aggregator::median}) {
    EXPECT_THAT(aggregate(std::vector<float>{3}, 1, aggregator), ElementsAre(3));
    EXPECT_THAT(aggregate(std::vector<float>{3, 5}, 1, aggregator), ElementsAre(4));
  }
}

double naive_quantile(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  const double position = q * static_cast<double>(values.size() - 1);
  const auto low = static_cast<std::size_t>(std::floor(position));
  const auto high = static_cast<std::size_t>(std::ceil(position));
  return values[low] + (values[high] - values[low]) * (position - static_cast<double>(low));
}

double naive_hodges_lehmann(const std::vector<float>& values) {
  std::vector<double> means;
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) means.push_back((static_cast<double>(values[i]) + values[j]) / 2);
  }
  return naive_quantile(means, 0.5);
}

// Sizes with an odd and an even number of pairs; distributions with ties, of one value, of both signs and many scales.
TEST(HodgesLehmann, IsTheMedianOfTheMeansOfAllPairs) {
  base::RandomStream random(11);
  for (const std::size_t size : {2u, 3u, 4u, 5u, 6u, 7u, 33u, 100u, 257u}) {
    std::vector<float> uniform(size), ties(size), scales(size);
    for (std::size_t i = 0; i < size; ++i) {
      uniform[i] = static_cast<float>(random.uniform() - 0.4);
      ties[i] = static_cast<float>(random.below(3)) - 1;
      scales[i] = static_cast<float>(std::pow(10, 20 * random.uniform() - 10) * (random.below(2) == 0 ? -1 : 1));
    }
    for (std::vector<float> values : {uniform, ties, scales, std::vector<float>(size, -7.F)}) {
      const double expected = naive_hodges_lehmann(values);
      EXPECT_DOUBLE_EQ(hodges_lehmann(values), expected) << size;
    }
  }
}

TEST(HodgesLehmann, TakesAsManySamplesAsAreKept) {
  base::RandomStream random(12);
  std::vector<float> values(4096);
  for (float& value : values) value = static_cast<float>(random.uniform());
  const double expected = naive_hodges_lehmann(values);
  EXPECT_DOUBLE_EQ(hodges_lehmann(values), expected);
}

}  // namespace
}  // namespace octune::quantization
