// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/candidates.hpp"

#include <algorithm>
#include <openvino/op/gru_sequence.hpp>
#include <openvino/op/util/pad_base.hpp>
#include <openvino/op/util/rnn_cell_base.hpp>

#include "graph/queries.hpp"
#include "quantize/scope.hpp"

namespace octune::quantization {
namespace {

std::string type_of(const ov::Node& node) { return node.get_type_info().name; }

bool is_recurrent(const ov::Node& node) { return type_of(node) == "LSTMSequence" || type_of(node) == "GRUSequence"; }

/// Operations whose arithmetic alone pays for quantizing their inputs.
bool is_heavy(const ov::Node& node) {
  return graph::is_linear(node) || is_recurrent(node) || type_of(node) == "ScaledDotProductAttention" ||
         graph::operation_type(node) == "Embedding";
}

/// What stays in floating point in a transformer: sums, normalisation and their parts have few operations and wide
/// ranges.
const std::set<std::string> kTransformerFloat{
    "Add",       "Subtract",  "Multiply",          "Divide",       "Power",   "MVN",         "ReduceMean",
    "ReduceSum", "ReduceL2",  "SquaredDifference", "AvgPool",      "Maximum", "NormalizeL2", "GroupNormalization",
    "Less",      "LessEqual", "Greater",           "GreaterEqual", "Equal",   "NotEqual"};

}  // namespace

Candidates::Candidates(const ov::Model& model, const target::CapabilityTable& table, const PlanOptions& options,
                       bool transformer)
    : nodes_(model.get_ordered_ops()),
      table_(table),
      transformer_(transformer),
      chains_(graph::fused_chains(model)),
      kept_in_float_(graph::kept_in_float(model)),
      ignored_(ignored_nodes(model, options.ignored)) {
  find_data();
  for (const auto& node : nodes_) {
    if (!capability(*node)) continue;
    std::string reason = reason_against(*node);
    if (reason.empty()) {
      chosen_.insert(node.get());
    } else {
      reasons_[node.get()] = std::move(reason);
    }
  }
  if (options.light_operations == LightOperations::floating) drop_light();
  drop_lonely();
}

void Candidates::find_data() {
  for (const auto& node : nodes_) {
    const std::string type = type_of(*node);
    if (type == "Constant" || type == "ShapeOf") continue;
    const auto inputs = node->input_values();
    if (inputs.empty() || type == "ReadValue" || std::any_of(inputs.begin(), inputs.end(), [&](const auto& input) {
          return data_.contains(input.get_node());
        })) {
      data_.insert(node.get());
    }
  }
}

const target::OperationCapability* Candidates::capability(const ov::Node& node) const {
  return table_.find(graph::operation_type(node));
}

const ov::Node* Candidates::head_of(const ov::Node& node) const {
  const auto head = chains_.head.find(&node);
  return head == chains_.head.end() ? &node : head->second;
}

bool Candidates::is_agnostic(const ov::Node& node) const {
  const auto* pad = dynamic_cast<const ov::op::util::PadBase*>(&node);
  return table_.is_agnostic(type_of(node)) && !(pad && pad->get_pad_mode() == ov::op::PadMode::CONSTANT);
}

std::string Candidates::reason_against(const ov::Node& node) const {
  if (const auto found = ignored_.find(&node); found != ignored_.end()) return found->second;
  if (const auto found = kept_in_float_.find(&node); found != kept_in_float_.end()) return found->second;
  const auto inputs = node.input_values();
  if (!node.get_output_element_type(0).is_real() && std::none_of(inputs.begin(), inputs.end(), graph::is_floating)) {
    return "integer or boolean operands";
  }
  if (!data_.contains(&node)) return "constant arithmetic";
  if (const ov::Node* head = head_of(node); head != &node) return "fused into '" + head->get_friendly_name() + "'";
  if (transformer_ && kTransformerFloat.contains(type_of(node)))
    return "transformer: " + type_of(node) + " stays in floating point";
  if (graph::is_convolution(node) && !graph::weights_port(node)) {
    return data_.contains(node.get_input_node_ptr(1)) ? "its weights are computed, not constant"
                                                      : std::string(kWeightsAreCompressed);
  }
  if (is_recurrent(node)) return reason_against_recurrent(node);
  if (type_of(node) == "MatMul") return reason_against_matmul(node);
  return {};
}

std::string Candidates::reason_against_matmul(const ov::Node& node) const {
  for (const auto& input : node.inputs()) {
    if (input.get_partial_shape().rank().compatible(1)) return "a vector operand is not executed in integers";
  }
  const bool computed = data_.contains(node.get_input_node_ptr(0)) && data_.contains(node.get_input_node_ptr(1));
  return graph::weights_port(node) || computed ? "" : std::string(kWeightsAreCompressed);
}

std::string Candidates::reason_against_recurrent(const ov::Node& node) const {
  const target::OperationCapability& own = *capability(node);
  for (const std::size_t port : own.weight_ports) {
    if (!graph::constant_of(node.input_value(port))) return "its weights are computed, not constant";
  }
  const std::size_t lengths = type_of(node) == "LSTMSequence" ? 3 : 2;
  if (data_.contains(node.get_input_node_ptr(lengths))) return "its sequence lengths are computed";
  const auto& cell = dynamic_cast<const ov::op::util::RNNCellBase&>(node);
  const bool gru = type_of(node) == "GRUSequence";
  const std::vector<std::string> usual =
      gru ? std::vector<std::string>{"sigmoid", "tanh"} : std::vector<std::string>{"sigmoid", "tanh", "tanh"};
  if (cell.get_clip() != 0 || cell.get_activations() != usual)
    return "its clip or activations are not executed in integers";
  const auto* sequence = ov::as_type<const ov::op::v5::GRUSequence>(&node);
  if (sequence && sequence->get_linear_before_reset()) return "linear_before_reset is not executed in integers";
  return {};
}

std::vector<std::size_t> Candidates::quantized_inputs(const ov::Node& node) const {
  const ov::Node* head = head_of(node);
  if (!chosen_.contains(head)) return {};
  const target::OperationCapability* own = capability(node);
  if (!own || own->activations.empty()) return {};
  std::vector<std::size_t> ports;
  for (std::size_t port = 0; port < node.get_input_size(); ++port) {
    const auto source = node.input_value(port);
    // A state made from the shape of an input alone: the runtime wants it quantized as well. With a constant it needs
    // no FakeQuantize: it takes the scale of the data.
    const bool shaped_state = port == own->state_port && !graph::constant_of(source);
    if (own->ports && std::find(own->ports->begin(), own->ports->end(), port) == own->ports->end()) continue;
    if (!graph::is_floating(source) || !(is_data(source) || shaped_state) || chains_.edges.contains({&node, port}))
      continue;
    // The other operand of a residual sum: worth it if it is there in integers anyway, and nobody objects.
    if (head != &node && (ignored_.contains(&node) || (transformer_ && kTransformerFloat.contains(type_of(node))) ||
                          !comes_from_candidates(source))) {
      continue;
    }
    ports.push_back(port);
  }
  return ports;
}

bool Candidates::comes_from_candidates(const ov::Output<ov::Node>& output) const {
  std::vector<const ov::Node*> open{output.get_node()};
  std::set<const ov::Node*> seen;
  while (!open.empty()) {
    const ov::Node* producer = open.back();
    open.pop_back();
    if (!seen.insert(producer).second || chosen_.contains(head_of(*producer))) continue;
    if (!is_agnostic(*producer)) return false;
    const std::size_t moved = type_of(*producer) == "Concat" ? producer->get_input_size() : 1;
    for (std::size_t port = 0; port < moved; ++port) open.push_back(producer->get_input_node_ptr(port));
  }
  return true;
}

bool Candidates::goes_to_candidates(const ov::Node& node) const {
  std::vector<const ov::Node*> open{&node};
  std::set<const ov::Node*> seen;
  while (!open.empty()) {
    const ov::Node* producer = open.back();
    open.pop_back();
    if (!seen.insert(producer).second) continue;
    const auto consumers = graph::data_consumers(*producer);
    if (consumers.empty()) return false;
    for (const auto& input : consumers) {
      const ov::Node* consumer = input.get_node();
      if (chosen_.contains(head_of(*consumer))) continue;
      if (!is_agnostic(*consumer)) return false;
      open.push_back(consumer);
    }
  }
  return true;
}

void Candidates::drop_light() {
  for (const auto& node : nodes_) {
    if (is_heavy(*node) || chosen_.erase(node.get()) == 0) continue;
    reasons_[node.get()] = "light operations stay in floating point in this plan";
  }
}

void Candidates::drop_lonely() {
  for (bool changed = true; changed;) {
    changed = false;
    for (const auto& node : nodes_) {
      if (!chosen_.contains(node.get()) || is_heavy(*node)) continue;
      bool integers = true;
      for (const auto& source : node->input_values()) {
        if (graph::is_floating(source) && is_data(source) && !comes_from_candidates(source)) integers = false;
      }
      const auto tail = chains_.tail.find(node.get());
      if (integers && goes_to_candidates(tail == chains_.tail.end() ? *node : *tail->second)) continue;
      chosen_.erase(node.get());
      reasons_[node.get()] = "between floating-point operations";
      changed = true;
    }
  }
}

std::vector<PlannedOperation> Candidates::operations() const {
  std::vector<PlannedOperation> result;
  for (const auto& node : nodes_) {
    if (!capability(*node)) continue;
    const bool quantized = chosen_.contains(node.get());
    const ov::Node* head = head_of(*node);
    result.push_back({node->get_friendly_name(), graph::operation_type(*node), quantized,
                      quantized ? "" : reasons_.at(node.get()), head == node.get() ? "" : head->get_friendly_name()});
  }
  return result;
}

}  // namespace octune::quantization
