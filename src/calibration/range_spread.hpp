// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <set>
#include <span>
#include <vector>

#include "octune/statistics.hpp"

namespace octune::calibration {

/// How wide the range of a tensor is in each sample: w_i = max(highest_i, 0) - min(lowest_i, 0), because a quantized
/// range always holds zero. Where rows were dropped, those that are left.
struct TensorWidths {
  std::vector<float> widths;
  std::size_t samples = 0;  ///< (or sequences) that went into the statistics
  bool by_sample = false;   ///< widths[i] is of sample i, of all of them
};

/// Of every tensor whose minima and maxima, or quantiles, are there for the same samples.
std::vector<TensorWidths> range_widths(const Statistics& statistics);

/// How much the ranges that the samples gave depend on which samples they were.
///
/// A range that is averaged over n samples has a standard error of s / sqrt(n), s the standard deviation of the
/// w_i; half of its 95 % interval relative to the range,
///
///     move = t(n - 1) * s / (sqrt(n) * mean(w)),
///
/// is how far it may move with n other samples of the same kind. It takes samples for independent of each other.
/// t is Student's quantile for 97.5 %, by the expansion 26.7.5 of Abramowitz and Stegun.
struct RangeMoves {
  double samples = 0;         ///< distinct samples (or sequences) that the ranges are made of
  std::vector<double> moves;  ///< of each tensor whose range is not zero in all samples, largest first
};

/// `distinct`: the share of the samples that are no copies of others, 0..1; copies make no range more certain.
/// `left_out`: positions of samples that do not count, where rows tell which sample they are of.
/// Fewer than two samples give no moves.
RangeMoves range_moves(std::span<const TensorWidths> tensors, double distinct,
                       const std::set<std::size_t>& left_out = {});

/// The move that a fifth of the tensors reach or exceed; 0 without tensors.
double typical_move(const RangeMoves& moves);

/// How many distinct samples (or sequences) would bring typical_move() down to `limit`, rounded up to two digits.
std::size_t samples_for(const RangeMoves& moves, double limit);

/// A sample whose activations are out of proportion.
struct FarSample {
  std::size_t position = 0;
  double ratio = 1;  ///< of its width to the median width of all samples, median over the tensors
};

/// Those whose ratio exceeds `limit`, furthest first. None if fewer than ten samples or five tensors tell about it.
std::vector<FarSample> far_samples(std::span<const TensorWidths> tensors, double limit);

}  // namespace octune::calibration
