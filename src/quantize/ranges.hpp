// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "octune/plan.hpp"
#include "octune/statistics.hpp"

namespace octune::quantization {

/// The borders of a FakeQuantize, one entry a channel (one entry: per tensor), and its number of levels.
/// Zero is exactly representable: low = -zero_point * scale with an integer zero_point.
struct Range {
  std::vector<float> low;
  std::vector<float> high;
  int levels = 256;
};

/// What the estimators made of the statistics: per channel, or one entry for the tensor.
struct Extent {
  std::vector<double> min;
  std::vector<double> max;  ///< symmetric schemes: the largest magnitude
};

/// The levels of a scheme: the user's, or its defaults for the bits, mode, kind and sign.
struct Levels {
  int low = 0;
  int high = 255;
  int count() const { return high - low + 1; }
};
Levels levels_of(const Scheme& scheme, QuantizerKind kind, bool is_signed);

/// The range of activations. Symmetric: [0, m] if no value is negative (all entries of extent.min >= 0), otherwise
/// [m * level_low / level_high, m], that is a step of m / 127 for 8 bits. Asymmetric: min and max widened to hold zero,
/// then one of them moved outward so that zero falls on a level; the move that widens more is taken, so nothing is
/// clipped. Degenerate extents get a small width: symmetric m >= max(8e-5, 1 % of the largest channel), asymmetric
/// 8e-4.
Range activation_range(const Extent& extent, const Scheme& scheme);

/// The range of weights: no floor, each channel has its own scale; a channel of zeros gets 1. `halved` doubles it,
/// which leaves 7 of 8 bits in use.
Range weights_range(const Extent& extent, const Scheme& scheme, bool halved);

/// One extent that holds all of them; all have the same number of channels.
Extent merge(std::span<const Extent> extents);

/// Applies an aggregator to the rows of per-sample values: one result a channel.
/// mean, max, min, median; *_no_outliers drop values outside the 1 % and 99 % quantiles of their channel first;
/// hl_estimator is the median of all pairwise means (Hodges and Lehmann 1963).
std::vector<double> aggregate(std::span<const float> rows, std::size_t channels, Aggregator aggregator);

/// The q-quantile with linear interpolation between order statistics. `values` is not empty and gets reordered.
double quantile(std::span<float> values, double q);

}  // namespace octune::quantization
