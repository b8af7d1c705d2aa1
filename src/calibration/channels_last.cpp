// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/channels_last.hpp"

#include <openvino/op/util/binary_elementwise_arithmetic.hpp>
#include <openvino/op/util/unary_elementwise_arithmetic.hpp>
#include <openvino/opsets/opset13.hpp>
#include <set>
#include <vector>

namespace octune::calibration {
namespace {

namespace ops = ov::opset13;

bool is_convolution(const ov::Node& node) {
  return ov::is_type<ops::Convolution>(&node) || ov::is_type<ops::GroupConvolution>(&node) ||
         ov::is_type<ops::ConvolutionBackpropData>(&node) || ov::is_type<ops::GroupConvolutionBackpropData>(&node);
}

bool keeps_layout(const ov::Node& node) {
  return ov::is_type<ov::op::util::UnaryElementwiseArithmetic>(&node) ||
         ov::is_type<ov::op::util::BinaryElementwiseArithmetic>(&node) || ov::is_type<ops::Clamp>(&node) ||
         ov::is_type<ops::HardSigmoid>(&node) || ov::is_type<ops::PRelu>(&node) || ov::is_type<ops::Swish>(&node) ||
         ov::is_type<ov::op::v1::MaxPool>(&node) || ov::is_type<ov::op::v8::MaxPool>(&node) ||
         ov::is_type<ov::op::v14::MaxPool>(&node) || ov::is_type<ops::AvgPool>(&node) ||
         ov::is_type<ov::op::v14::AvgPool>(&node) || ov::is_type<ops::Concat>(&node) ||
         ov::is_type<ov::op::v4::Interpolate>(&node) || ov::is_type<ov::op::v11::Interpolate>(&node) ||
         ov::is_type<ops::BatchNormInference>(&node);
}

}  // namespace

bool has_channels_last(const ov::Output<ov::Node>& tensor) {
  const ov::Rank rank = tensor.get_partial_shape().rank();
  if (rank.is_dynamic() || rank.get_length() < 3 || rank.get_length() > 5) return false;
  std::set<const ov::Node*> seen;
  std::vector<const ov::Node*> open{tensor.get_node()};
  while (!open.empty()) {
    const ov::Node& node = *open.back();
    open.pop_back();
    if (!seen.insert(&node).second) continue;
    if (is_convolution(node)) return true;
    if (!keeps_layout(node)) continue;
    for (const auto& input : node.input_values()) {
      if (input.get_partial_shape().rank() == rank) open.push_back(input.get_node());
    }
  }
  return false;
}

}  // namespace octune::calibration
