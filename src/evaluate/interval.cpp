// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/interval.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "base/assert.hpp"
#include "base/quantile.hpp"
#include "base/random.hpp"
#include "evaluate/scores.hpp"

namespace octune::evaluate {
namespace {

constexpr double kTail = 0.025;

/// The scores that `drawn` names, as a set of their own.
double value_of(std::span<const Score> scores, std::span<const std::size_t> drawn, const Metric& metric) {
  if (metric.aggregation() == Aggregation::corpus) {
    std::vector<Score> resample;
    resample.reserve(drawn.size());
    for (const std::size_t i : drawn) resample.push_back(scores[i]);
    return metric.value(resample);
  }
  Score sum;
  for (const std::size_t i : drawn) add(sum, scores[i]);
  return metric.value(sum, drawn.size());
}

/// A corpus metric sorts all its scores anew each time.
std::size_t resamples_of(const Metric& metric) { return metric.aggregation() == Aggregation::corpus ? 400 : 2000; }

/// Where the middle 95 % of the values lie.
Interval middle(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return {base::quantile_of_sorted(values, kTail), base::quantile_of_sorted(values, 1 - kTail)};
}

}  // namespace

Interval median_interval(std::span<const double> sorted) {
  OCTUNE_ASSERT(!sorted.empty(), "median interval of no values");
  const std::size_t size = sorted.size();
  // In logarithms: 2^-n underflows from n = 1075 on.
  double log_probability = -static_cast<double>(size) * std::numbers::ln2;  // of Binomial(n, 1/2) = k
  double cumulative = 0;
  std::size_t rank = 0;
  for (std::size_t k = 0; k < size; ++k) {
    cumulative += std::exp(log_probability);
    if (cumulative > kTail) break;
    rank = k + 1;
    log_probability += std::log(static_cast<double>(size - k) / static_cast<double>(k + 1));
  }
  const std::size_t index = rank == 0 ? 0 : rank - 1;
  return {sorted[index], sorted[size - 1 - index]};
}

std::vector<std::pair<double, double>> paired_resamples(std::span<const Score> a, std::span<const Score> b,
                                                        const Metric& metric, std::size_t resamples,
                                                        std::uint64_t seed) {
  OCTUNE_ASSERT(!a.empty() && a.size() == b.size(), "a paired interval needs the scores of the same samples");
  std::vector<std::size_t> drawn(a.size());
  base::RandomStream random(seed);
  std::vector<std::pair<double, double>> values;
  values.reserve(resamples);
  for (std::size_t resample = 0; resample < resamples; ++resample) {
    for (std::size_t& i : drawn) i = random.below(a.size());
    const double first = value_of(a, drawn, metric);
    values.emplace_back(first, value_of(b, drawn, metric));
  }
  return values;
}

Interval paired_interval(std::span<const Score> a, std::span<const Score> b, const Metric& metric, std::uint64_t seed) {
  std::vector<double> differences;
  for (const auto& [of_a, of_b] : paired_resamples(a, b, metric, resamples_of(metric), seed)) {
    differences.push_back(of_a - of_b);
  }
  return middle(std::move(differences));
}

Interval paired_drop_interval(std::span<const Score> baseline, std::span<const Score> judged, const Metric& metric,
                              const CriterionResult& result, std::uint64_t seed) {
  std::vector<double> drops;
  for (const auto& [before, after] : paired_resamples(baseline, judged, metric, resamples_of(metric), seed)) {
    if (!std::isfinite(before)) continue;
    if (result.drop_type == DropType::relative && std::abs(before) < kSmallestBaseline) continue;
    drops.push_back(drop_of(before, after, result.higher_is_better, result.drop_type));
  }
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  return drops.empty() ? Interval{-kInfinity, kInfinity} : middle(std::move(drops));
}

}  // namespace octune::evaluate
