// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/mlp_biases.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <openvino/op/constant.hpp>
#include <openvino/op/convert.hpp>
#include <openvino/op/fake_quantize.hpp>
#include <openvino/op/matmul.hpp>
#include <openvino/op/multiply.hpp>
#include <openvino/op/subtract.hpp>
#include <vector>

#include "graph/bias.hpp"

namespace octune::quantization {
namespace {

/// Integers with a scale, perhaps with a zero point.
bool is_quantized_constant(const ov::Output<ov::Node>& weights) {
  if (!ov::is_type<ov::op::v1::Multiply>(weights.get_node())) return false;
  const ov::Node* node = weights.get_node()->get_input_node_ptr(0);
  if (ov::is_type<ov::op::v1::Subtract>(node)) node = node->get_input_node_ptr(0);
  return ov::is_type<ov::op::v0::Convert>(node) && ov::is_type<ov::op::v0::Constant>(node->get_input_node_ptr(0));
}

/// Whether what the node gives reaches another MatMul through a FakeQuantize, one operation with a single varying input
/// after the other.
bool feeds_quantized_matmul(const ov::Node& node) {
  const ov::Node* here = &node;
  bool quantized = false;
  while (true) {
    const auto targets = here->output(0).get_target_inputs();
    if (targets.size() != 1) return false;
    const ov::Input<ov::Node> target = *targets.begin();
    const ov::Node* next = target.get_node();
    if (ov::is_type<ov::op::v0::MatMul>(next)) return quantized && target.get_index() == 0;
    if (next->get_output_size() != 1) return false;
    for (std::size_t i = 0; i < next->get_input_size(); ++i) {
      if (i != target.get_index() && !ov::is_type<ov::op::v0::Constant>(next->get_input_node_ptr(i))) return false;
    }
    quantized = quantized || ov::is_type<ov::op::v0::FakeQuantize>(next);
    here = next;
  }
}

/// The same with two values in turn that are nearly equal to `value`.
std::vector<float> uneven(float value, std::size_t channels) {
  constexpr float kTiny = 1e-30F;
  const float other = value == 0 ? 2 * kTiny : std::nextafter(value, std::numeric_limits<float>::infinity());
  std::vector<float> values(channels, value == 0 ? kTiny : value);
  for (std::size_t i = 1; i < channels; i += 2) values[i] = other;
  return values;
}

}  // namespace

std::size_t give_uneven_biases(const std::shared_ptr<ov::Model>& model) {
  std::size_t changed = 0;
  for (const auto& node : model->get_ordered_ops()) {
    const auto matmul = ov::as_type_ptr<ov::op::v0::MatMul>(node);
    if (!matmul || !is_quantized_constant(matmul->input_value(1)) || !feeds_quantized_matmul(*matmul)) continue;
    const ov::PartialShape& shape = matmul->get_output_partial_shape(0);
    if (shape.rank().is_dynamic() || shape.size() < 2 || shape[shape.size() - 1].is_dynamic()) continue;
    const std::size_t axis = shape.size() - 1;
    const auto channels = static_cast<std::size_t>(shape[axis].get_length());
    const std::vector<float> bias = graph::bias_values(*matmul, axis).value_or(std::vector<float>(channels, 0.F));
    if (channels < 2 || std::adjacent_find(bias.begin(), bias.end(), std::not_equal_to<>()) != bias.end()) continue;
    graph::set_bias(matmul, axis, uneven(bias.front(), channels));
    ++changed;
  }
  return changed;
}

}  // namespace octune::quantization
