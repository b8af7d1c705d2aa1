// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/weights_extent.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "quantize/channel_runs.hpp"

namespace octune::quantization {
namespace {

std::vector<double> extremes(std::span<const float> values, const ov::Shape& shape, const Quantizer& quantizer,
                             EstimatorType type) {
  const bool smallest = type == EstimatorType::min;
  const bool magnitude = type == EstimatorType::abs_max;
  std::vector<double> result(count_channels(shape, quantizer.channel_axes),
                             smallest ? HUGE_VAL : (magnitude ? 0.0 : -HUGE_VAL));
  for_each_run(shape, quantizer.channel_axes, [&](std::size_t first, std::size_t count, std::size_t channel) {
    const auto [low, high] = std::minmax_element(values.begin() + static_cast<std::ptrdiff_t>(first),
                                                 values.begin() + static_cast<std::ptrdiff_t>(first + count));
    double& border = result[channel];
    if (smallest) {
      border = std::min<double>(border, *low);
    } else {
      border = std::max<double>(border, magnitude ? std::max(std::abs(*low), std::abs(*high)) : *high);
    }
  });
  return result;
}

std::vector<double> quantiles(std::span<const float> values, const ov::Shape& shape, const Quantizer& quantizer,
                              bool magnitude, double q) {
  std::vector<std::vector<float>> of_channel(count_channels(shape, quantizer.channel_axes));
  for_each_run(shape, quantizer.channel_axes, [&](std::size_t first, std::size_t count, std::size_t channel) {
    for (const float value : values.subspan(first, count)) {
      of_channel[channel].push_back(magnitude ? std::abs(value) : value);
    }
  });
  std::vector<double> result;
  for (auto& list : of_channel) result.push_back(quantile(list, q));
  return result;
}

}  // namespace

Extent weights_extent(std::span<const float> values, const ov::Shape& shape, const Quantizer& quantizer) {
  const auto border = [&](const BorderEstimator& estimator, bool upper) {
    const bool magnitude = estimator.type == EstimatorType::abs_quantile;
    std::vector<double> result;
    if (magnitude || estimator.type == EstimatorType::quantile) {
      const double q = upper || magnitude ? 1 - estimator.outlier_prob : estimator.outlier_prob;
      result = quantiles(values, shape, quantizer, magnitude, q);
    } else {
      result = extremes(values, shape, quantizer, estimator.type);
    }
    if (estimator.clipping_value) {
      for (double& value : result) {
        value = upper ? std::min(value, *estimator.clipping_value) : std::max(value, *estimator.clipping_value);
      }
    }
    return result;
  };
  return {border(quantizer.estimator.min, false), border(quantizer.estimator.max, true)};
}

}  // namespace octune::quantization
