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
#include "quantize/fast_bias_correction.hpp"
#include "quantize/placement.hpp"
#include "quantize/plan_normalised.hpp"
#include "quantize/requantize.hpp"
#include "quantize/scope.hpp"
#include "quantize/smooth_quant.hpp"
#include "quantize/subgraphs.hpp"
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
  if (!table.saturates_without_vnni()) {
    plan.warnings.push_back(fmt::format("the overflow fix '{}' has no effect on {}: products do not saturate there",
                                        base::name_of(fix), table.name()));
    return;
  }
  const auto nodes = graph::nodes_by_name(model);
  const std::set<std::string> first = first_layers(model);
  for (Quantizer& quantizer : plan.quantizers) {
    if (quantizer.kind != QuantizerKind::weights || quantizer.scheme.bits != 8) continue;
    if (!graph::is_linear(*nodes.at(quantizer.operations.front()))) continue;
    quantizer.halved = fix == OverflowFix::all || first.contains(quantizer.operations.front());
  }
}

void plan_bias_corrections(const ov::Model& model, const IgnoredScope& not_corrected, Plan& plan) {
  const auto nodes = graph::nodes_by_name(model);
  const auto left_alone = quantization::ignored_nodes(model, not_corrected);
  std::set<const ov::Node*> outside;
  for (const auto& node : model.get_ops()) outside.insert(node.get());
  for (const Quantizer& quantizer : plan.quantizers) {
    if (quantizer.kind != QuantizerKind::weights) continue;
    const ov::Node& node = *nodes.at(quantizer.operations.front());
    const auto axis = graph::input_channel_axis(node);
    if (!graph::is_linear(node) || !axis || !graph::output_channel_axis(node) || left_alone.contains(&node)) continue;
    // What flows inside a sub-graph cannot be followed from outside.
    if (plan.bias_correction == BiasCorrectionMethod::sequential && !outside.contains(&node)) continue;
    if (plan.bias_correction == BiasCorrectionMethod::fast && quantization::fast_correction_harms(node, plan)) continue;
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
  place_in_sub_graphs(model, table, options, preset, plan);
  if (options.channel_alignment) plan.aligned_pairs = find_aligned_pairs(model, plan, options.not_aligned);
  if (options.smooth_quant && plan.model_type == "transformer" && table.smooths_inputs())
    plan.smoothed_inputs = find_smoothed_inputs(model, plan);
  plan.bias_correction = options.bias_correction;
  plan.bias_correction_threshold = options.bias_correction_threshold;
  if (options.bias_correction != BiasCorrectionMethod::none) plan_bias_corrections(model, options.not_corrected, plan);
  halve_weights(model, table, options.overflow_fix, plan);
  if (std::string warning = warning_about_compressed_weights(plan); !warning.empty())
    plan.warnings.push_back(std::move(warning));
  return plan;
}

Plan plan_quantization(const std::shared_ptr<const ov::Model>& model, const PlanOptions& options) {
  if (!model) throw Error(ErrorKind::input, "model: there is none; read one first");
  const quantization::FloatModel source = quantization::floating_point_model(model, options.already_quantized);
  Plan plan = quantization::plan_normalised(*graph::normalise(source.model), options);
  plan.warnings.insert(plan.warnings.begin(), source.warnings.begin(), source.warnings.end());
  return plan;
}

}  // namespace octune
