// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/subgraphs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>

#include "graph/queries.hpp"
#include "quantize/estimate.hpp"
#include "quantize/placement.hpp"

namespace octune::quantization {
namespace {

bool counts(const ov::Node& node) {
  const std::string type = node.get_type_info().name;
  return type != "Constant" && type != "Parameter" && type != "Result";
}

/// What is in `body` is listed as left in floating point.
void list_nested(const ov::Model& body, const target::CapabilityTable& table, Plan& plan) {
  for (const auto& node : body.get_ordered_ops()) {
    if (counts(*node)) ++plan.total_operations;
    const std::string type = graph::operation_type(*node);
    if (table.find(type))
      plan.operations.push_back({node->get_friendly_name(), type, false, "inside a sub-graph of a sub-graph", {}});
    for (const graph::Body& inner : graph::bodies_of(*node)) list_nested(*inner.model, table, plan);
  }
}

void append(Plan inner, Plan& plan) {
  std::size_t groups = 0;
  for (const Quantizer& quantizer : plan.quantizers) groups = std::max(groups, quantizer.group.value_or(0) + 1);
  for (Quantizer& quantizer : inner.quantizers) {
    if (quantizer.group) *quantizer.group += groups;
    plan.quantizers.push_back(std::move(quantizer));
  }
  std::move(inner.operations.begin(), inner.operations.end(), std::back_inserter(plan.operations));
  std::move(inner.warnings.begin(), inner.warnings.end(), std::back_inserter(plan.warnings));
}

/// "loop|" of "loop|layer", "if|then|" of "if|then|layer"; empty outside of bodies.
std::string body_of(const std::string& name) {
  const std::size_t end = name.rfind('|');
  return end == std::string::npos ? "" : name.substr(0, end + 1);
}

bool was_seen(const StatisticRequest& request, const Statistics& statistics) {
  if (request.reduction == Reduction::histogram) {
    const auto& histograms = statistics.histograms(request);
    return !histograms.empty() && histograms.front().count() != 0;
  }
  return statistics.at(request).samples != 0;
}

}  // namespace

void place_in_sub_graphs(const ov::Model& model, const target::CapabilityTable& table, const PlanOptions& options,
                         Preset preset, Plan& plan) {
  // Entries of the scope may match what is elsewhere.
  PlanOptions within = options;
  within.ignored.validate = false;
  for (const auto& node : model.get_ordered_ops()) {
    for (const graph::Body& body : graph::bodies_of(*node)) {
      Plan inner;
      inner.target = plan.target;
      inner.preset = plan.preset;
      inner.model_type = plan.model_type;
      place_quantizers(*body.model, table, within, preset, inner);
      append(std::move(inner), plan);
      for (const auto& operation : body.model->get_ordered_ops()) {
        if (counts(*operation)) ++plan.total_operations;
        const auto nested = graph::bodies_of(*operation);
        for (const graph::Body& deeper : nested) list_nested(*deeper.model, table, plan);
        if (nested.empty()) continue;
        plan.warnings.push_back(
            fmt::format("sub-graph '{}' ({}) lies inside another: what is inside stays in floating point",
                        operation->get_friendly_name(), operation->get_type_info().name));
      }
    }
  }
}

void leave_out_unseen(const Statistics& statistics, Plan& plan) {
  std::set<std::string> unseen;
  for (const StatisticRequest& request : required_statistics(plan)) {
    if (!body_of(request.tensor.node).empty() && !was_seen(request, statistics))
      unseen.insert(body_of(request.tensor.node));
  }
  if (unseen.empty()) return;
  const auto in_unseen = [&](const std::string& name) { return unseen.contains(body_of(name)); };
  std::erase_if(plan.quantizers, [&](const Quantizer& quantizer) { return in_unseen(quantizer.operations.front()); });
  std::erase_if(plan.bias_corrections,
                [&](const BiasCorrection& correction) { return in_unseen(correction.operation); });
  std::erase_if(plan.smoothed_inputs, [&](const SmoothedInput& input) { return in_unseen(input.tensor.node); });
  for (PlannedOperation& operation : plan.operations) {
    if (!operation.quantized || !in_unseen(operation.name)) continue;
    operation.quantized = false;
    operation.reason = "no calibration sample came here";
  }
  for (const std::string& body : unseen) {
    plan.warnings.push_back(
        fmt::format("no calibration sample entered the sub-graph '{}': what is inside stays in floating point; give "
                    "samples that do",
                    body.substr(0, body.size() - 1)));
  }
}

}  // namespace octune::quantization
