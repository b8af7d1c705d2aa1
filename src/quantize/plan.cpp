// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <set>

#include "base/names.hpp"
#include "graph/normalise.hpp"
#include "graph/patterns.hpp"
#include "graph/queries.hpp"
#include "infer/runtime.hpp"
#include "octune/error.hpp"
#include "octune/quantize.hpp"
#include "quantize/channel_alignment.hpp"
#include "quantize/placement.hpp"
#include "quantize/plan_normalised.hpp"
#include "quantize/validate.hpp"
#include "target/capability.hpp"

namespace octune {
namespace {

/// Linear operations that a walk from the inputs meets before any other linear operation.
std::set<std::string> first_layers(const ov::Model& model) {
  std::set<std::string> first;
  std::deque<const ov::Node*> open;
  std::set<const ov::Node*> seen;
  for (const auto& parameter : model.get_parameters()) open.push_back(parameter.get());
  while (!open.empty()) {
    const ov::Node* node = open.front();
    open.pop_front();
    for (const auto& input : graph::data_consumers(*node)) {
      const ov::Node* consumer = input.get_node();
      if (!seen.insert(consumer).second) continue;
      if (graph::is_linear(*consumer)) {
        first.insert(consumer->get_friendly_name());
      } else {
        open.push_back(consumer);
      }
    }
  }
  return first;
}

void halve_weights(const ov::Model& model, const target::CapabilityTable& table, OverflowFix fix, Plan& plan) {
  if (fix == OverflowFix::automatic) {
    // AVX2 and plain AVX-512 add pairs of u8*s8 products in 16 bits, which saturates; VNNI adds them in 32.
    fix = table.saturates_without_vnni() && !infer::cpu_features().vnni ? OverflowFix::first_layer : OverflowFix::off;
  }
  if (fix == OverflowFix::off) return;
  const std::set<std::string> first = first_layers(model);
  for (Quantizer& quantizer : plan.quantizers) {
    if (quantizer.kind != QuantizerKind::weights || quantizer.scheme.bits != 8) continue;
    quantizer.halved = fix == OverflowFix::all || first.contains(quantizer.operations.front());
  }
}

void plan_bias_corrections(const std::map<std::string, std::shared_ptr<ov::Node>>& nodes, Preset preset, Plan& plan) {
  for (const Quantizer& quantizer : plan.quantizers) {
    if (quantizer.kind != QuantizerKind::weights) continue;
    const ov::Node& node = *nodes.at(quantizer.operations.front());
    const auto axis = graph::input_channel_axis(node);
    if (!graph::is_linear(node) || !axis || !graph::output_channel_axis(node)) continue;
    // Symmetric signed levels move the mean of unevenly distributed activations, often against the shift of the
    // weights. A depthwise channel sums too few products to average that out: correcting the one without the other
    // makes it worse.
    const bool depthwise = graph::operation_type(node) == "DepthwiseConvolution";
    if (depthwise && preset == Preset::performance) continue;
    // A MatMul with a stack of matrices has no bias of one value a channel.
    const std::size_t weights_rank = node.get_input_shape(quantizer.consumers.front().port).size();
    if (!graph::is_convolution(node) && weights_rank != 2) continue;
    const std::size_t data_port = 1 - quantizer.consumers.front().port;
    const ov::PartialShape shape = node.get_input_partial_shape(data_port);
    if (shape.rank().is_dynamic() || shape[static_cast<std::ptrdiff_t>(*axis)].is_dynamic()) continue;
    plan.bias_corrections.push_back({node.get_friendly_name(), graph::ref(node.input_value(data_port)), *axis});
  }
}

}  // namespace

Plan quantization::plan_normalised(const ov::Model& model, const PlanOptions& options) {
  validate(options);
  const target::CapabilityTable table = target::find_table(options.target_device);
  Plan plan;
  plan.warnings = subgraph_warnings(model);
  plan.target = table.name();
  plan.model_type_detected = options.model_type == ModelType::automatic && graph::has_attention(model);
  plan.model_type = plan.model_type_detected || options.model_type == ModelType::transformer ? "transformer" : "none";
  // Transformers' activations lie on both sides of zero, unevenly: symmetric levels waste up to half of them.
  const Preset preset = options.preset.value_or(plan.model_type == "transformer" ? Preset::mixed : Preset::performance);
  plan.preset = base::name_of(preset);
  for (const auto& node : model.get_ops()) {
    const std::string type = node->get_type_info().name;
    if (type != "Constant" && type != "Parameter" && type != "Result") ++plan.total_operations;
  }
  place_quantizers(model, table, options, preset, plan);
  if (options.channel_alignment) plan.aligned_pairs = find_aligned_pairs(model, plan);
  plan.bias_correction = options.bias_correction;
  if (options.bias_correction != BiasCorrectionMethod::none)
    plan_bias_corrections(graph::nodes_by_name(model), preset, plan);
  halve_weights(model, table, options.overflow_fix, plan);
  return plan;
}

Plan plan_quantization(const std::shared_ptr<const ov::Model>& model, const PlanOptions& options) {
  if (!model) throw Error(ErrorKind::input, "model: there is none; read one first");
  quantization::refuse_quantized(*model);
  return quantization::plan_normalised(*graph::normalise(model), options);
}

std::string to_text(const Plan& plan) {
  std::size_t name_width = 9;
  std::size_t type_width = 4;
  std::size_t quantized = 0;
  std::size_t own = 0;  // executed on their own
  for (const PlannedOperation& operation : plan.operations) {
    name_width = std::max(name_width, std::min<std::size_t>(operation.name.size(), 60));
    type_width = std::max(type_width, operation.type.size());
    quantized += operation.quantized ? 1 : 0;
    own += operation.fused_into.empty() ? 1 : 0;
  }
  std::map<std::string, std::string> precision;
  for (const Quantizer& quantizer : plan.quantizers) {
    for (const std::string& operation : quantizer.operations) {
      const bool weights = quantizer.kind == QuantizerKind::weights;
      std::string part = fmt::format("{}{} {}{}", weights ? "W" : "A", quantizer.scheme.bits,
                                     quantizer.scheme.mode == Mode::symmetric ? "sym" : "asym",
                                     quantizer.scheme.granularity == Granularity::per_channel ? "/channel" : "");
      std::string& text = precision[operation];
      if (text.find(part) == std::string::npos) text += (text.empty() ? "" : ", ") + part;
    }
  }
  std::string text =
      fmt::format("{:{}}  {:{}}  {}\n", "operation", name_width, "type", type_width, "precision or reason");
  for (const PlannedOperation& operation : plan.operations) {
    const std::string what = operation.quantized            ? precision[operation.name]
                             : operation.fused_into.empty() ? "float: " + operation.reason
                                                            : "in '" + operation.fused_into + "'";
    text += fmt::format("{:{}}  {:{}}  {}\n", operation.name, name_width, operation.type, type_width, what);
  }
  const auto activations = static_cast<std::size_t>(
      std::count_if(plan.quantizers.begin(), plan.quantizers.end(),
                    [](const Quantizer& quantizer) { return quantizer.kind == QuantizerKind::activation; }));
  text += fmt::format(
      "\ntarget {}, preset {}, model type {}{}\n{} operations, {} quantizable, {} quantized; {} FakeQuantize on "
      "activations, {} weight "
      "tensors; {} aligned pairs, {} bias corrections\n",
      plan.target, plan.preset, plan.model_type, plan.model_type_detected ? " (recognised)" : "", plan.total_operations,
      own, quantized, activations, plan.quantizers.size() - activations, plan.aligned_pairs.size(),
      plan.bias_corrections.size());
  for (const std::string& warning : plan.warnings) text += "warning: " + warning + "\n";
  return text;
}

}  // namespace octune
