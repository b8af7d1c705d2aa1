// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/ranges.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "testing/models.hpp"

namespace octune::quantization {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;

Scheme activation(Mode mode, int bits = 8) { return {bits, mode, Granularity::per_tensor, std::nullopt, std::nullopt}; }

/// FakeQuantize as its specification defines it.
double fake_quantize(double x, double low, double high, int levels) {
  if (x <= std::min(low, high)) return low;
  if (x > std::max(low, high)) return high;
  return std::nearbyint((x - low) / (high - low) * (levels - 1)) / (levels - 1) * (high - low) + low;
}

TEST(Range, SymmetricSignedActivationsStepByTheLargestMagnitudeOver127) {
  const Range range = activation_range({{-2}, {3}}, activation(Mode::symmetric));
  EXPECT_EQ(range.levels, 256);
  EXPECT_NEAR(range.low[0], -3.0236220472, 1e-6);
  EXPECT_FLOAT_EQ(range.high[0], 3);
}

TEST(Range, SymmetricActivationsWithoutNegativeValuesAreUnsigned) {
  const Range range = activation_range({{0}, {3}}, activation(Mode::symmetric));
  EXPECT_FLOAT_EQ(range.low[0], 0);
  EXPECT_FLOAT_EQ(range.high[0], 3);
}

// Reference values of POT's tune_range; the last is the case POT leaves with zero off the grid.
TEST(Range, AsymmetricActivationsPutZeroOnALevel) {
  const auto borders = [](double min, double max) {
    const Range range = activation_range({{min}, {max}}, activation(Mode::asymmetric));
    return std::vector<double>{range.low[0], range.high[0]};
  };
  EXPECT_THAT(borders(-0.3, 2.55), ElementsAre(DoubleNear(-0.3019736842, 1e-6), DoubleNear(2.55, 1e-6)));
  EXPECT_THAT(borders(-1, 2), ElementsAre(DoubleNear(-1, 1e-6), DoubleNear(2, 1e-6)));
  EXPECT_THAT(borders(-0.001, 5), ElementsAre(0, 5));
  EXPECT_THAT(borders(-5, 0.001), ElementsAre(-5, 0));
  EXPECT_THAT(borders(1, 2), ElementsAre(0, 2));
}

TEST(Range, WeightsLeaveTheLowestLevelOut) {
  const Range range = weights_range({{-1, -4}, {2, 4}}, activation(Mode::symmetric), false);
  EXPECT_EQ(range.levels, 255);
  EXPECT_THAT(range.low, ElementsAre(-2, -4));
  EXPECT_THAT(range.high, ElementsAre(2, 4));
}

TEST(Range, HalvedWeightsUseSevenBits) {
  const Range range = weights_range({{-2}, {2}}, activation(Mode::symmetric), true);
  EXPECT_EQ(range.levels, 255);
  EXPECT_THAT(range.high, ElementsAre(4));
}

TEST(Range, ActivationChannelsThatHardlyMoveGetOnePercentOfTheLargest) {
  const Range range = activation_range({{0, 0}, {0, 10}}, activation(Mode::symmetric));
  EXPECT_THAT(range.high, ElementsAre(0.1F, 10));
  EXPECT_THAT(activation_range({{0}, {0}}, activation(Mode::symmetric)).high, ElementsAre(8e-5F));
}

TEST(Range, WeightsKeepTheirOwnScaleHoweverSmall) {
  const Range range = weights_range({{0, -1e-7, -10}, {0, 1e-7, 10}}, activation(Mode::symmetric), false);
  EXPECT_THAT(range.high, ElementsAre(1, 1e-7F, 10));
}

TEST(Range, TheUsersLevelsRule) {
  Scheme scheme = activation(Mode::symmetric);
  scheme.level_low = 0;
  scheme.level_high = 255;
  const Range range = activation_range({{-1}, {2}}, scheme);
  EXPECT_EQ(range.levels, 256);
  EXPECT_FLOAT_EQ(range.low[0], 0);
}

class AnyRange : public ::testing::TestWithParam<std::tuple<Mode, int>> {};

// Properties over random extents: nothing inside is clipped, the error is at most half a step, zero is exact, and
// quantizing twice changes nothing.
TEST_P(AnyRange, HoldsItsExtentAndZeroExactly) {
  const auto [mode, bits] = GetParam();
  const std::vector<float> numbers = testing::normal(600, 42, 0, 3);
  for (std::size_t i = 0; i + 1 < numbers.size(); i += 2) {
    const double min = std::min(numbers[i], numbers[i + 1]);
    const double max = std::max(numbers[i], numbers[i + 1]);
    const Extent extent{{min}, {mode == Mode::symmetric ? std::max(std::abs(min), std::abs(max)) : max}};
    const Range range = activation_range(extent, activation(mode, bits));
    const double low = range.low[0];
    const double high = range.high[0];
    const double step = (high - low) / (range.levels - 1);
    EXPECT_EQ(range.levels, 1 << bits);
    // An extent whose zero point rounds to the border is cut at zero, by less than half a step.
    const double cut = (std::max(max, 0.0) - std::min(min, 0.0)) / (range.levels - 1) / 2;
    EXPECT_LE(low, min + cut + 1e-6) << "seed 42, pair " << i / 2;
    EXPECT_GE(high, max - cut - 1e-6);
    EXPECT_NEAR(low / step, std::round(low / step), 1e-4) << "zero off the grid for [" << min << ", " << max << "]";
    EXPECT_NEAR(fake_quantize(0, low, high, range.levels), 0, 1e-6);
    for (const double share : {0.0, 0.1, 0.5, 0.77, 1.0}) {
      const double x = std::clamp(min + share * (max - min), low, high);
      const double once = fake_quantize(x, low, high, range.levels);
      EXPECT_LE(std::abs(once - x), step / 2 + 1e-6);
      EXPECT_NEAR(fake_quantize(once, low, high, range.levels), once, 1e-6);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(ModesAndBits, AnyRange,
                         ::testing::Combine(::testing::Values(Mode::symmetric, Mode::asymmetric),
                                            ::testing::Values(2, 4, 8)));

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

TEST(Quantile, InterpolatesBetweenOrderStatistics) {
  std::vector<float> values{4, 1, 3, 2};
  EXPECT_DOUBLE_EQ(quantile(values, 0), 1);
  EXPECT_DOUBLE_EQ(quantile(values, 0.5), 2.5);
  EXPECT_NEAR(quantile(values, 0.9), 3.7, 1e-9);
  EXPECT_DOUBLE_EQ(quantile(values, 1), 4);
}

TEST(Merge, HoldsEveryExtent) {
  const Extent merged = merge(std::vector<Extent>{{{-1}, {2}}, {{0}, {5}}});
  EXPECT_THAT(merged.min, ElementsAre(-1));
  EXPECT_THAT(merged.max, ElementsAre(5));
}

}  // namespace
}  // namespace octune::quantization
