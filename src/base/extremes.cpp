// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "base/extremes.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace octune::base {
namespace {

/// Several running extremes, so that the compiler keeps them in one register.
constexpr std::size_t kLanes = 16;

}  // namespace

std::pair<float, float> extremes(std::span<const float> values) {
  std::array<float, kLanes> low, high;
  low.fill(values.front());
  high.fill(values.front());
  const float* data = values.data();
  std::size_t i = 0;
  for (; i + kLanes <= values.size(); i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      low[lane] = data[i + lane] < low[lane] ? data[i + lane] : low[lane];
      high[lane] = high[lane] < data[i + lane] ? data[i + lane] : high[lane];
    }
  }
  for (; i < values.size(); ++i) {
    low[0] = std::min(low[0], data[i]);
    high[0] = std::max(high[0], data[i]);
  }
  return {*std::min_element(low.begin(), low.end()), *std::max_element(high.begin(), high.end())};
}

float largest_product(std::span<const float> a, std::span<const float> b) {
  std::array<float, kLanes> high{};
  const float* left = a.data();
  const float* right = b.data();
  std::size_t i = 0;
  for (; i + kLanes <= a.size(); i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const float product = std::fabs(left[i + lane]) * right[i + lane];
      high[lane] = high[lane] < product ? product : high[lane];
    }
  }
  for (; i < a.size(); ++i) high[0] = std::max(high[0], std::fabs(left[i]) * right[i]);
  return *std::max_element(high.begin(), high.end());
}

}  // namespace octune::base
