// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

/// Values of metrics as other programs compute them, written by tests/oracles/metrics.py with
/// scikit-learn 1.9.1, scipy 1.17.1, jiwer 4.0.0, scikit-image 0.26.0, and the inputs they belong to.
namespace octune::evaluate::oracle {

constexpr std::size_t kSamples = 40;
constexpr std::size_t kClasses = 5;

/// Multiples of 1/64, many of them equal.
inline std::vector<float> grid(std::size_t seed, std::size_t count) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i)
    values[i] = static_cast<float>((seed * 7919 + i * i * 31 + i * 17) % 101) / 64;
  return values;
}

/// 0 to 255.
inline int pixel(std::size_t c, std::size_t y, std::size_t x) {
  return static_cast<int>((7 * x + 13 * y + 29 * c + x * y % 11 * 5) % 256);
}
inline int distorted_pixel(std::size_t c, std::size_t y, std::size_t x) {
  return std::clamp(pixel(c, y, x) + static_cast<int>((5 * x + 3 * y + 7 * c) % 17) - 8, 0, 255);
}

constexpr double kPerClassAccuracy = 0.08333333333333333;
constexpr double kMicroF1 = 0.075;
constexpr double kMacroF1 = 0.06052910052910052;
constexpr double kMicroF1OfSets = 0.3389830508474576;
constexpr double kMacroF1OfSets = 0.2289655172413793;
constexpr double kBinaryAccuracy = 0.13333333333333333;
constexpr double kF1 = 0.07142857142857142;
constexpr double kRocAuc = 0.2222222222222222;
constexpr double kRocAucOfClasses = 0.534765625;
constexpr double kRocAucOfTwo = 0.4010989010989011;
constexpr double kPerplexity = 5.036980805249378;
constexpr double kDivergence = 0.24684341259120438;
constexpr double kPearson = -0.44129101934597575;
constexpr double kPearsonOfLine = 0.4941255763021939;
constexpr double kSpearman = -0.4191217342968315;
constexpr double kSpearmanOfCubes = 0.4715397443023901;
constexpr double kMse = 0.5913533528645833;
constexpr double kMae = 0.7580729166666667;
constexpr double kRmse = 0.768995027854266;
constexpr double kMape = 4.043391385130404;
constexpr double kPsnrOfColours = 34.39529858441586;
constexpr double kSsimOfColours = 0.9923703865731713;
constexpr double kPsnrOfGrey = 34.40547486891368;
constexpr double kSsimOfGrey = 0.9932060188610242;
constexpr double kWordErrorRate = 0.5384615384615384;
constexpr double kWordErrorRateOfSpaces = 0.0;
constexpr double kCharacterErrorRate = 0.3269230769230769;
constexpr double kCharacterErrorRateOfSpaces = 0.15384615384615385;
constexpr double kWordErrorRateWithEmptyLabel = 0.6153846153846154;

}  // namespace octune::evaluate::oracle
