// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/fast_bias_correction.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <openvino/op/util/convolution_backprop_base.hpp>
#include <openvino/op/util/convolution_base.hpp>

#include "base/assert.hpp"
#include "graph/queries.hpp"
#include "quantize/bias.hpp"

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

}  // namespace

std::vector<double> output_shift(const ov::Node& node, const std::vector<float>& weights,
                                 const std::vector<float>& quantized, const ov::Shape& shape,
                                 const std::vector<double>& mean) {
  const WeightsLayout layout = layout_of(node, shape);
  const std::size_t groups = layout.group ? shape[*layout.group] : 1;
  const std::size_t outputs = shape[layout.output];
  const std::size_t inputs = shape[layout.input];
  OCTUNE_ASSERT(mean.size() == groups * inputs, "one mean for each input channel is needed");
  const std::vector<std::size_t> kernel(shape.begin() + static_cast<std::ptrdiff_t>(layout.kernel), shape.end());
  // One weight of each tap, taps in memory order.
  std::vector<double> coverage{1.0};
  for (const std::vector<double>& axis : tap_coverage(node, kernel)) {
    std::vector<double> product;
    for (const double outer : coverage) {
      for (const double inner : axis) product.push_back(outer * inner);
    }
    coverage = std::move(product);
  }
  const auto stride_of = [&](std::size_t axis) {
    return std::accumulate(shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1, shape.end(), std::size_t{1},
                           std::multiplies<>());
  };
  const std::size_t group_stride = layout.group ? stride_of(*layout.group) : 0;
  const std::size_t output_stride = stride_of(layout.output);
  const std::size_t input_stride = stride_of(layout.input);
  std::vector<double> shift(groups * outputs, 0);
  for (std::size_t group = 0; group < groups; ++group) {
    for (std::size_t output = 0; output < outputs; ++output) {
      double sum = 0;
      for (std::size_t input = 0; input < inputs; ++input) {
        const std::size_t first = group * group_stride + output * output_stride + input * input_stride;
        double difference = 0;
        for (std::size_t tap = 0; tap < coverage.size(); ++tap) {
          difference += (static_cast<double>(weights[first + tap]) - quantized[first + tap]) * coverage[tap];
        }
        sum += difference * mean[group * inputs + input];
      }
      shift[group * outputs + output] = sum;
    }
  }
  return shift;
}

bool correct_bias(const std::shared_ptr<ov::Node>& node, const std::vector<double>& shift) {
  if (!std::all_of(shift.begin(), shift.end(), [](double value) { return std::isfinite(value); })) return false;
  std::vector<float> bias = bias_values(*node).value_or(std::vector<float>(shift.size(), 0.F));
  for (std::size_t c = 0; c < bias.size(); ++c) bias[c] = static_cast<float>(bias[c] + shift[c]);
  set_bias(node, bias);
  return true;
}

}  // namespace octune::quantization
