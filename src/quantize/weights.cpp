// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/weights.hpp"

#include <algorithm>
#include <cmath>
#include <openvino/op/convert.hpp>
#include <openvino/op/multiply.hpp>
#include <openvino/op/subtract.hpp>

#include "base/assert.hpp"
#include "quantize/channel_runs.hpp"
#include "quantize/ranges.hpp"

namespace octune::quantization {

namespace {

/// Adding and subtracting 1.5 * 2^23 rounds to the nearest integer, ties to even, for |x| < 2^22: levels are at most
/// 2^16. Unlike nearbyint it is vectorised for every x86-64.
float round_to_integer(float x) {
  constexpr float kMagic = 12582912.F;
  return (x + kMagic) - kMagic;
}

}  // namespace

std::vector<std::size_t> channel_of_element(const ov::Shape& shape, const std::vector<std::size_t>& channel_axes) {
  std::vector<std::size_t> result(ov::shape_size(shape));
  for_each_run(shape, channel_axes, [&](std::size_t first, std::size_t count, std::size_t channel) {
    std::fill_n(result.begin() + static_cast<std::ptrdiff_t>(first), count, channel);
  });
  return result;
}

QuantizedWeights quantize_weights(std::span<const float> values, const ov::Shape& shape, const Quantizer& quantizer,
                                  const Extent& extent) {
  const Range range = weights_range(extent, quantizer.scheme, quantizer.halved);
  OCTUNE_ASSERT(range.levels <= 1 << quantizer.storage_bits, "more levels than the stored integers have");
  const std::size_t channels = range.low.size();
  // The stored integers are signed: the lowest level of 256 is -128, of 255 -127.
  const int lowest = -(range.levels / 2);
  QuantizedWeights result;
  result.shape = shape;
  result.storage_bits = quantizer.storage_bits;
  result.scale_shape = ov::Shape(shape.size(), 1);
  for (const std::size_t axis : quantizer.channel_axes) result.scale_shape[axis] = shape[axis];
  result.scale.resize(channels);
  result.zero_point.resize(channels);
  for (std::size_t c = 0; c < channels; ++c) {
    const double scale = (static_cast<double>(range.high[c]) - range.low[c]) / (range.levels - 1);
    result.scale[c] = static_cast<float>(scale);
    result.zero_point[c] = static_cast<std::int16_t>(std::lround(lowest - range.low[c] / scale));
  }
  result.integers.resize(values.size());
  constexpr float kFarOutside = 1 << 20;
  const auto low = static_cast<float>(lowest);
  const auto high = static_cast<float>(lowest + range.levels - 1);
  for_each_run(shape, quantizer.channel_axes, [&](std::size_t first, std::size_t count, std::size_t channel) {
    const float scale = result.scale[channel];
    const auto zero = static_cast<float>(result.zero_point[channel]);
    const float* source = values.data() + first;
    std::int16_t* target = result.integers.data() + first;
    for (std::size_t i = 0; i < count; ++i) {
      // Values far outside a clipped range are cut before rounding, which is exact only for small numbers.
      const float level = std::clamp(source[i] / scale, -kFarOutside, kFarOutside);
      target[i] = static_cast<std::int16_t>(std::clamp(round_to_integer(level) + zero, low, high));
    }
  });
  if (std::all_of(result.zero_point.begin(), result.zero_point.end(), [](std::int16_t z) { return z == 0; })) {
    result.zero_point.clear();
  }
  return result;
}

std::vector<float> QuantizedWeights::dequantized() const {
  std::vector<std::size_t> axes;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    if (scale_shape[axis] != 1) axes.push_back(axis);
  }
  std::vector<float> values(integers.size());
  for_each_run(shape, axes, [&](std::size_t first, std::size_t count, std::size_t channel) {
    const int zero = zero_point.empty() ? 0 : zero_point[channel];
    for (std::size_t i = first; i < first + count; ++i) {
      values[i] = static_cast<float>(integers[i] - zero) * scale[channel];
    }
  });
  return values;
}

namespace {

ov::element::Type storage_type(int bits) {
  return bits == 4 ? ov::element::i4 : bits == 8 ? ov::element::i8 : ov::element::i16;
}

}  // namespace

std::shared_ptr<ov::Node> weights_node(const QuantizedWeights& weights, ov::element::Type type,
                                       const std::string& name) {
  namespace op = ov::op;
  const ov::element::Type stored = storage_type(weights.storage_bits);
  std::shared_ptr<op::v0::Constant> integers;
  if (weights.storage_bits == 8) {
    // Much faster than the runtime's conversion, which checks every value.
    const std::vector<std::int8_t> bytes(weights.integers.begin(), weights.integers.end());
    integers = std::make_shared<op::v0::Constant>(stored, weights.shape, bytes.data());
  } else {
    integers = op::v0::Constant::create(stored, weights.shape, weights.integers);
  }
  integers->set_friendly_name(name + "/integers");
  std::shared_ptr<ov::Node> node = std::make_shared<op::v0::Convert>(integers, type);
  node->set_friendly_name(name + "/convert");
  if (!weights.zero_point.empty()) {
    const auto zero = op::v0::Constant::create(stored, weights.scale_shape, weights.zero_point);
    const auto converted = std::make_shared<op::v0::Convert>(zero, type);
    node = std::make_shared<op::v1::Subtract>(node, converted);
    node->set_friendly_name(name + "/zero_point");
  }
  const auto scale = op::v0::Constant::create(type, weights.scale_shape, weights.scale);
  node = std::make_shared<op::v1::Multiply>(node, scale);
  node->set_friendly_name(name);
  return node;
}

}  // namespace octune::quantization
