// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/quantile_scan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/random.hpp"

namespace octune::calibration {
namespace {

/// By the definition.
float naive(std::vector<float> values, double q, Sign sign) {
  for (float& value : values) value = sign == Sign::dropped ? std::fabs(value) : value;
  std::sort(values.begin(), values.end());
  const double position = q * static_cast<double>(values.size() - 1);
  const auto low = static_cast<std::size_t>(position);
  const std::size_t high = std::min(low + 1, values.size() - 1);
  const double below = values[low], above = values[high];
  return static_cast<float>(below + (above - below) * (position - static_cast<double>(low)));
}

/// Bell-shaped, without negative ones, rounded to few different ones, or all the same.
std::vector<float> values_of_kind(std::size_t kind, std::size_t count, base::RandomStream& random) {
  std::vector<float> values(count);
  for (float& value : values) {
    const double bell = random.uniform() + random.uniform() + random.uniform() - 1.5;
    value = static_cast<float>(bell);
    if (kind == 1) value = std::max(value, 0.0F);
    if (kind == 2) value = std::round(4 * value);
    if (kind == 3) value = -1;
  }
  return values;
}

TEST(QuantileScan, GivesTheQuantilesOfTheDefinition) {
  base::RandomStream random(5);
  QuantileScan scan;
  for (std::size_t round = 0; round < 600; ++round) {
    const std::size_t count = 1 + random.below(round % 3 == 0 ? 40 : 9000);
    const std::vector<float> values = values_of_kind(round % 4, count, random);
    const double u = random.uniform();
    const std::vector<double> probabilities{u * u * u * u, 1 - u * u * u, round % 5 == 0 ? u : 0, 1};
    for (const Sign sign : {Sign::kept, Sign::dropped}) {
      std::vector<float> result(probabilities.size());
      scan.of(values, probabilities, sign, result);
      for (std::size_t i = 0; i < result.size(); ++i)
        EXPECT_EQ(result[i], naive(values, probabilities[i], sign)) << count << " values, q " << probabilities[i];
    }
  }
}

TEST(QuantileScan, ColumnsOfAMatrixAreTheSame) {
  base::RandomStream random(6);
  QuantileScan scan;
  const std::vector<double> probabilities{0.001, 0.999};
  for (const std::size_t rows : {1u, 2u, 50u, 3000u}) {
    for (const std::size_t columns : {1u, 7u, 16u, 37u}) {
      const std::vector<float> matrix = values_of_kind(0, rows * columns, random);
      std::vector<float> result(2 * columns);
      scan.of_columns(matrix.data(), rows, columns, probabilities, Sign::dropped, result);
      for (std::size_t column = 0; column < columns; ++column) {
        std::vector<float> one;
        for (std::size_t row = 0; row < rows; ++row) one.push_back(matrix[row * columns + column]);
        for (std::size_t i = 0; i < 2; ++i)
          EXPECT_EQ(result[i * columns + column], naive(one, probabilities[i], Sign::dropped)) << rows << ' ' << column;
      }
    }
  }
}

TEST(QuantileScan, ZeroHasNoSign) {
  QuantileScan scan;
  std::vector<float> result(1);
  scan.of(std::vector<float>{-0.0F, -0.0F}, std::vector<double>{0.5}, Sign::kept, result);
  EXPECT_FALSE(std::signbit(result[0]));
}

TEST(Scan, ExtremesOfBlocksAreThoseOfEachPart) {
  base::RandomStream random(7);
  for (const std::size_t count : {1u, 15u, 16u, 33u, 500u}) {
    const std::vector<float> values = values_of_kind(0, count, random);
    const std::size_t block = 32, parts = (count + block - 1) / block;
    std::vector<float> lows(parts), highs(parts);
    extremes_of_blocks(values, block, Sign::kept, lows, highs);
    for (std::size_t i = 0; i < parts; ++i) {
      const auto begin = values.begin() + static_cast<std::ptrdiff_t>(i * block);
      const auto end = values.begin() + static_cast<std::ptrdiff_t>(std::min(count, (i + 1) * block));
      EXPECT_EQ(lows[i], *std::min_element(begin, end));
      EXPECT_EQ(highs[i], *std::max_element(begin, end));
    }
  }
}

TEST(Scan, ExtremesAreNotFiniteWhereAValueIsNot) {
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(extremes_of(std::vector<float>{1, infinity}).high, infinity);
  EXPECT_EQ(extremes_of(std::vector<float>{1, -infinity}).low, -infinity);
  EXPECT_TRUE(std::isnan(extremes_of(std::vector<float>{1, std::nanf("")}).high));
  EXPECT_TRUE(std::isnan(extremes_of(std::vector<float>{1, -std::nanf("")}).low));
}

}  // namespace
}  // namespace octune::calibration
