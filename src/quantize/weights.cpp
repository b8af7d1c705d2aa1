// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/weights.hpp"

#include <algorithm>
#include <cmath>
#include <openvino/core/rt_info.hpp>
#include <openvino/op/convert.hpp>
#include <openvino/op/multiply.hpp>
#include <openvino/op/subtract.hpp>
#include <openvino/pass/constant_folding.hpp>

#include "base/assert.hpp"
#include "quantize/ranges.hpp"

namespace octune::quantization {

std::vector<std::size_t> channel_of_element(const ov::Shape& shape, const std::vector<std::size_t>& channel_axes) {
  std::vector<std::size_t> stride(shape.size(), 0);
  std::size_t channels = 1;
  for (auto axis = channel_axes.rbegin(); axis != channel_axes.rend(); ++axis) {
    stride[*axis] = channels;
    channels *= shape[*axis];
  }
  std::vector<std::size_t> result(ov::shape_size(shape));
  std::vector<std::size_t> index(shape.size(), 0);
  std::size_t channel = 0;
  for (std::size_t& element : result) {
    element = channel;
    for (std::size_t axis = shape.size(); axis-- > 0;) {  // odometer
      channel += stride[axis];
      if (++index[axis] < shape[axis]) break;
      channel -= stride[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return result;
}

Extent weights_extent(const std::vector<float>& values, const ov::Shape& shape, const Quantizer& quantizer) {
  const std::vector<std::size_t> channel = channel_of_element(shape, quantizer.channel_axes);
  const std::size_t channels = channel.empty() ? 1 : *std::max_element(channel.begin(), channel.end()) + 1;
  const auto border = [&](const BorderEstimator& estimator, bool upper) {
    std::vector<std::vector<float>> of_channel(channels);
    for (auto& list : of_channel) list.reserve(values.size() / channels);
    const bool magnitude = estimator.type == EstimatorType::abs_max || estimator.type == EstimatorType::abs_quantile;
    for (std::size_t i = 0; i < values.size(); ++i) {
      of_channel[channel[i]].push_back(magnitude ? std::abs(values[i]) : values[i]);
    }
    std::vector<double> result;
    for (auto& list : of_channel) {
      double value = 0;
      if (estimator.type == EstimatorType::quantile || estimator.type == EstimatorType::abs_quantile) {
        value = quantile(list, upper || magnitude ? 1 - estimator.outlier_prob : estimator.outlier_prob);
      } else {
        const bool largest = estimator.type != EstimatorType::min;
        value = largest ? *std::max_element(list.begin(), list.end()) : *std::min_element(list.begin(), list.end());
      }
      if (estimator.clipping_value) {
        value = upper ? std::min(value, *estimator.clipping_value) : std::max(value, *estimator.clipping_value);
      }
      result.push_back(value);
    }
    return result;
  };
  return {border(quantizer.estimator.min, false), border(quantizer.estimator.max, true)};
}

QuantizedWeights quantize_weights(const std::vector<float>& values, const ov::Shape& shape, const Quantizer& quantizer,
                                  const Extent& extent) {
  OCTUNE_ASSERT(quantizer.scheme.bits <= 8, "weights of more than 8 bits");
  const Range range = weights_range(extent, quantizer.scheme, quantizer.halved);
  const std::size_t channels = range.low.size();
  // The stored integers are signed: the lowest level of 256 is -128, of 255 -127.
  const int lowest = -(range.levels / 2);
  QuantizedWeights result;
  result.shape = shape;
  result.scale_shape = ov::Shape(shape.size(), 1);
  for (const std::size_t axis : quantizer.channel_axes) result.scale_shape[axis] = shape[axis];
  result.scale.resize(channels);
  result.zero_point.resize(channels);
  for (std::size_t c = 0; c < channels; ++c) {
    const double scale = (static_cast<double>(range.high[c]) - range.low[c]) / (range.levels - 1);
    result.scale[c] = static_cast<float>(scale);
    result.zero_point[c] = static_cast<std::int8_t>(std::lround(lowest - range.low[c] / scale));
  }
  const std::vector<std::size_t> channel = channel_of_element(shape, quantizer.channel_axes);
  result.integers.resize(values.size());
  const auto highest = static_cast<float>(lowest + range.levels - 1);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t c = channel[i];
    const float level = std::nearbyint(values[i] / result.scale[c]) + static_cast<float>(result.zero_point[c]);
    result.integers[i] = static_cast<std::int8_t>(std::clamp(level, static_cast<float>(lowest), highest));
  }
  if (std::all_of(result.zero_point.begin(), result.zero_point.end(), [](std::int8_t z) { return z == 0; })) {
    result.zero_point.clear();
  }
  return result;
}

std::vector<float> QuantizedWeights::dequantized() const {
  std::vector<std::size_t> axes;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    if (scale_shape[axis] != 1) axes.push_back(axis);
  }
  const std::vector<std::size_t> channel = channel_of_element(shape, axes);
  std::vector<float> values(integers.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const int zero = zero_point.empty() ? 0 : zero_point[channel[i]];
    values[i] = static_cast<float>(integers[i] - zero) * scale[channel[i]];
  }
  return values;
}

std::shared_ptr<ov::Node> weights_node(const QuantizedWeights& weights, ov::element::Type type,
                                       const std::string& name) {
  namespace op = ov::op;
  const auto integers = std::make_shared<op::v0::Constant>(ov::element::i8, weights.shape, weights.integers.data());
  integers->set_friendly_name(name + "/integers");
  std::shared_ptr<ov::Node> node = std::make_shared<op::v0::Convert>(integers, type);
  node->set_friendly_name(name + "/convert");
  ov::pass::disable_constant_folding(node);
  if (!weights.zero_point.empty()) {
    const auto zero =
        std::make_shared<op::v0::Constant>(ov::element::i8, weights.scale_shape, weights.zero_point.data());
    const auto converted = std::make_shared<op::v0::Convert>(zero, type);
    ov::pass::disable_constant_folding(converted);
    node = std::make_shared<op::v1::Subtract>(node, converted);
    node->set_friendly_name(name + "/zero_point");
  }
  const auto scale = op::v0::Constant::create(type, weights.scale_shape, weights.scale);
  node = std::make_shared<op::v1::Multiply>(node, scale);
  node->set_friendly_name(name);
  return node;
}

}  // namespace octune::quantization
