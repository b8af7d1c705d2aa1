// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "octune/metric.hpp"

/// How certain a measured number is.
namespace octune::evaluate {

struct Interval {
  double low = 0;
  double high = 0;
};

/// Distribution-free 95 % confidence interval of the median from ascending, non-empty values: the l-th smallest and the
/// l-th largest, l the largest number with P(Binomial(n, 1/2) < l) <= 0.025 (David and Nagaraja, Order
/// Statistics, 7.1). Fewer than 6 values cannot give 95 %: the interval is then from the smallest to the largest.
Interval median_interval(std::span<const double> sorted);

/// 95 % interval of metric.value(a) - metric.value(b), where a[i] and b[i] are the scores of two models for the same
/// sample: percentile bootstrap over the samples (2,000 resamples, both models always resampled alike, so that what
/// makes a sample hard for both cancels). The same seed gives the same interval. As many scores in a as in b, not zero.
Interval paired_interval(std::span<const Score> a, std::span<const Score> b, const Metric& metric, std::uint64_t seed);

}  // namespace octune::evaluate
