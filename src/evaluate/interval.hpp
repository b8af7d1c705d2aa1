// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "octune/criterion.hpp"
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

/// The same of a drop as `judged` measured it: of drop_of(metric.value(baseline), metric.value(judged)) in the result's
/// direction and type. Of a relative drop the baseline is resampled as well. Resamples whose baseline is nearer to 0
/// than kSmallestBaseline are left out; all of them are only if hardly any sample contributes, and the interval is then
/// from minus to plus infinity.
Interval paired_drop_interval(std::span<const Score> baseline, std::span<const Score> judged, const Metric& metric,
                              const CriterionResult& result, std::uint64_t seed);

/// What metric.value(a) and metric.value(b) are over `resamples` bootstrap samples of the same set, in pairs.
std::vector<std::pair<double, double>> paired_resamples(std::span<const Score> a, std::span<const Score> b,
                                                        const Metric& metric, std::size_t resamples,
                                                        std::uint64_t seed);

}  // namespace octune::evaluate
