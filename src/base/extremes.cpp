// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "base/extremes.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#include "base/multiversion.hpp"

namespace octune::base {
namespace {

/// Several running extremes, so that the compiler keeps them in one register.
constexpr std::size_t kLanes = 16;

/// Floats in the order of their numbers, as integers; its own inverse.
[[gnu::always_inline]] inline std::int32_t ordered(std::int32_t bits) { return bits ^ ((bits >> 31) & 0x7fffffff); }

/// As integers, whose extremes compilers reduce in vector registers without being told how.
OCTUNE_MULTIVERSION std::pair<float, float> extremes_in(const float* values, std::size_t count) {
  std::int32_t low = std::numeric_limits<std::int32_t>::max();
  std::int32_t high = std::numeric_limits<std::int32_t>::min();
  for (std::size_t i = 0; i < count; ++i) {
    std::int32_t bits = 0;
    std::memcpy(&bits, values + i, sizeof bits);
    const std::int32_t number = ordered(bits);
    low = number < low ? number : low;
    high = number > high ? number : high;
  }
  return {std::bit_cast<float>(ordered(low)), std::bit_cast<float>(ordered(high))};
}

}  // namespace

std::pair<float, float> extremes(std::span<const float> values) { return extremes_in(values.data(), values.size()); }

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
