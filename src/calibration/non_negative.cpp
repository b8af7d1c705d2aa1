// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/non_negative.hpp"

#include <algorithm>
#include <openvino/opsets/opset13.hpp>

namespace octune::calibration {
namespace {

namespace ops = ov::opset13;

/// Chains longer than this are not followed; a proof not found only costs a reduction.
constexpr int kLongestChain = 32;

bool proves_itself(const ov::Node& node) {
  if (const auto* clamp = ov::as_type<const ops::Clamp>(&node)) return clamp->get_min() >= 0;
  return ov::is_type<ops::Relu>(&node) || ov::is_type<ops::Sigmoid>(&node) || ov::is_type<ov::op::v1::Softmax>(&node) ||
         ov::is_type<ov::op::v8::Softmax>(&node) || ov::is_type<ops::HardSigmoid>(&node) ||
         ov::is_type<ops::HSigmoid>(&node) || ov::is_type<ops::Abs>(&node) || ov::is_type<ops::Exp>(&node) ||
         ov::is_type<ops::Sqrt>(&node) || ov::is_type<ops::SoftPlus>(&node);
}

bool reorders_values(const ov::Node& node) {
  return ov::is_type<ops::Reshape>(&node) || ov::is_type<ops::Transpose>(&node) || ov::is_type<ops::Squeeze>(&node) ||
         ov::is_type<ov::op::v15::Squeeze>(&node) || ov::is_type<ops::Unsqueeze>(&node);
}

/// Whether the sign of the first input is the sign of all outputs.
bool keeps_sign(const ov::Node& node) {
  return reorders_values(node) || ov::is_type<ov::op::v1::MaxPool>(&node) || ov::is_type<ov::op::v8::MaxPool>(&node) ||
         ov::is_type<ov::op::v14::MaxPool>(&node) || ov::is_type<ops::AvgPool>(&node) ||
         ov::is_type<ov::op::v14::AvgPool>(&node) || ov::is_type<ops::ReduceMean>(&node) ||
         ov::is_type<ops::ReduceMax>(&node) || ov::is_type<ops::Split>(&node) ||
         ov::is_type<ops::VariadicSplit>(&node) || ov::is_type<ops::StridedSlice>(&node) ||
         ov::is_type<ops::Slice>(&node);
}

bool follow(const ov::Output<ov::Node>& tensor, int depth) {
  if (depth > kLongestChain) return false;
  const ov::element::Type type = tensor.get_element_type();
  if (type.is_static() && !type.is_real() && !type.is_signed()) return true;
  const ov::Node& node = *tensor.get_node();
  if (proves_itself(node)) return true;
  // A conversion between integers may wrap around.
  const bool keeps = keeps_sign(node) || (ov::is_type<ops::Convert>(&node) && type.is_real());
  if (keeps) return follow(node.input_value(0), depth + 1);
  if (ov::is_type<ops::Concat>(&node)) {
    const ov::OutputVector inputs = node.input_values();
    return std::all_of(inputs.begin(), inputs.end(), [&](const auto& input) { return follow(input, depth + 1); });
  }
  return false;
}

}  // namespace

bool is_non_negative(const ov::Output<ov::Node>& tensor) { return follow(tensor, 0); }

ov::Output<ov::Node> same_values(ov::Output<ov::Node> tensor) {
  while (reorders_values(*tensor.get_node())) tensor = tensor.get_node()->input_value(0);
  return tensor;
}

}  // namespace octune::calibration
