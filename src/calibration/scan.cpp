// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/scan.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "base/extremes.hpp"
#include "base/multiversion.hpp"

namespace octune::calibration {
namespace {

/// Running values side by side, so that the compiler keeps them in vector registers.
constexpr std::size_t kLanes = 16;
using Lanes = std::array<float, kLanes>;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

#define OCTUNE_INLINE [[gnu::always_inline]] inline

template <Sign sign>
OCTUNE_INLINE float seen(float value) {
  return sign == Sign::dropped ? std::fabs(value) : value;
}

OCTUNE_INLINE float smaller(float a, float b) { return a < b ? a : b; }
OCTUNE_INLINE float larger(float a, float b) { return a > b ? a : b; }

OCTUNE_INLINE void add(Ends& ends, float value) {
  ends.second_lowest = smaller(ends.second_lowest, larger(ends.lowest, value));
  ends.lowest = smaller(ends.lowest, value);
  ends.second_highest = larger(ends.second_highest, smaller(ends.highest, value));
  ends.highest = larger(ends.highest, value);
}

constexpr Ends kNone{kInfinity, kInfinity, -kInfinity, -kInfinity};

struct EndsLanes {
  Lanes lowest, second_lowest, second_highest, highest;

  OCTUNE_INLINE EndsLanes() {
    lowest.fill(kInfinity);
    second_lowest.fill(kInfinity);
    second_highest.fill(-kInfinity);
    highest.fill(-kInfinity);
  }

  template <Sign sign>
  OCTUNE_INLINE void add(const float* values) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const float value = seen<sign>(values[lane]);
      second_lowest[lane] = smaller(second_lowest[lane], larger(lowest[lane], value));
      lowest[lane] = smaller(lowest[lane], value);
      second_highest[lane] = larger(second_highest[lane], smaller(highest[lane], value));
      highest[lane] = larger(highest[lane], value);
    }
  }
};

template <Sign sign>
OCTUNE_INLINE Ends ends_in(const float* values, std::size_t count) {
  EndsLanes lanes;
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) lanes.add<sign>(values + i);
  Ends low = kNone;
  for (; i < count; ++i) add(low, seen<sign>(values[i]));
  Ends high = low;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    add(low, lanes.lowest[lane]);
    add(low, lanes.second_lowest[lane]);
    add(high, lanes.highest[lane]);
    add(high, lanes.second_highest[lane]);
  }
  return {low.lowest, low.second_lowest, high.second_highest, high.highest};
}

template <Sign sign>
OCTUNE_INLINE void ends_in_columns(const float* matrix, std::size_t rows, std::size_t columns, Ends* ends) {
  std::size_t column = 0;
  for (; column + kLanes <= columns; column += kLanes) {
    EndsLanes lanes;
    for (std::size_t i = 0; i < rows; ++i) lanes.add<sign>(matrix + i * columns + column);
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      ends[column + lane] = {lanes.lowest[lane], lanes.second_lowest[lane], lanes.second_highest[lane],
                             lanes.highest[lane]};
    }
  }
  for (; column < columns; ++column) {
    ends[column] = kNone;
    for (std::size_t i = 0; i < rows; ++i) add(ends[column], seen<sign>(matrix[i * columns + column]));
  }
}

/// What one value leaves open.
void complete(Ends& ends) {
  ends.second_lowest = std::min(ends.second_lowest, ends.highest);
  ends.second_highest = std::max(ends.second_highest, ends.lowest);
}

OCTUNE_MULTIVERSION Ends ends_kept(const float* values, std::size_t count) {
  return ends_in<Sign::kept>(values, count);
}
OCTUNE_MULTIVERSION Ends ends_dropped(const float* values, std::size_t count) {
  return ends_in<Sign::dropped>(values, count);
}
OCTUNE_MULTIVERSION void columns_kept(const float* matrix, std::size_t rows, std::size_t columns, Ends* ends) {
  ends_in_columns<Sign::kept>(matrix, rows, columns, ends);
}
OCTUNE_MULTIVERSION void columns_dropped(const float* matrix, std::size_t rows, std::size_t columns, Ends* ends) {
  ends_in_columns<Sign::dropped>(matrix, rows, columns, ends);
}
/// Magnitudes have the order of their bits: as base::extremes(), which is for values with a sign.
OCTUNE_MULTIVERSION Extremes extremes_of_magnitudes(const float* values, std::size_t count) {
  std::int32_t low = std::numeric_limits<std::int32_t>::max(), high = 0;
  for (std::size_t i = 0; i < count; ++i) {
    std::int32_t bits = 0;
    std::memcpy(&bits, values + i, sizeof bits);
    bits &= 0x7fffffff;
    low = bits < low ? bits : low;
    high = bits > high ? bits : high;
  }
  return {std::bit_cast<float>(low), std::bit_cast<float>(high)};
}

}  // namespace

Ends ends_of(std::span<const float> values, Sign sign) {
  Ends ends = sign == Sign::kept ? ends_kept(values.data(), values.size()) : ends_dropped(values.data(), values.size());
  complete(ends);
  return ends;
}

void ends_of_columns(const float* matrix, std::size_t rows, std::span<Ends> ends, Sign sign) {
  (sign == Sign::kept ? columns_kept : columns_dropped)(matrix, rows, ends.size(), ends.data());
  for (Ends& column : ends) complete(column);
}

Extremes extremes_of(std::span<const float> values, Sign sign) {
  if (sign == Sign::dropped) return extremes_of_magnitudes(values.data(), values.size());
  const auto [low, high] = base::extremes(values);
  return {low, high};
}

void extremes_of_blocks(std::span<const float> values, std::size_t block, Sign sign, std::span<float> lows,
                        std::span<float> highs) {
  for (std::size_t i = 0; i < lows.size(); ++i) {
    const Extremes part = extremes_of(values.subspan(i * block, std::min(block, values.size() - i * block)), sign);
    lows[i] = part.low;
    highs[i] = part.high;
  }
}

void transpose_columns(const float* matrix, std::size_t rows, std::size_t columns, std::size_t first, std::size_t count,
                       float* result) {
  constexpr std::size_t kRows = 64;  // a tile of them stays in the nearest cache while its columns are written
  for (std::size_t begin = 0; begin < rows; begin += kRows) {
    const std::size_t end = std::min(rows, begin + kRows);
    for (std::size_t column = 0; column < count; ++column) {
      const float* source = matrix + first + column;
      for (std::size_t row = begin; row < end; ++row) result[column * rows + row] = source[row * columns];
    }
  }
}

}  // namespace octune::calibration
