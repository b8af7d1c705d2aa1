// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "graph/patterns.hpp"

#include <algorithm>
#include <deque>

#include "graph/queries.hpp"

namespace octune::graph {
namespace {

using Types = std::set<std::string>;

const Types kActivations{"Relu",  "PRelu", "Elu",  "Sigmoid",  "HSigmoid", "HardSigmoid", "Swish", "HSwish", "Selu",
                         "Clamp", "Gelu",  "Mish", "SoftPlus", "Tanh",     "Abs",         "Sqrt",  "Exp"};
const Types kArithmetic{"Add", "Subtract", "Multiply", "Divide"};
const Types kNormalisations{"MVN", "NormalizeL2", "BatchNormInference", "GroupNormalization"};
const Types kReshapes{"Reshape", "Transpose", "Squeeze", "Unsqueeze", "Convert"};
const Types kMovements{"Reshape",       "Transpose", "Squeeze", "Unsqueeze", "Slice", "StridedSlice", "Split",
                       "VariadicSplit", "Concat",    "Gather",  "Broadcast", "Tile",  "Convert"};

std::string type_of(const ov::Node& node) { return node.get_type_info().name; }
bool is_one_of(const ov::Node& node, const Types& types) { return types.contains(type_of(node)); }

bool other_operand_is_constant(const ov::Node& node, std::size_t port) {
  return node.get_input_size() == 2 && constant_of(node.input_value(1 - port)) != nullptr;
}

const ov::Node* only_consumer(const ov::Node& node) {
  const auto consumers = data_consumers(node);
  return consumers.size() == 1 ? consumers.front().get_node() : nullptr;
}

/// The producer of the first input, climbing over operations that only move values.
const ov::Node* source_over_movements(const ov::Node& node, std::size_t port) {
  const ov::Node* source = node.get_input_node_ptr(port);
  while (is_one_of(*source, kMovements)) source = source->get_input_node_ptr(0);
  return source;
}

bool is_product_of_tensors(const ov::Node& node) {
  return type_of(node) == "MatMul" && !constant_of(node.input_value(0)) && !constant_of(node.input_value(1));
}

/// Rows that a mask leaves nothing of are NaN behind the Softmax; some exporters set them to zero.
bool is_masked(const ov::Node& node) { return type_of(node) == "Select"; }

/// The input that the values come from: of a Select the one that is no constant.
std::size_t source_port(const ov::Node& node) {
  if (!is_masked(node)) return 0;
  return constant_of(node.input_value(1)) ? 2 : 1;
}

/// Whether the scores in front of a Softmax are a product of two computed tensors, queries and keys, on the way scaled,
/// masked and reshaped.
bool comes_from_product(const ov::Node& softmax) {
  static const Types kOnTheWay{"Add",     "Subtract", "Multiply", "Divide", "Select",
                               "Maximum", "Minimum",  "Clamp",    "Tanh"};
  constexpr std::size_t kSteps = 12;  // POT and NNCF know fixed patterns; no exporter puts more than this in between
  std::vector<const ov::Node*> level{softmax.get_input_node_ptr(0)};
  for (std::size_t step = 0; step < kSteps && !level.empty(); ++step) {
    std::vector<const ov::Node*> above;
    for (const ov::Node* node : level) {
      if (is_product_of_tensors(*node)) return true;
      if (is_one_of(*node, kReshapes)) above.push_back(node->get_input_node_ptr(0));
      if (!is_one_of(*node, kOnTheWay)) continue;
      for (const auto& input : node->input_values()) above.push_back(input.get_node());
    }
    level = std::move(above);
  }
  return false;
}

/// The Softmax whose output, perhaps reshaped, is the left operand of `matmul`.
const ov::Node* probabilities_of(const ov::Node& matmul) {
  if (!is_product_of_tensors(matmul)) return nullptr;
  for (std::size_t port = 0; port < 2; ++port) {
    const ov::Node* source = matmul.get_input_node_ptr(port);
    while (is_one_of(*source, kReshapes) || is_masked(*source))
      source = source->get_input_node_ptr(source_port(*source));
    if (type_of(*source) == "Softmax") return source;
  }
  return nullptr;
}

void mark_attention(const ov::Node& node, std::map<const ov::Node*, std::string>& kept) {
  if (probabilities_of(node))
    kept[&node] = "attention: the product of probabilities and values stays in floating point";
}

/// Walks down from `start` over single consumers; true (and the linear operations met) if the types match the block's.
void mark_squeeze_excitation(const ov::Node& node, std::map<const ov::Node*, std::string>& kept) {
  if (type_of(node) != "ReduceMean" && type_of(node) != "AdaptiveAvgPool" && type_of(node) != "AvgPool") return;
  std::vector<const ov::Node*> layers;
  bool gate = false;
  const ov::Node* current = &node;
  // mean, [reshape], layer, bias, activation, layer, bias, sigmoid, [reshape], multiply: never longer than this.
  for (int step = 0; step < 12; ++step) {
    current = only_consumer(*current);
    if (!current) return;
    const std::string type = type_of(*current);
    if (is_linear(*current) && weights_port(*current)) {
      layers.push_back(current);
    } else if (type == "Multiply" && gate && layers.size() == 2 && !constant_of(current->input_value(0)) &&
               !constant_of(current->input_value(1))) {
      for (const ov::Node* layer : layers)
        kept[layer] = "squeeze-and-excitation: too little work to gain from integers";
      kept[&node] = "squeeze-and-excitation: its layers stay in floating point";
      return;
    } else if (type == "Sigmoid" || type == "HSigmoid" || type == "HardSigmoid") {
      gate = true;
    } else if (!is_one_of(*current, kActivations) && !is_one_of(*current, kMovements) && type != "Add") {
      return;
    }
  }
}

void mark_position_embedding(const ov::Node& node, std::map<const ov::Node*, std::string>& kept) {
  if (type_of(node) != "Cos" && type_of(node) != "Sin") return;
  const ov::Node* source = source_over_movements(node, 0);
  if (type_of(*source) == "Multiply")
    source = source_over_movements(*source, constant_of(source->input_value(0)) ? 1 : 0);
  if (type_of(*source) == "MatMul") kept[source] = "position embedding: angles need floating point";
}

void mark_post_processing(const ov::Node& node, std::map<const ov::Node*, std::string>& kept) {
  static const Types kMarkers{"NonMaxSuppression",
                              "NonMaxSuppressionIEInternal",
                              "MulticlassNms",
                              "MatrixNms",
                              "TopK",
                              "DetectionOutput",
                              "ExperimentalDetectronDetectionOutput",
                              "ExperimentalDetectronROIFeatureExtractor",
                              "Proposal",
                              "NMSRotated"};
  if (!is_one_of(node, kMarkers)) return;
  std::deque<const ov::Node*> open{&node};
  std::set<const ov::Node*> seen{&node};
  while (!open.empty()) {
    const ov::Node* current = open.front();
    open.pop_front();
    for (std::size_t port = 0; port < current->get_input_size(); ++port) {
      const ov::Node* source = current->get_input_node_ptr(port);
      const bool layer = is_linear(*source) && weights_port(*source);
      if (layer || type_of(*source) == "Constant" || type_of(*source) == "Parameter" || type_of(*source) == "ShapeOf" ||
          !seen.insert(source).second)
        continue;
      kept.emplace(source, "post-processing of '" + node.get_friendly_name() + "' (" + type_of(node) + ")");
      open.push_back(source);
    }
  }
}

}  // namespace

FusedChains fused_chains(const ov::Model& model) {
  FusedChains chains;
  for (const auto& node : model.get_ordered_ops()) {
    const bool linear = is_linear(*node);
    if (chains.head.contains(node.get()) ||
        (!linear && !is_one_of(*node, kNormalisations) && !is_one_of(*node, kArithmetic))) {
      continue;
    }
    const ov::Node* tail = node.get();
    bool summed = false;
    while (true) {
      const auto consumers = data_consumers(*tail);
      if (consumers.size() != 1) break;
      const ov::Node* next = consumers.front().get_node();
      const std::size_t port = consumers.front().get_index();
      if (chains.head.contains(next)) break;
      if (is_one_of(*next, kActivations)) {
        if (port != 0) break;
      } else if (is_one_of(*next, kArithmetic)) {
        const bool constant = other_operand_is_constant(*next, port);
        if (!constant && (!linear || summed || type_of(*next) != "Add")) break;
        // A tensor added to itself is no residual sum.
        if (!constant && next->input_value(0) == next->input_value(1)) break;
        summed = summed || !constant;
      } else {
        break;
      }
      chains.head[next] = node.get();
      chains.edges.emplace(next, port);
      tail = next;
    }
    chains.tail[node.get()] = tail;
  }
  return chains;
}

std::map<const ov::Node*, std::string> kept_in_float(const ov::Model& model) {
  std::map<const ov::Node*, std::string> kept;
  for (const auto& node : model.get_ordered_ops()) {
    mark_attention(*node, kept);
    mark_squeeze_excitation(*node, kept);
    mark_position_embedding(*node, kept);
    mark_post_processing(*node, kept);
  }
  return kept;
}

bool has_attention(const ov::Model& model) {
  for (const auto& node : model.get_ordered_ops()) {
    for (const Body& body : bodies_of(*node)) {
      if (has_attention(*body.model)) return true;
    }
    if (type_of(*node) == "ScaledDotProductAttention") return true;
    const ov::Node* softmax = probabilities_of(*node);
    if (softmax && comes_from_product(*softmax)) return true;
  }
  return false;
}

}  // namespace octune::graph
