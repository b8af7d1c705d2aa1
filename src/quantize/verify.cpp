// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/verify.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "infer/runtime.hpp"

namespace octune::quantization {
namespace {

bool is_integer(const std::string& precision) { return precision == "i8" || precision == "u8"; }

/// The runtime names what it makes of an operation "<operation>" or "<operation>/DequantizationMultiply"; where the
/// rescaling behind a layer stays an operation of its own, that takes the name and the layer is "<operation>_original".
constexpr std::string_view kDequantization = "/DequantizationMultiply";
constexpr std::string_view kLayer = "_original";

/// The runtime tells nothing of what is inside sub-graphs.
constexpr const char* kInSubGraph = "in sub-graph";

std::string without_suffix(std::string name, std::string_view suffix) {
  if (name.ends_with(suffix)) name.resize(name.size() - suffix.size());
  return name;
}

}  // namespace

std::vector<ExecutedOperation> executed_operations(const ov::CompiledModel& compiled, const Plan& plan) {
  std::map<std::string, std::string> precision;
  for (const infer::RuntimeOperation& executed : infer::runtime_operations(compiled)) {
    if (executed.layer_type == "Const" || executed.layer_type == "Reorder") continue;
    for (const std::string& original : executed.original_names) {
      precision.emplace(without_suffix(original, kDequantization), executed.precision);
    }
  }
  for (const PlannedOperation& operation : plan.operations) {
    const auto layer = precision.find(fmt::format("{}{}", operation.name, kLayer));
    if (layer != precision.end()) precision[operation.name] = layer->second;
  }
  // A layer sometimes goes by the name of a post-operation: its bias.
  for (const PlannedOperation& operation : plan.operations) {
    const auto found = precision.find(operation.name);
    if (!operation.fused_into.empty() && found != precision.end())
      precision.emplace(operation.fused_into, found->second);
  }
  std::vector<ExecutedOperation> result;
  for (const PlannedOperation& operation : plan.operations) {
    if (!operation.quantized) continue;
    const auto found = precision.find(operation.name);
    // The rows of an embedding are stored in integers; nothing is computed with them before they are looked up.
    const bool computes = operation.type != "Embedding" && operation.execution == Execution::integer;
    const std::string unseen = operation.name.find('|') == std::string::npos ? "fused" : kInSubGraph;
    result.push_back({operation.name, operation.type, found == precision.end() ? unseen : found->second, computes});
  }
  return result;
}

std::string warning_about(const std::vector<ExecutedOperation>& executed) {
  std::vector<std::string> names;
  for (const ExecutedOperation& operation : executed) {
    if (operation.planned_integer && !is_integer(operation.precision) && operation.precision != "fused" &&
        operation.precision != kInSubGraph) {
      names.push_back(fmt::format("'{}' ({})", operation.name, operation.precision));
    }
  }
  if (names.empty()) return {};
  const std::size_t total = names.size();
  if (names.size() > 5) names.resize(5);
  return fmt::format(
      "{} quantized operation{} in floating point on this machine: {}{}; leave them out with --ignored-names to "
      "save "
      "their FakeQuantize",
      total, total == 1 ? " runs" : "s run", fmt::join(names, ", "), total > names.size() ? ", ..." : "");
}

}  // namespace octune::quantization
