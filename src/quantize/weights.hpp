// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <openvino/core/model.hpp>
#include <openvino/op/constant.hpp>
#include <span>
#include <string>
#include <vector>

#include "octune/plan.hpp"
#include "quantize/ranges.hpp"

namespace octune::quantization {

/// Weights as integers and what turns them back: value = (integer - zero_point) * scale, one scale (and zero point) an
/// index of the channel axes.
struct QuantizedWeights {
  ov::Shape shape;
  int storage_bits = 8;  ///< of the signed integers in the model: 4, 8 or 16
  std::vector<std::int16_t> integers;
  ov::Shape scale_shape;  ///< of the weights' rank, 1 on every axis that is no channel axis
  std::vector<float> scale;
  std::vector<std::int16_t> zero_point;  ///< empty if all are zero

  /// The values the runtime computes with.
  std::vector<float> dequantized() const;
};

/// Quantizes `values` of `shape` as `quantizer` (of kind weights) says, within `extent`.
QuantizedWeights quantize_weights(std::span<const float> values, const ov::Shape& shape, const Quantizer& quantizer,
                                  const Extent& extent);

/// Constant(i4, i8 or i16) -> Convert -> [Subtract zero point] -> Multiply(scale): the form in which the runtime keeps
/// weights in integers. `name` becomes the name of the result.
std::shared_ptr<ov::Node> weights_node(const QuantizedWeights& weights, ov::element::Type type,
                                       const std::string& name);

/// For every element of a tensor of `shape`, in memory order, the index of its channel when the axes `channel_axes` are
/// kept.
std::vector<std::size_t> channel_of_element(const ov::Shape& shape, const std::vector<std::size_t>& channel_axes);

}  // namespace octune::quantization
