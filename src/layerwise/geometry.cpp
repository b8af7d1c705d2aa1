// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "layerwise/geometry.hpp"

#include <algorithm>
#include <numeric>
#include <openvino/op/convolution.hpp>
#include <openvino/op/group_conv.hpp>

#include "base/assert.hpp"
#include "graph/queries.hpp"

namespace octune::layerwise {
namespace {

std::size_t product(const ov::Shape& shape, std::size_t begin, std::size_t end) {
  return std::accumulate(shape.begin() + static_cast<std::ptrdiff_t>(begin),
                         shape.begin() + static_cast<std::ptrdiff_t>(end), std::size_t{1}, std::multiplies<>());
}

/// Where position `p` begins in a tensor whose channels lie on `axis`, and the distance of its channels.
struct Lane {
  std::size_t begin = 0;
  std::size_t stride = 1;
};

Lane lane_of(const ov::Shape& shape, std::size_t axis, std::size_t p) {
  const std::size_t inner = product(shape, axis + 1, shape.size());
  return {p / inner * shape[axis] * inner + p % inner, inner};
}

void append_lanes(const ov::Tensor& tensor, std::size_t axis, std::span<const std::size_t> positions,
                  std::vector<float>& rows) {
  const float* data = tensor.data<const float>();
  const ov::Shape& shape = tensor.get_shape();
  for (const std::size_t p : positions) {
    const Lane lane = lane_of(shape, axis, p);
    for (std::size_t c = 0; c < shape[axis]; ++c) rows.push_back(data[lane.begin + c * lane.stride]);
  }
}

/// The axes but one, without those of length 1, which broadcasting may add.
ov::Shape others(const ov::Shape& shape, std::size_t axis) {
  ov::Shape result;
  for (std::size_t a = 0; a < shape.size(); ++a) {
    if (a != axis && shape[a] != 1) result.push_back(shape[a]);
  }
  return result;
}

}  // namespace

std::variant<LayerGeometry, std::string> LayerGeometry::of(const ov::Node& layer) {
  const std::string type = layer.get_type_info().name;
  const auto port = graph::weights_port(layer);
  if (!port) return "its weights are computed";
  const ov::Shape weights = layer.get_input_shape(*port);
  LayerGeometry geometry;
  geometry.weights_port_ = *port;
  const auto read = [&](const auto& convolution, std::size_t first_axis) {
    geometry.convolution_ = true;
    geometry.kernel_.assign(weights.begin() + static_cast<std::ptrdiff_t>(first_axis), weights.end());
    geometry.inputs_ = product(weights, first_axis - 1, weights.size());
    const auto strides = convolution.get_strides();
    const auto dilations = convolution.get_dilations();
    geometry.strides_.assign(strides.begin(), strides.end());
    geometry.dilations_.assign(dilations.begin(), dilations.end());
    geometry.pads_begin_.assign(convolution.get_pads_begin().begin(), convolution.get_pads_begin().end());
    geometry.pads_begin_.resize(geometry.kernel_.size(), 0);
    geometry.pads_end_.assign(convolution.get_pads_end().begin(), convolution.get_pads_end().end());
    geometry.pads_end_.resize(geometry.kernel_.size(), 0);
    switch (convolution.get_auto_pad()) {
      case ov::op::PadType::SAME_UPPER:
        geometry.padding_ = Padding::same_upper;
        break;
      case ov::op::PadType::SAME_LOWER:
        geometry.padding_ = Padding::same_lower;
        break;
      case ov::op::PadType::VALID:
        geometry.padding_ = Padding::none;
        break;
      default:
        geometry.padding_ = Padding::as_given;
    }
  };
  if (const auto* convolution = ov::as_type<const ov::op::v1::Convolution>(&layer)) {
    read(*convolution, 2);
    geometry.outputs_ = weights[0];
    geometry.channel_axes_ = {0};
    return geometry;
  }
  if (const auto* convolution = ov::as_type<const ov::op::v1::GroupConvolution>(&layer)) {
    read(*convolution, 3);
    geometry.groups_ = weights[0];
    geometry.outputs_ = weights[1];
    geometry.channel_axes_ = {0, 1};
    return geometry;
  }
  if (type != "MatMul") return "transposed convolutions are not tuned";
  const auto input_axis = graph::input_channel_axis(layer);
  const auto output_axis = graph::output_channel_axis(layer);
  if (!input_axis || !output_axis) return "the rank of its input or output is unknown";
  const std::vector<std::size_t> axes = graph::weights_channel_axes(layer, *port);
  if (axes.empty()) return "its weights are a stack of matrices";
  geometry.input_axis_ = *input_axis;
  geometry.output_axis_ = *output_axis;
  geometry.channel_axes_ = axes;
  geometry.outputs_ = weights[axes.front()];
  geometry.inputs_ = ov::shape_size(weights) / geometry.outputs_;
  geometry.inputs_first_ = axes.front() + 1 == weights.size();
  return geometry;
}

std::size_t LayerGeometry::positions(const ov::Shape& output) const {
  OCTUNE_ASSERT(output_axis_ < output.size() && output[output_axis_] == groups_ * outputs_,
                "an output of another shape than the layer's");
  return ov::shape_size(output) / output[output_axis_];
}

bool LayerGeometry::fits(const ov::Shape& input, const ov::Shape& output) const {
  if (output_axis_ >= output.size() || output[output_axis_] != groups_ * outputs_) return false;
  if (!convolution_) {
    return input_axis_ < input.size() && input[input_axis_] == inputs_ &&
           others(input, input_axis_) == others(output, output_axis_);
  }
  const std::size_t axes = kernel_.size();
  if (input.size() != axes + 2 || output.size() != axes + 2 || input[0] != output[0] ||
      input[1] * ov::shape_size(kernel_) != groups_ * inputs_)
    return false;
  for (std::size_t a = 0; a < axes; ++a) {
    const auto length = static_cast<std::ptrdiff_t>(input[a + 2]);
    std::ptrdiff_t expected = (length + strides_[a] - 1) / strides_[a];
    if (padding_ == Padding::as_given || padding_ == Padding::none) {
      const std::ptrdiff_t pads = padding_ == Padding::none ? 0 : pads_begin_[a] + pads_end_[a];
      const std::ptrdiff_t reach = (static_cast<std::ptrdiff_t>(kernel_[a]) - 1) * dilations_[a] + 1;
      expected = length + pads < reach ? 0 : (length + pads - reach) / strides_[a] + 1;
    }
    if (static_cast<std::ptrdiff_t>(output[a + 2]) != expected) return false;
  }
  return true;
}

void LayerGeometry::append_targets(const ov::Tensor& output, std::span<const std::size_t> positions,
                                   std::vector<float>& rows) const {
  append_lanes(output, output_axis_, positions, rows);
}

void LayerGeometry::append_inputs(const ov::Tensor& input, const ov::Shape& output,
                                  std::span<const std::size_t> positions, std::vector<float>& rows) const {
  if (convolution_) {
    append_patches(input, output, positions, rows);
  } else {
    append_lanes(input, input_axis_, positions, rows);
  }
}

void LayerGeometry::append_patches(const ov::Tensor& input, const ov::Shape& output,
                                   std::span<const std::size_t> positions, std::vector<float>& rows) const {
  const ov::Shape& shape = input.get_shape();
  const std::size_t axes = kernel_.size();
  OCTUNE_ASSERT(shape.size() == axes + 2 && output.size() == axes + 2, "a convolution of tensors of other ranks");
  const std::size_t plane = product(shape, 2, shape.size());
  const std::size_t output_plane = product(output, 2, output.size());
  const std::size_t taps = ov::shape_size(kernel_);
  std::vector<std::ptrdiff_t> pads(axes, 0);
  for (std::size_t a = 0; a < axes; ++a) {
    const auto needed = (static_cast<std::ptrdiff_t>(output[a + 2]) - 1) * strides_[a] +
                        (static_cast<std::ptrdiff_t>(kernel_[a]) - 1) * dilations_[a] + 1 -
                        static_cast<std::ptrdiff_t>(shape[a + 2]);
    const std::ptrdiff_t both = std::max<std::ptrdiff_t>(needed, 0);
    if (padding_ == Padding::as_given) pads[a] = pads_begin_[a];
    if (padding_ == Padding::same_upper) pads[a] = both / 2;
    if (padding_ == Padding::same_lower) pads[a] = both - both / 2;
  }
  const float* data = input.data<const float>();
  std::vector<std::ptrdiff_t> offset_of(taps);  // in a plane; -1: padding
  std::vector<std::ptrdiff_t> corner(axes);
  for (const std::size_t p : positions) {
    std::size_t rest = p % output_plane;
    for (std::size_t a = axes; a-- > 0;) {
      corner[a] = static_cast<std::ptrdiff_t>(rest % output[a + 2]) * strides_[a] - pads[a];
      rest /= output[a + 2];
    }
    for (std::size_t tap = 0; tap < taps; ++tap) {
      std::ptrdiff_t offset = 0, stride = 1;
      std::size_t left = tap;
      bool inside = true;
      for (std::size_t a = axes; a-- > 0;) {
        const std::ptrdiff_t at = corner[a] + static_cast<std::ptrdiff_t>(left % kernel_[a]) * dilations_[a];
        left /= kernel_[a];
        inside = inside && at >= 0 && at < static_cast<std::ptrdiff_t>(shape[a + 2]);
        offset += at * stride;
        stride *= static_cast<std::ptrdiff_t>(shape[a + 2]);
      }
      offset_of[tap] = inside ? offset : -1;
    }
    const float* sample = data + p / output_plane * shape[1] * plane;
    for (std::size_t c = 0; c < shape[1]; ++c) {
      for (const std::ptrdiff_t offset : offset_of)
        rows.push_back(offset < 0 ? 0.F : sample[c * plane + static_cast<std::size_t>(offset)]);
    }
  }
}

}  // namespace octune::layerwise
