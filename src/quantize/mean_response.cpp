// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/mean_response.hpp"

#include <functional>
#include <numeric>
#include <openvino/op/util/convolution_backprop_base.hpp>
#include <openvino/op/util/convolution_base.hpp>
#include <optional>

#include "base/assert.hpp"
#include "graph/queries.hpp"

namespace octune::quantization {
namespace {

/// How a convolution lays its kernel over one spatial axis: position * stride - pad + tap * dilation.
struct Placement {
  std::ptrdiff_t stride;
  std::ptrdiff_t pad;
  std::ptrdiff_t dilation;

  /// Of `positions` placements, how many put the tap within [0, size).
  std::ptrdiff_t inside(std::ptrdiff_t positions, std::ptrdiff_t size, std::size_t tap) const {
    std::ptrdiff_t count = 0;
    for (std::ptrdiff_t position = 0; position < positions; ++position) {
      const std::ptrdiff_t at = position * stride - pad + static_cast<std::ptrdiff_t>(tap) * dilation;
      count += at >= 0 && at < size ? 1 : 0;
    }
    return count;
  }
};

template <class Convolution>
Placement placement_of(const Convolution& conv, std::size_t axis) {
  return {static_cast<std::ptrdiff_t>(conv.get_strides()[axis]), conv.get_pads_begin()[axis],
          static_cast<std::ptrdiff_t>(conv.get_dilations()[axis])};
}

/// For each spatial axis, how many products with each kernel tap an output position has on average: less than one where
/// the tap meets padding. A convolution walks over its output and reads its input, a transposed one the other way
/// round. Where sizes are dynamic the border is left out: 1, or 1/stride if transposed.
std::vector<std::vector<double>> tap_coverage(const ov::Node& node, const std::vector<std::size_t>& kernel) {
  std::vector<std::vector<double>> coverage;
  for (const std::size_t size : kernel) coverage.emplace_back(size, 1.0);
  const auto* forward = dynamic_cast<const ov::op::util::ConvolutionFwdPropBase*>(&node);
  const auto* transposed = dynamic_cast<const ov::op::util::ConvolutionBackPropBase*>(&node);
  if (!forward && !transposed) return coverage;
  const bool dynamic = node.get_input_partial_shape(0).is_dynamic() || node.get_output_partial_shape(0).is_dynamic();
  for (std::size_t axis = 0; axis < kernel.size(); ++axis) {
    const Placement placement = forward ? placement_of(*forward, axis) : placement_of(*transposed, axis);
    if (dynamic) {
      if (transposed) coverage[axis].assign(kernel[axis], 1.0 / static_cast<double>(placement.stride));
      continue;
    }
    const auto input = static_cast<std::ptrdiff_t>(node.get_input_shape(0)[axis + 2]);
    const auto output = static_cast<std::ptrdiff_t>(node.get_output_shape(0)[axis + 2]);
    for (std::size_t tap = 0; tap < kernel[axis]; ++tap) {
      const auto products = forward ? placement.inside(output, input, tap) : placement.inside(input, output, tap);
      coverage[axis][tap] = static_cast<double>(products) / static_cast<double>(output);
    }
  }
  return coverage;
}

/// Where the weights of each kind keep their groups, outputs and inputs; kernel axes come last.
struct WeightsLayout {
  std::optional<std::size_t> group;
  std::size_t output = 0;
  std::size_t input = 1;
  std::size_t kernel = 2;  ///< first kernel axis
};

WeightsLayout layout_of(const ov::Node& node, const ov::Shape& shape) {
  const std::string type = node.get_type_info().name;
  if (type == "GroupConvolution") return {0, 1, 2, 3};
  if (type == "ConvolutionBackpropData") return {std::nullopt, 1, 0, 2};
  if (type == "GroupConvolutionBackpropData") return {0, 2, 1, 3};
  if (type == "MatMul") {
    const std::size_t output = graph::weights_channel_axes(node, graph::weights_port(node).value_or(1)).front();
    const std::size_t input = output == shape.size() - 1 ? shape.size() - 2 : shape.size() - 1;
    return {std::nullopt, output, input, shape.size()};
  }
  return {};
}

/// The share of each tap of the whole kernel, in memory order.
std::vector<double> coverage_of_taps(const ov::Node& node, const std::vector<std::size_t>& kernel) {
  std::vector<double> coverage{1.0};
  for (const std::vector<double>& axis : tap_coverage(node, kernel)) {
    std::vector<double> product;
    for (const double outer : coverage) {
      for (const double inner : axis) product.push_back(outer * inner);
    }
    coverage = std::move(product);
  }
  return coverage;
}

}  // namespace

MeanResponse::MeanResponse(const ov::Node& node, std::span<const float> weights, const ov::Shape& shape) {
  OCTUNE_ASSERT(weights.size() == ov::shape_size(shape), "weights of another shape");
  const WeightsLayout layout = layout_of(node, shape);
  const std::size_t groups = layout.group ? shape[*layout.group] : 1;
  outputs_of_group_ = shape[layout.output];
  inputs_of_group_ = shape[layout.input];
  outputs_ = groups * outputs_of_group_;
  const std::vector<std::size_t> kernel(shape.begin() + static_cast<std::ptrdiff_t>(layout.kernel), shape.end());
  const std::vector<double> coverage = coverage_of_taps(node, kernel);
  const auto stride_of = [&](std::size_t axis) {
    return std::accumulate(shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1, shape.end(), std::size_t{1},
                           std::multiplies<>());
  };
  const std::size_t group_stride = layout.group ? stride_of(*layout.group) : 0;
  const std::size_t output_stride = stride_of(layout.output);
  const std::size_t input_stride = stride_of(layout.input);
  matrix_.reserve(outputs_ * inputs_of_group_);
  for (std::size_t group = 0; group < groups; ++group) {
    for (std::size_t output = 0; output < outputs_of_group_; ++output) {
      for (std::size_t input = 0; input < inputs_of_group_; ++input) {
        const std::size_t first = group * group_stride + output * output_stride + input * input_stride;
        double sum = 0;
        for (std::size_t tap = 0; tap < coverage.size(); ++tap) sum += weights[first + tap] * coverage[tap];
        matrix_.push_back(static_cast<float>(sum));
      }
    }
  }
}

std::vector<double> MeanResponse::operator()(std::span<const double> input_means) const {
  const std::size_t groups = outputs_ / outputs_of_group_;
  OCTUNE_ASSERT(input_means.size() == groups * inputs_of_group_, "one mean for each input channel is needed");
  std::vector<double> means(outputs_, 0);
  for (std::size_t output = 0; output < outputs_; ++output) {
    const float* row = matrix_.data() + output * inputs_of_group_;
    const double* input = input_means.data() + output / outputs_of_group_ * inputs_of_group_;
    means[output] = std::inner_product(row, row + inputs_of_group_, input, 0.0);
  }
  return means;
}

}  // namespace octune::quantization
