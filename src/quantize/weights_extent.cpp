// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/weights_extent.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/extremes.hpp"
#include "base/quantile.hpp"
#include "quantize/channel_runs.hpp"
#include "quantize/range_search.hpp"

namespace octune::quantization {
namespace {

using Axes = std::vector<std::size_t>;

std::vector<double> extremes(std::span<const float> values, const ov::Shape& shape, const Axes& axes,
                             EstimatorType type) {
  const bool smallest = type == EstimatorType::min;
  const bool magnitude = type == EstimatorType::abs_max;
  std::vector<double> result(count_channels(shape, axes), smallest ? HUGE_VAL : (magnitude ? 0.0 : -HUGE_VAL));
  for_each_run(shape, axes, [&](std::size_t first, std::size_t count, std::size_t channel) {
    const auto [low, high] = base::extremes(values.subspan(first, count));
    double& border = result[channel];
    if (smallest) {
      border = std::min<double>(border, low);
    } else {
      border = std::max<double>(border, magnitude ? std::max(std::abs(low), std::abs(high)) : high);
    }
  });
  return result;
}

std::vector<std::vector<float>> values_by_channel(std::span<const float> values, const ov::Shape& shape,
                                                  const Axes& axes) {
  std::vector<std::vector<float>> result(count_channels(shape, axes));
  for_each_run(shape, axes, [&](std::size_t first, std::size_t count, std::size_t channel) {
    const auto run = values.subspan(first, count);
    result[channel].insert(result[channel].end(), run.begin(), run.end());
  });
  return result;
}

std::vector<double> quantiles(std::span<const float> values, const ov::Shape& shape, const Axes& axes, bool magnitude,
                              double q) {
  std::vector<double> result;
  for (std::vector<float>& channel : values_by_channel(values, shape, axes)) {
    if (magnitude) {
      for (float& value : channel) value = std::abs(value);
    }
    result.push_back(base::quantile(channel, q));
  }
  return result;
}

std::vector<double> border_of(std::span<const float> values, const ov::Shape& shape, const Quantizer& quantizer,
                              bool upper) {
  const BorderEstimator& estimator = upper ? quantizer.estimator.max : quantizer.estimator.min;
  const Axes axes = estimator.granularity == Granularity::per_tensor ? Axes{} : quantizer.channel_axes;
  const bool magnitude = estimator.type == EstimatorType::abs_quantile;
  std::vector<double> result;
  if (magnitude || estimator.type == EstimatorType::quantile) {
    const double q = upper || magnitude ? 1 - estimator.outlier_prob : estimator.outlier_prob;
    result = quantiles(values, shape, axes, magnitude, q);
  } else {
    result = extremes(values, shape, axes, estimator.type);
  }
  if (estimator.clipping_value) {
    for (double& value : result) {
      value = upper ? std::min(value, *estimator.clipping_value) : std::max(value, *estimator.clipping_value);
    }
  }
  result.resize(count_channels(shape, quantizer.channel_axes), result.front());
  return result;
}

Extent searched_extent(std::span<const float> values, const ov::Shape& shape, const Quantizer& quantizer) {
  SearchOptions options{.search = quantizer.estimator.search,
                        .mode = quantizer.scheme.mode,
                        .levels = levels_of(quantizer.scheme, QuantizerKind::weights, true)};
  if (quantizer.halved) options.levels = {options.levels.low / 2, options.levels.high / 2};
  options.limits.low = quantizer.estimator.min.clipping_value.value_or(options.limits.low);
  options.limits.high = quantizer.estimator.max.clipping_value.value_or(options.limits.high);
  Extent extent;
  for (const std::vector<float>& channel : values_by_channel(values, shape, quantizer.channel_axes)) {
    const Borders found = search_range(channel, options);
    extent.min.push_back(found.low);
    extent.max.push_back(found.high);
  }
  return extent;
}

}  // namespace

Extent weights_extent(std::span<const float> values, const ov::Shape& shape, const Quantizer& quantizer) {
  if (quantizer.estimator.search != RangeSearch::none) return searched_extent(values, shape, quantizer);
  return {border_of(values, shape, quantizer, false), border_of(values, shape, quantizer, true)};
}

}  // namespace octune::quantization
