// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/aggregate.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

#include "base/assert.hpp"
#include "base/quantile.hpp"

namespace octune::quantization {
namespace {

/// Integers in the order of the doubles they stand for, so that a bisection ends at one double after at most 64 steps.
std::int64_t rank_of(double value) {
  const auto bits = std::bit_cast<std::int64_t>(value);
  return bits < 0 ? std::numeric_limits<std::int64_t>::min() - bits : bits;
}
double at_rank(std::int64_t rank) {
  return std::bit_cast<double>(rank < 0 ? std::numeric_limits<std::int64_t>::min() - rank : rank);
}

double mean_of(float a, float b) { return (static_cast<double>(a) + b) / 2; }

/// The pairs i < j of `sorted` whose mean is at most `limit`, and the smallest mean above it. The more the first value
/// of a pair grows, the less far its partners reach.
struct Pairs {
  std::uint64_t within = 0;
  double next = HUGE_VAL;
};
Pairs pairs_within(std::span<const float> sorted, double limit) {
  Pairs pairs;
  std::size_t end = sorted.size();  // partners of i: i+1 .. end-1
  for (std::size_t i = 0; i + 1 < sorted.size(); ++i) {
    while (end > i + 1 && mean_of(sorted[i], sorted[end - 1]) > limit) --end;
    end = std::max(end, i + 1);
    pairs.within += end - (i + 1);
    if (end < sorted.size()) pairs.next = std::min(pairs.next, mean_of(sorted[i], sorted[end]));
  }
  return pairs;
}

std::vector<float> column(std::span<const float> rows, std::size_t channels, std::size_t channel) {
  std::vector<float> values(rows.size() / channels);
  for (std::size_t s = 0; s < values.size(); ++s) values[s] = rows[s * channels + channel];
  return values;
}

void drop_outliers(std::vector<float>& values) {
  const double low = base::quantile(values, 0.01);
  const double high = base::quantile(values, 0.99);
  const std::vector<float> all = values;
  std::erase_if(values, [&](float value) { return value < low || value > high; });
  // Two samples have nothing but tails.
  if (values.empty()) values = all;
}

double mean(const std::vector<float>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

}  // namespace

double hodges_lehmann(std::span<float> values) {
  OCTUNE_ASSERT(!values.empty(), "the estimate of nothing");
  if (values.size() == 1) return values.front();
  std::sort(values.begin(), values.end());
  const std::uint64_t pairs = values.size() * (values.size() - 1) / 2;
  const std::uint64_t below = (pairs + 1) / 2;  // the lower of the two middle means is the below-th smallest
  std::int64_t low = rank_of(values.front());
  std::int64_t high = rank_of(values.back());
  while (low < high) {
    const std::int64_t middle = std::midpoint(low, high);
    if (pairs_within(values, at_rank(middle)).within >= below) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  const double lower = at_rank(low);
  if (pairs % 2 == 1) return lower;
  const Pairs found = pairs_within(values, lower);
  return found.within > below ? lower : (lower + found.next) / 2;
}

std::vector<double> aggregate(std::span<const float> rows, std::size_t channels, Aggregator aggregator) {
  OCTUNE_ASSERT(!rows.empty() && rows.size() % channels == 0, "rows that are no multiple of the channels");
  std::vector<double> result(channels);
  for (std::size_t c = 0; c < channels; ++c) {
    std::vector<float> values = column(rows, channels, c);
    switch (aggregator) {
      case Aggregator::min:
        result[c] = *std::min_element(values.begin(), values.end());
        break;
      case Aggregator::max:
        result[c] = *std::max_element(values.begin(), values.end());
        break;
      case Aggregator::mean:
        result[c] = mean(values);
        break;
      case Aggregator::mean_no_outliers:
        drop_outliers(values);
        result[c] = mean(values);
        break;
      case Aggregator::median:
        result[c] = base::quantile(values, 0.5);
        break;
      case Aggregator::median_no_outliers:
        drop_outliers(values);
        result[c] = base::quantile(values, 0.5);
        break;
      case Aggregator::hl_estimator:
        result[c] = hodges_lehmann(values);
        break;
    }
  }
  return result;
}

}  // namespace octune::quantization
