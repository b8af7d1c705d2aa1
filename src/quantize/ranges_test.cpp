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

TEST(Range, OnlyTheNumberOfTheUsersLevelsCounts) {
  const auto range = [](double min, double max, int low, int high, QuantizerKind kind = QuantizerKind::activation) {
    Scheme scheme = activation(Mode::symmetric);
    scheme.level_low = low;
    scheme.level_high = high;
    const Extent extent{{min}, {max}};
    return kind == QuantizerKind::activation ? activation_range(extent, scheme) : weights_range(extent, scheme, false);
  };
  // The example of POT's documentation: symmetric weights with the levels 0..255.
  const Range weights = range(-2, 2, 0, 255, QuantizerKind::weights);
  EXPECT_EQ(weights.levels, 256);
  EXPECT_FLOAT_EQ(weights.low[0], -2.F * 128 / 127);
  EXPECT_FLOAT_EQ(weights.high[0], 2);

  const Range with_sign = range(-1, 2, 0, 255);
  EXPECT_FLOAT_EQ(with_sign.low[0], -2.F * 128 / 127);
  const Range without_sign = range(0, 2, 0, 255);
  EXPECT_FLOAT_EQ(without_sign.low[0], 0);
  // Negative levels are the user's way to ask for a sign.
  EXPECT_FLOAT_EQ(range(0, 2, -128, 127).low[0], -2.F * 128 / 127);
  const Range odd = range(-1, 2, -10, 20);
  EXPECT_EQ(odd.levels, 31);
  EXPECT_FLOAT_EQ(odd.low[0], -2);
  EXPECT_EQ(range(0, 2, 5, 20).levels, 16);
  EXPECT_FLOAT_EQ(range(0, 2, 5, 20).low[0], 0);
}

TEST(Levels, OneEndTakesTheDefaultOfItsSignForTheOther) {
  const auto levels = [](Mode mode, std::optional<int> low, std::optional<int> high, bool with_sign) {
    Scheme scheme = activation(mode);
    scheme.level_low = low;
    scheme.level_high = high;
    const Levels result = levels_of(scheme, QuantizerKind::activation, with_sign);
    return std::pair(result.low, result.high);
  };
  EXPECT_EQ(levels(Mode::symmetric, -127, {}, true), std::pair(-127, 127));
  EXPECT_EQ(levels(Mode::symmetric, {}, 127, true), std::pair(-128, 127));
  EXPECT_EQ(levels(Mode::symmetric, 0, {}, false), std::pair(0, 255));
  EXPECT_EQ(levels(Mode::symmetric, {}, 255, false), std::pair(0, 255));
  EXPECT_EQ(levels(Mode::asymmetric, -128, 127, true), std::pair(0, 255));
  EXPECT_EQ(levels(Mode::asymmetric, -128, {}, true), std::pair(0, 255));
}

TEST(Levels, FollowTheBits) {
  for (const int bits : {2, 3, 4, 5, 6, 7, 8, 16}) {
    const int half = 1 << (bits - 1);
    const auto levels = [&](Mode mode, QuantizerKind kind, bool with_sign) {
      const Levels result = levels_of(activation(mode, bits), kind, with_sign);
      return std::pair(result.low, result.high);
    };
    EXPECT_EQ(levels(Mode::symmetric, QuantizerKind::activation, true), std::pair(-half, half - 1));
    EXPECT_EQ(levels(Mode::symmetric, QuantizerKind::activation, false), std::pair(0, 2 * half - 1));
    EXPECT_EQ(levels(Mode::symmetric, QuantizerKind::weights, true), std::pair(1 - half, half - 1));
    EXPECT_EQ(levels(Mode::asymmetric, QuantizerKind::weights, true), std::pair(0, 2 * half - 1));
  }
}

TEST(Range, AsymmetricWeightsHaveNoFloorAndKeepZeroOnALevel) {
  const Range range = weights_range({{-3e-6, 0, 1e-6, -1}, {1e-6, 0, 3e-6, -0.5}}, activation(Mode::asymmetric), false);
  EXPECT_EQ(range.levels, 256);
  for (std::size_t c = 0; c < 4; ++c) {
    const double step = (static_cast<double>(range.high[c]) - range.low[c]) / 255;
    EXPECT_NEAR(range.low[c] / step, std::round(range.low[c] / step), 1e-4);
  }
  EXPECT_NEAR(range.low[0], -3e-6, 1e-8);
  EXPECT_FLOAT_EQ(range.low[1], 0);
  EXPECT_FLOAT_EQ(range.high[1], 1);
  EXPECT_FLOAT_EQ(range.low[2], 0);
  EXPECT_FLOAT_EQ(range.high[2], 3e-6F);
  EXPECT_FLOAT_EQ(range.low[3], -1);
  EXPECT_FLOAT_EQ(range.high[3], 0);
}

class UnifiedZeroPoint : public ::testing::TestWithParam<std::tuple<int, std::uint64_t>> {};

// One zero point for all channels, the rounded mean of their own, and nothing is clipped.
TEST_P(UnifiedZeroPoint, IsTheMeanAndClipsNothing) {
  const auto [bits, seed] = GetParam();
  const std::vector<float> numbers = testing::normal(20, seed);
  Extent extent;
  for (std::size_t i = 0; i < numbers.size(); i += 2) {
    extent.min.push_back(std::min(numbers[i], numbers[i + 1]));
    extent.max.push_back(std::max(numbers[i], numbers[i + 1]));
  }
  Scheme scheme = activation(Mode::asymmetric, bits);
  scheme.unified_zero_point = true;
  const Range range = weights_range(extent, scheme, false);
  const double last = (1 << bits) - 1;
  double mean = 0;
  for (std::size_t c = 0; c < extent.min.size(); ++c) {
    const double low = std::min(extent.min[c], 0.0);
    const double high = std::max(extent.max[c], 0.0);
    mean += -low / ((high - low) / last) / static_cast<double>(extent.min.size());
  }
  for (std::size_t c = 0; c < extent.min.size(); ++c) {
    const double step = (static_cast<double>(range.high[c]) - range.low[c]) / last;
    EXPECT_NEAR(-range.low[c] / step, std::round(mean), 1e-3) << "channel " << c;
    EXPECT_LE(range.low[c], extent.min[c] + 1e-6);
    EXPECT_GE(range.high[c], extent.max[c] - 1e-6);
    // No wider than it has to be.
    EXPECT_TRUE(range.low[c] > std::min(extent.min[c], 0.0) - 1e-6 ||
                range.high[c] < std::max(extent.max[c], 0.0) + 1e-6);
  }
}

INSTANTIATE_TEST_SUITE_P(BitsAndSeeds, UnifiedZeroPoint,
                         ::testing::Combine(::testing::Values(2, 4, 8), ::testing::Values(1, 2, 3)));

TEST(Range, AUnifiedZeroPointLeavesALevelForEverySign) {
  Scheme scheme = activation(Mode::asymmetric);
  scheme.unified_zero_point = true;
  const Range positive = weights_range({{0, 0.1}, {1, 2}}, scheme, false);
  EXPECT_THAT(positive.low, ElementsAre(0, 0));
  EXPECT_THAT(positive.high, ElementsAre(1, 2));
  // The mean rounds to 0, but one channel has a negative value.
  const Range mixed = weights_range({{0, -0.001}, {1, 1}}, scheme, false);
  EXPECT_FLOAT_EQ(mixed.low[1], -1.F / 254);
  EXPECT_FLOAT_EQ(mixed.high[1], 1);
}

TEST(Range, ABorderForAllChannelsMayStandBesideOneAChannel) {
  const Range range = activation_range({{-1, -2}, {3}}, activation(Mode::asymmetric));
  ASSERT_EQ(range.low.size(), 2u);
  EXPECT_NEAR(range.low[0], -1, 0.02);
  EXPECT_NEAR(range.low[1], -2, 0.02);
  EXPECT_NEAR(range.high[1], 3, 0.02);
  EXPECT_THAT(activation_range({{0, 0}, {3}}, activation(Mode::symmetric)).high, ElementsAre(3));
}

class AnyRange : public ::testing::TestWithParam<std::tuple<Mode, int, std::size_t>> {};

// Properties over random extents, channel by channel: nothing inside is clipped, the error is at most half a step, zero
// is exact, and quantizing twice changes nothing.
TEST_P(AnyRange, HoldsItsExtentAndZeroExactly) {
  const auto [mode, bits, channels] = GetParam();
  const std::vector<float> numbers = testing::normal(600, 42, 0, 3);
  for (std::size_t i = 0; i + 2 * channels <= numbers.size(); i += 2 * channels) {
    Extent extent;
    for (std::size_t c = 0; c < channels; ++c) {
      const auto [min, max] = std::minmax(numbers[i + 2 * c], numbers[i + 2 * c + 1]);
      extent.min.push_back(min);
      extent.max.push_back(mode == Mode::symmetric ? std::max(std::abs(min), std::abs(max)) : max);
    }
    const Range range = activation_range(extent, activation(mode, bits));
    ASSERT_EQ(range.low.size(), channels);
    EXPECT_EQ(range.levels, 1 << bits);
    for (std::size_t c = 0; c < channels; ++c) {
      const double min = extent.min[c];
      const double max = extent.max[c];
      const double low = range.low[c];
      const double high = range.high[c];
      const double step = (high - low) / (range.levels - 1);
      // An extent whose zero point rounds to the border is cut at zero, by less than half a step.
      const double cut = (std::max(max, 0.0) - std::min(min, 0.0)) / (range.levels - 1) / 2;
      EXPECT_LE(low, min + cut + 1e-6) << "seed 42, pair " << i / 2 + c;
      EXPECT_GE(high, max - cut - 1e-6);
      // The borders are floats: they are off by up to 1e-7 of themselves.
      const double zero_point = -low / step;
      EXPECT_NEAR(zero_point, std::round(zero_point), 1e-4 + 3e-7 * zero_point) << "[" << min << ", " << max << "]";
      EXPECT_NEAR(fake_quantize(0, low, high, range.levels), 0, 1e-6);
      for (const double share : {0.0, 0.1, 0.5, 0.77, 1.0}) {
        const double x = std::clamp(min + share * (max - min), low, high);
        const double once = fake_quantize(x, low, high, range.levels);
        EXPECT_LE(std::abs(once - x), step / 2 + 1e-6);
        EXPECT_NEAR(fake_quantize(once, low, high, range.levels), once, 1e-6);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(ModesBitsAndChannels, AnyRange,
                         ::testing::Combine(::testing::Values(Mode::symmetric, Mode::asymmetric),
                                            ::testing::Values(2, 3, 4, 5, 6, 7, 8, 16),
                                            ::testing::Values(std::size_t{1}, std::size_t{5})));

TEST(Merge, HoldsEveryExtent) {
  const Extent merged = merge(std::vector<Extent>{{{-1}, {2}}, {{0}, {5}}});
  EXPECT_THAT(merged.min, ElementsAre(-1));
  EXPECT_THAT(merged.max, ElementsAre(5));
}

TEST(Merge, OneEntryStandsForEveryChannel) {
  const Extent merged = merge(std::vector<Extent>{{{-1}, {2, 5}}, {{0, -3}, {4}}});
  EXPECT_THAT(merged.min, ElementsAre(-1, -3));
  EXPECT_THAT(merged.max, ElementsAre(4, 5));
}

}  // namespace
}  // namespace octune::quantization
