// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "graph/bias.hpp"

#include <openvino/op/add.hpp>
#include <openvino/op/constant.hpp>
#include <set>
#include <string>

#include "base/assert.hpp"

namespace octune::graph {
namespace {

std::size_t channels_of(const ov::Node& node, std::size_t channel_axis) {
  return static_cast<std::size_t>(
      node.get_output_partial_shape(0)[static_cast<std::ptrdiff_t>(channel_axis)].get_length());
}

/// The names of all operations that are connected with this one.
std::set<std::string> names_around(const std::shared_ptr<ov::Node>& node) {
  std::set<const ov::Node*> seen{node.get()};
  std::vector<ov::Node*> open{node.get()};
  std::set<std::string> names;
  const auto visit = [&](ov::Node* other) {
    if (seen.insert(other).second) open.push_back(other);
  };
  while (!open.empty()) {
    ov::Node* here = open.back();
    open.pop_back();
    names.insert(here->get_friendly_name());
    for (std::size_t i = 0; i < here->get_input_size(); ++i) visit(here->get_input_node_ptr(i));
    for (const auto& output : here->outputs()) {
      for (const auto& target : output.get_target_inputs()) visit(target.get_node());
    }
  }
  return names;
}

/// "<layer>/bias", or with a number behind it if that, or the name of its constant, is taken.
std::string free_name(const std::shared_ptr<ov::Node>& node) {
  const std::set<std::string> taken = names_around(node);
  const std::string wanted = node->get_friendly_name() + "/bias";
  std::string name = wanted;
  for (int n = 2; taken.contains(name) || taken.contains(name + "/values"); ++n)
    name = wanted + "_" + std::to_string(n);
  return name;
}

}  // namespace

std::optional<Bias> bias_of(const ov::Node& node, std::size_t channel_axis) {
  const auto consumers = data_consumers(node);
  if (consumers.size() != 1 || !ov::is_type<ov::op::v1::Add>(consumers.front().get_node())) return std::nullopt;
  Bias bias{consumers.front().get_node()->shared_from_this(), 1 - consumers.front().get_index()};
  const auto constant = constant_of(bias.add->input_value(bias.constant_port));
  if (!constant) return std::nullopt;
  // One value a channel: every other axis is 1 when the shapes are aligned on the right, as broadcasting does.
  const ov::Shape shape = constant->get_shape();
  const auto rank = static_cast<std::size_t>(node.get_output_partial_shape(0).rank().get_length());
  if (shape.size() > rank) return std::nullopt;
  const ov::Dimension channels = node.get_output_partial_shape(0)[static_cast<std::ptrdiff_t>(channel_axis)];
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 1) continue;
    if (rank - shape.size() + i != channel_axis ||
        !channels.compatible(ov::Dimension(static_cast<std::int64_t>(shape[i])))) {
      return std::nullopt;
    }
  }
  return bias;
}

std::optional<std::vector<float>> bias_values(const ov::Node& node, std::size_t channel_axis) {
  const auto bias = bias_of(node, channel_axis);
  if (!bias) return std::nullopt;
  auto values = constant_of(bias->add->input_value(bias->constant_port))->cast_vector<float>();
  if (values.size() == 1) values.resize(channels_of(node, channel_axis), values.front());
  return values;
}

void set_bias(const std::shared_ptr<ov::Node>& node, std::size_t channel_axis, const std::vector<float>& values) {
  const auto rank = static_cast<std::size_t>(node->get_output_partial_shape(0).rank().get_length());
  OCTUNE_ASSERT(values.size() == channels_of(*node, channel_axis), "a bias of another size than the output");
  ov::Shape shape(rank, 1);
  shape[channel_axis] = values.size();
  const auto constant = ov::op::v0::Constant::create(node->get_output_element_type(0), shape, values);
  if (const auto bias = bias_of(*node, channel_axis)) {
    constant->set_friendly_name(bias->add->get_input_node_ptr(bias->constant_port)->get_friendly_name());
    bias->add->input(bias->constant_port).replace_source_output(constant);
    return;
  }
  const auto targets = node->output(0).get_target_inputs();
  const std::string name = free_name(node);
  const auto add = std::make_shared<ov::op::v1::Add>(node, constant);
  add->set_friendly_name(name);
  constant->set_friendly_name(add->get_friendly_name() + "/values");
  add->output(0).set_names(node->output(0).get_names());
  node->output(0).set_names({});
  for (auto target : targets) target.replace_source_output(add);
}

}  // namespace octune::graph
