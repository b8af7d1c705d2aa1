// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "octune/plan.hpp"

namespace octune::quantization {

/// Applies an aggregator to the rows of per-sample values, rows[sample * channels + channel]: one result a channel.
/// mean, max, min, median; *_no_outliers drop values outside the 1 % and 99 % quantiles of their channel first (the
/// quantiles themselves stay); hl_estimator is the median of the means of all pairs (Hodges and Lehmann 1963), in
/// O(samples * log samples) time and linear memory.
std::vector<double> aggregate(std::span<const float> rows, std::size_t channels, Aggregator aggregator);

/// The median of (values[i] + values[j]) / 2 over all i < j; the value itself if there is only one. Sorts the values.
double hodges_lehmann(std::span<float> values);

}  // namespace octune::quantization
