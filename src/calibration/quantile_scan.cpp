// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/quantile_scan.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "base/quantile.hpp"

namespace octune::calibration {
namespace {

constexpr std::size_t kSmallestBlock = 16;
constexpr std::size_t kLargestBlock = 256;
/// So many times more blocks than values of a tail: their extremes then are a close bound.
constexpr std::size_t kBlocksPerValue = 32;
/// Longer tails leave so few blocks that a plain selection is as fast.
constexpr std::size_t kValuesPerTailValue = 2 * kSmallestBlock;
/// Columns that are made contiguous together.
constexpr std::size_t kColumns = 16;

/// The order statistics between which the quantile of `count` values lies, counted from 0.
struct Position {
  Position(std::size_t count, double probability) {
    const double position = std::clamp(probability, 0.0, 1.0) * static_cast<double>(count - 1);
    low = static_cast<std::size_t>(position);
    high = std::min(low + 1, count - 1);
    fraction = position - static_cast<double>(low);
  }
  /// Adding zero takes the sign off a negative zero.
  float between(double below, double above) const {
    return static_cast<float>(below + (above - below) * fraction) + 0.0F;
  }

  std::size_t low, high;
  double fraction;
};

bool is_low(const Position& position, std::size_t count) { return position.high + position.low < count; }

/// Fills `tail` with the values that come before the `size`-th in the order of `before`, sorted, and returns the bound
/// that all further ones of the tail equal.
template <class Before>
float find_tail(std::span<const float> values, std::size_t size, std::span<const float> extremes, std::size_t block,
                Sign sign, std::vector<float>& order, std::vector<float>& tail, Before before) {
  order.assign(extremes.begin(), extremes.end());
  const auto at = order.begin() + static_cast<std::ptrdiff_t>(size) - 1;
  std::nth_element(order.begin(), at, order.end(), before);
  const float bound = *at;
  tail.clear();
  for (std::size_t i = 0; i < extremes.size(); ++i) {
    if (!before(extremes[i], bound)) continue;
    for (const float value : values.subspan(i * block, std::min(block, values.size() - i * block))) {
      const float seen = sign == Sign::dropped ? std::fabs(value) : value;
      if (before(seen, bound)) tail.push_back(seen);
    }
  }
  std::sort(tail.begin(), tail.end(), before);
  return bound;
}

/// How many values at either end the quantiles of so many values need.
struct Tails {
  Tails(std::size_t count, std::span<const double> probabilities) {
    for (const double probability : probabilities) {
      const Position position(count, probability);
      if (is_low(position, count)) {
        low = std::max(low, position.high + 1);
      } else {
        high = std::max(high, count - position.low);
      }
    }
  }
  std::size_t longer() const { return std::max(low, high); }

  std::size_t low = 0, high = 0;
};

/// result[i * step] of probability i.
void from_ends(const Ends& ends, std::size_t count, std::span<const double> probabilities, float* result,
               std::size_t step) {
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    const Position position(count, probabilities[i]);
    const auto value = [&](std::size_t rank) {
      if (is_low(position, count)) return rank == 0 ? ends.lowest : ends.second_lowest;
      return rank + 1 == count ? ends.highest : ends.second_highest;
    };
    result[i * step] = position.between(value(position.low), value(position.high));
  }
}

}  // namespace

void QuantileScan::from_tails(std::span<const float> values, std::span<const double> probabilities, Sign sign,
                              std::span<float> result) {
  const Tails tails(values.size(), probabilities);
  const std::size_t block =
      std::clamp(values.size() / (kBlocksPerValue * tails.longer()) / kSmallestBlock * kSmallestBlock, kSmallestBlock,
                 kLargestBlock);
  const std::size_t blocks = (values.size() + block - 1) / block;
  lows_.resize(blocks);
  highs_.resize(blocks);
  extremes_of_blocks(values, block, sign, lows_, highs_);
  float low_bound = 0, high_bound = 0;
  if (tails.low != 0)
    low_bound = find_tail(values, tails.low, lows_, block, sign, order_, low_tail_, std::less<float>());
  if (tails.high != 0)
    high_bound = find_tail(values, tails.high, highs_, block, sign, order_, high_tail_, std::greater<float>());
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    const Position position(values.size(), probabilities[i]);
    const auto value = [&](std::size_t rank) {
      if (is_low(position, values.size())) return rank < low_tail_.size() ? low_tail_[rank] : low_bound;
      const std::size_t from_end = values.size() - 1 - rank;
      return from_end < high_tail_.size() ? high_tail_[from_end] : high_bound;
    };
    result[i] = position.between(value(position.low), value(position.high));
  }
}

void QuantileScan::by_selection(std::span<const float> values, std::span<const double> probabilities, Sign sign,
                                std::span<float> result) {
  if (sign == Sign::dropped) {
    magnitudes_.resize(values.size());
    std::transform(values.begin(), values.end(), magnitudes_.begin(), [](float value) { return std::fabs(value); });
    values = magnitudes_;
  }
  for (std::size_t i = 0; i < probabilities.size(); ++i)
    result[i] = static_cast<float>(base::quantile(values, probabilities[i], scratch_)) + 0.0F;
}

void QuantileScan::of(std::span<const float> values, std::span<const double> probabilities, Sign sign,
                      std::span<float> result) {
  const std::size_t longer = Tails(values.size(), probabilities).longer();
  if (longer <= 2) {
    from_ends(ends_of(values, sign), values.size(), probabilities, result.data(), 1);
  } else if (longer <= values.size() / kValuesPerTailValue) {
    from_tails(values, probabilities, sign, result);
  } else {
    by_selection(values, probabilities, sign, result);
  }
}

void QuantileScan::of_columns(const float* matrix, std::size_t rows, std::size_t columns,
                              std::span<const double> probabilities, Sign sign, std::span<float> result) {
  if (Tails(rows, probabilities).longer() <= 2) {
    ends_.resize(columns);
    ends_of_columns(matrix, rows, ends_, sign);
    for (std::size_t column = 0; column < columns; ++column)
      from_ends(ends_[column], rows, probabilities, result.data() + column, columns);
    return;
  }
  columns_.resize(kColumns * rows);
  one_.resize(probabilities.size());
  for (std::size_t first = 0; first < columns; first += kColumns) {
    const std::size_t count = std::min(kColumns, columns - first);
    transpose_columns(matrix, rows, columns, first, count, columns_.data());
    for (std::size_t column = 0; column < count; ++column) {
      of(std::span<const float>(columns_).subspan(column * rows, rows), probabilities, sign, one_);
      for (std::size_t i = 0; i < one_.size(); ++i) result[i * columns + first + column] = one_[i];
    }
  }
}

}  // namespace octune::calibration
