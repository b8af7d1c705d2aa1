// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "calibration/scan.hpp"

namespace octune::calibration {

/// Several quantiles of the same values, each as base::quantile() defines it and exact, for about the cost of finding
/// the extremes where the quantiles lie near the ends.
///
/// A tail is found by blocks: the k-th smallest of the minima of blocks has at least k values at or below it, so the k
/// smallest values are those below it, which lie in less than k blocks, followed by as many of itself as it takes.
/// Where the ends need two values each, as in most channels, one scan keeps those. Not thread-safe: it holds memory to
/// reuse between calls.
class QuantileScan {
 public:
  /// Of values that are finite and at least one; result[i] is the quantile of probabilities[i]. Zero has no sign there.
  void of(std::span<const float> values, std::span<const double> probabilities, Sign sign, std::span<float> result);

  /// Of every column of a row-major matrix: result[i * columns + column].
  void of_columns(const float* matrix, std::size_t rows, std::size_t columns, std::span<const double> probabilities,
                  Sign sign, std::span<float> result);

 private:
  std::vector<float> lows_, highs_, order_, low_tail_, high_tail_, scratch_, magnitudes_, columns_, one_;
  std::vector<Ends> ends_;

  void from_tails(std::span<const float> values, std::span<const double> probabilities, Sign sign,
                  std::span<float> result);
  void by_selection(std::span<const float> values, std::span<const double> probabilities, Sign sign,
                    std::span<float> result);
};

}  // namespace octune::calibration
