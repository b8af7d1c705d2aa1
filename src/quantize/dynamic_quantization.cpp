// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/dynamic_quantization.hpp"

#include <openvino/opsets/opset13.hpp>
#include <optional>
#include <string>

#include "graph/queries.hpp"

namespace octune::quantization {
namespace {

namespace op = ov::opset13;

std::string type_of(const ov::Node& node) { return node.get_type_info().name; }

/// The 8-bit numbers of an operand: it converts them to wider integers and perhaps subtracts a zero point.
std::optional<ov::Output<ov::Node>> bytes_of(ov::Output<ov::Node> operand) {
  if (operand.get_element_type().is_real()) return std::nullopt;
  if (type_of(*operand.get_node()) == "Subtract") operand = operand.get_node()->input_value(0);
  if (type_of(*operand.get_node()) == "Convert") operand = operand.get_node()->input_value(0);
  const bool bytes = operand.get_element_type() == ov::element::u8 || operand.get_element_type() == ov::element::i8;
  return bytes ? std::optional(operand) : std::nullopt;
}

/// What DynamicQuantizeLinear was read as.
struct DynamicQuantizer {
  ov::Output<ov::Node> tensor;  ///< in floating point
  ov::Output<ov::Node> range;   ///< of the sample
};

/// Climbs from `bytes` over Convert, Clamp, Add(zero point), Round, Divide(range) to Multiply(tensor, 255).
std::optional<DynamicQuantizer> dynamic_quantizer(const ov::Output<ov::Node>& bytes) {
  const ov::Node* node = bytes.get_node();
  for (const char* type : {"Convert", "Clamp", "Add", "Round"}) {
    if (type_of(*node) != type) return std::nullopt;
    node = node->get_input_node_ptr(0);
  }
  if (type_of(*node) != "Divide") return std::nullopt;
  const ov::Node* scaled = node->get_input_node_ptr(0);
  if (type_of(*scaled) != "Multiply" || !scaled->get_input_element_type(0).is_real()) return std::nullopt;
  return DynamicQuantizer{scaled->input_value(0), node->input_value(1)};
}

/// The factor range / 255 is 1 wherever a layer's result is scaled with it.
void neutralise_scale(const ov::Output<ov::Node>& range) {
  for (const auto& input : range.get_target_inputs()) {
    const ov::Node* scale = input.get_node();
    if (input.get_index() != 0 || (type_of(*scale) != "Divide" && type_of(*scale) != "Multiply")) continue;
    for (auto& reader : scale->output(0).get_target_inputs()) {
      if (type_of(*reader.get_node()) != "Multiply") continue;
      const auto one = ov::op::v0::Constant::create(scale->get_output_element_type(0), {}, {1});
      reader.replace_source_output(one);
    }
  }
}

bool turn(const std::shared_ptr<ov::Node>& layer) {
  if (layer->get_input_size() != 2) return false;
  ov::OutputVector operands;
  std::vector<ov::Output<ov::Node>> ranges;
  const auto& readers = layer->output(0).get_target_inputs();
  if (readers.size() != 1) return false;
  const auto converted = readers.begin()->get_node()->shared_from_this();
  if (type_of(*converted) != "Convert" || !converted->get_output_element_type(0).is_real()) return false;
  for (const auto& operand : layer->input_values()) {
    const auto bytes = bytes_of(operand);
    const auto dynamic = bytes ? dynamic_quantizer(*bytes) : std::nullopt;
    if (dynamic) {
      operands.push_back(dynamic->tensor);
      ranges.push_back(dynamic->range);
    } else if (graph::constant_of(bytes.value_or(operand))) {
      operands.push_back(std::make_shared<op::Convert>(operand, converted->get_output_element_type(0)));
    } else {
      return false;
    }
  }
  const auto floating = layer->clone_with_new_inputs(operands);
  floating->set_friendly_name(layer->get_friendly_name());
  converted->output(0).replace(floating);
  for (const auto& range : ranges) neutralise_scale(range);
  return true;
}

}  // namespace

bool is_integer_layer(const ov::Node& node) {
  return graph::is_linear(node) && (bytes_of(node.input_value(0)) || bytes_of(node.input_value(1)));
}

std::size_t take_out_dynamic_quantization(ov::Model& model) {
  std::size_t turned = 0;
  for (const auto& node : model.get_ordered_ops()) {
    if (is_integer_layer(*node) && turn(node)) ++turned;
  }
  return turned;
}

}  // namespace octune::quantization
