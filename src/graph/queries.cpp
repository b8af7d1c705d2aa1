// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "graph/queries.hpp"

#include <openvino/op/convert.hpp>
#include <openvino/op/matmul.hpp>
#include <openvino/op/util/multi_subgraph_base.hpp>

#include "graph/bias.hpp"

namespace octune::graph {
namespace {

std::string type_of(const ov::Node& node) { return node.get_type_info().name; }

bool is_depthwise(const ov::Node& node) {
  const ov::PartialShape& weights = node.get_input_partial_shape(1);  // [G, O/G, I/G, k...]
  return weights.rank().is_static() && weights.rank().get_length() > 2 && weights[1].compatible(1) &&
         weights[2].compatible(1) && weights[1].is_static() && weights[2].is_static();
}

bool is_embedding(const ov::Node& node) {
  const ov::PartialShape& table = node.get_input_partial_shape(0);
  if (table.rank().is_dynamic() || table.rank().get_length() != 2 || !is_floating(node.input_value(0))) return false;
  const auto axis = constant_of(node.input_value(2));
  return axis && axis->cast_vector<std::int64_t>().at(0) == 0 && constant_of(node.input_value(0)) &&
         !constant_of(node.input_value(1));
}

}  // namespace

std::string operation_type(const ov::Node& node) {
  std::string type = type_of(node);
  if (type == "GroupConvolution" && is_depthwise(node)) return "DepthwiseConvolution";
  if (type == "Gather" && is_embedding(node)) return "Embedding";
  return type;
}

bool is_convolution(const ov::Node& node) {
  const std::string type = type_of(node);
  return type == "Convolution" || type == "GroupConvolution" || type == "ConvolutionBackpropData" ||
         type == "GroupConvolutionBackpropData";
}

bool is_linear(const ov::Node& node) { return type_of(node) == "MatMul" || is_convolution(node); }

bool is_floating(const ov::Output<ov::Node>& output) { return output.get_element_type().is_real(); }

std::shared_ptr<ov::op::v0::Constant> constant_of(const ov::Output<ov::Node>& output) {
  if (auto constant = ov::as_type_ptr<ov::op::v0::Constant>(output.get_node_shared_ptr())) return constant;
  // Normalisation folded all constant arithmetic but the conversion of weights that are stored in 16 bits.
  const auto convert = ov::as_type_ptr<ov::op::v0::Convert>(output.get_node_shared_ptr());
  if (!convert) return nullptr;
  const auto source = ov::as_type_ptr<ov::op::v0::Constant>(convert->get_input_node_shared_ptr(0));
  if (!source) return nullptr;
  ov::Tensor converted(convert->get_destination_type(), source->get_shape());
  ov::TensorVector outputs{converted};
  if (!convert->evaluate(outputs, {source->get_tensor_view()})) return nullptr;
  auto constant = std::make_shared<ov::op::v0::Constant>(converted);
  constant->set_friendly_name(source->get_friendly_name());
  return constant;
}

std::optional<std::size_t> weights_port(const ov::Node& node) {
  const std::string type = operation_type(node);
  if (type == "Embedding") return 0;
  if (is_convolution(node)) return constant_of(node.input_value(1)) ? std::optional<std::size_t>(1) : std::nullopt;
  if (type == "MatMul") {
    if (constant_of(node.input_value(1))) return 1;
    if (constant_of(node.input_value(0))) return 0;
  }
  return std::nullopt;
}

std::vector<std::size_t> weights_channel_axes(const ov::Node& node, std::size_t port) {
  const std::string type = type_of(node);
  if (type == "GroupConvolution") return {0, 1};
  if (type == "LSTMSequence" || type == "GRUSequence") return {0, 1};  // [directions, gates * hidden, inputs]
  if (type == "ConvolutionBackpropData") return {1};
  if (type == "GroupConvolutionBackpropData") return {0, 2};
  if (type == "MatMul") {
    const auto& matmul = static_cast<const ov::op::v0::MatMul&>(node);
    const ov::Shape shape = node.get_input_shape(port);
    const std::size_t rank = shape.size();
    // A stack of matrices gets one scale: with one a channel the CPU plugin reads beyond them.
    if (rank < 2 || std::any_of(shape.begin(), shape.end() - 2, [](std::size_t size) { return size != 1; })) return {};
    // Port 1 is [.., K, N] or transposed [.., N, K]; port 0 is [.., M, K] or transposed [.., K, M].
    const bool last = port == 1 ? !matmul.get_transpose_b() : matmul.get_transpose_a();
    return {last ? rank - 1 : rank - 2};
  }
  return {0};
}

std::optional<std::size_t> input_channel_axis(const ov::Node& node) {
  if (is_convolution(node)) return 1;
  const auto port = weights_port(node);
  if (type_of(node) != "MatMul" || !port) return std::nullopt;
  const std::size_t data = 1 - *port;
  const ov::Rank rank = node.get_input_partial_shape(data).rank();
  if (rank.is_dynamic()) return std::nullopt;
  if (rank.get_length() == 1) return 0;
  const auto& matmul = static_cast<const ov::op::v0::MatMul&>(node);
  const bool last = data == 0 ? !matmul.get_transpose_a() : matmul.get_transpose_b();
  return static_cast<std::size_t>(last ? rank.get_length() - 1 : rank.get_length() - 2);
}

std::optional<std::size_t> output_channel_axis(const ov::Node& node) {
  if (is_convolution(node)) return 1;
  const ov::Rank rank = node.get_output_partial_shape(0).rank();
  if (rank.is_dynamic() || rank.get_length() == 0) return std::nullopt;
  const bool rows = weights_port(node) == std::size_t{0};
  if (rows && rank.get_length() < 2) return std::nullopt;
  return static_cast<std::size_t>(rank.get_length() - (rows ? 2 : 1));
}

std::vector<ov::Input<ov::Node>> data_consumers(const ov::Node& node) {
  // The runtime orders them by address: by name instead, so that plans are the same in every run.
  std::map<std::pair<std::string, std::size_t>, ov::Input<ov::Node>> ordered;
  for (const auto& output : const_cast<ov::Node&>(node).outputs()) {
    for (const auto& input : output.get_target_inputs()) {
      if (type_of(*input.get_node()) == "ShapeOf") continue;
      ordered.emplace(std::pair(input.get_node()->get_friendly_name(), input.get_index()), input);
    }
  }
  std::vector<ov::Input<ov::Node>> result;
  for (const auto& [key, input] : ordered) result.push_back(input);
  return result;
}

std::optional<Bias> bias_of(const ov::Node& node) {
  const auto axis = output_channel_axis(node);
  return axis ? bias_of(node, *axis) : std::nullopt;
}

TensorRef ref(const ov::Output<ov::Node>& output) {
  return {output.get_node()->get_friendly_name(), output.get_index()};
}

EdgeRef ref(const ov::Input<ov::Node>& input) { return {input.get_node()->get_friendly_name(), input.get_index()}; }

std::vector<Body> bodies_of(const ov::Node& node) {
  const auto* outer = dynamic_cast<const ov::op::util::MultiSubGraphOp*>(&node);
  if (!outer) return {};
  const std::string prefix = node.get_friendly_name() + "|";
  if (type_of(node) == "If")
    return {{prefix + "then|", outer->get_function(0)}, {prefix + "else|", outer->get_function(1)}};
  std::vector<Body> bodies;
  for (const auto& model : outer->get_functions()) bodies.push_back({prefix, model});
  return bodies;
}

std::map<std::string, std::shared_ptr<ov::Node>> nodes_by_name(const ov::Model& model) {
  std::map<std::string, std::shared_ptr<ov::Node>> result;
  for (const auto& node : model.get_ops()) {
    result.emplace(node->get_friendly_name(), node);
    for (const Body& body : bodies_of(*node)) result.merge(nodes_by_name(*body.model));
  }
  return result;
}

}  // namespace octune::graph
