// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <openvino/core/node.hpp>
#include <openvino/runtime/tensor.hpp>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace octune::layerwise {

/// How a convolution, grouped convolution or MatMul with constant weights reads its input: every output position is one
/// row of `groups * inputs` numbers, zero where the kernel meets the padding, and gives `groups * outputs` numbers.
///
/// Positions are counted in memory order over all axes of the output but that of its channels.
class LayerGeometry {
 public:
  /// Of a float layer (its weights are a constant). Otherwise why it has none, as a phrase.
  static std::variant<LayerGeometry, std::string> of(const ov::Node& layer);

  std::size_t groups() const { return groups_; }
  std::size_t inputs() const { return inputs_; }    ///< of a group
  std::size_t outputs() const { return outputs_; }  ///< of a group
  std::size_t row_bytes() const { return sizeof(float) * groups_ * (inputs_ + outputs_); }
  std::size_t weights_port() const { return weights_port_; }
  std::size_t output_channel_axis() const { return output_axis_; }

  /// Of the weights' shape, the axes that an output channel's scale may keep; in the order of the channels.
  const std::vector<std::size_t>& channel_axes() const { return channel_axes_; }

  /// How many positions an output of this shape has.
  std::size_t positions(const ov::Shape& output) const;

  /// Whether an input of this shape gives an output of that shape: only then may rows of it be appended.
  bool fits(const ov::Shape& input, const ov::Shape& output) const;

  /// Appends the rows at `positions` of an f32 input tensor, whose output has the shape `output`.
  void append_inputs(const ov::Tensor& input, const ov::Shape& output, std::span<const std::size_t> positions,
                     std::vector<float>& rows) const;

  /// Appends the numbers at `positions` of an f32 output tensor.
  void append_targets(const ov::Tensor& output, std::span<const std::size_t> positions, std::vector<float>& rows) const;

  /// Weights in memory order of the constant as [groups][outputs][inputs], and back.
  template <class Number>
  std::vector<Number> as_matrix(std::span<const Number> weights) const;
  template <class Number>
  std::vector<Number> from_matrix(std::span<const Number> matrix) const;

 private:
  void append_patches(const ov::Tensor& input, const ov::Shape& output, std::span<const std::size_t> positions,
                      std::vector<float>& rows) const;

  enum class Padding { as_given, same_upper, same_lower, none };

  std::size_t groups_ = 1, inputs_ = 0, outputs_ = 0;
  std::size_t weights_port_ = 1;
  std::size_t input_axis_ = 1, output_axis_ = 1;
  std::vector<std::size_t> channel_axes_;
  bool convolution_ = false;
  bool inputs_first_ = false;  // weights of a MatMul lie as [inputs][outputs]

  // Of convolutions, one entry a spatial axis.
  ov::Shape kernel_;
  std::vector<std::ptrdiff_t> strides_, dilations_, pads_begin_, pads_end_;
  Padding padding_ = Padding::as_given;
};

template <class Number>
std::vector<Number> LayerGeometry::as_matrix(std::span<const Number> weights) const {
  std::vector<Number> matrix(weights.begin(), weights.end());
  if (!inputs_first_) return matrix;
  for (std::size_t k = 0; k < inputs_; ++k) {
    for (std::size_t m = 0; m < outputs_; ++m) matrix[m * inputs_ + k] = weights[k * outputs_ + m];
  }
  return matrix;
}

template <class Number>
std::vector<Number> LayerGeometry::from_matrix(std::span<const Number> matrix) const {
  std::vector<Number> weights(matrix.begin(), matrix.end());
  if (!inputs_first_) return weights;
  for (std::size_t k = 0; k < inputs_; ++k) {
    for (std::size_t m = 0; m < outputs_; ++m) weights[k * outputs_ + m] = matrix[m * inputs_ + k];
  }
  return weights;
}

}  // namespace octune::layerwise
