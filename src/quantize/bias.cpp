// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/bias.hpp"

#include <openvino/op/add.hpp>
#include <openvino/op/constant.hpp>

#include "base/assert.hpp"
#include "graph/queries.hpp"

namespace octune::quantization {
namespace {

std::size_t output_channels(const ov::Node& node) {
  const auto axis = graph::output_channel_axis(node);
  OCTUNE_ASSERT(axis.has_value(), "a linear operation without a channel axis");
  return static_cast<std::size_t>(node.get_output_partial_shape(0)[static_cast<std::ptrdiff_t>(*axis)].get_length());
}

}  // namespace

std::optional<std::vector<float>> bias_values(const ov::Node& node) {
  const auto bias = graph::bias_of(node);
  if (!bias) return std::nullopt;
  auto values = graph::constant_of(bias->add->input_value(bias->constant_port))->cast_vector<float>();
  if (values.size() == 1) values.resize(output_channels(node), values.front());
  return values;
}

void set_bias(const std::shared_ptr<ov::Node>& node, const std::vector<float>& values) {
  const std::size_t axis = graph::output_channel_axis(*node).value();
  const auto rank = static_cast<std::size_t>(node->get_output_partial_shape(0).rank().get_length());
  OCTUNE_ASSERT(values.size() == output_channels(*node), "a bias of another size than the output");
  ov::Shape shape(rank, 1);
  shape[axis] = values.size();
  const auto constant = ov::op::v0::Constant::create(node->get_output_element_type(0), shape, values);
  if (const auto bias = graph::bias_of(*node)) {
    constant->set_friendly_name(bias->add->get_input_node_ptr(bias->constant_port)->get_friendly_name());
    bias->add->input(bias->constant_port).replace_source_output(constant);
    return;
  }
  const auto targets = node->output(0).get_target_inputs();
  const auto add = std::make_shared<ov::op::v1::Add>(node, constant);
  add->set_friendly_name(node->get_friendly_name() + "/bias");
  add->output(0).set_names(node->output(0).get_names());
  node->output(0).set_names({});
  for (auto target : targets) target.replace_source_output(add);
}

}  // namespace octune::quantization
