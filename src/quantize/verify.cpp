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

/// The runtime names what it makes of an operation "<operation>" or "<operation>/<part>".
std::string operation_of(const std::string& original, const std::map<std::string, std::string>& planned) {
  if (planned.contains(original)) return original;
  for (std::size_t slash = original.rfind('/'); slash != std::string::npos && slash > 0;
       slash = original.rfind('/', slash - 1)) {
    if (const std::string stem = original.substr(0, slash); planned.contains(stem)) return stem;
  }
  return {};
}

}  // namespace

std::vector<ExecutedOperation> executed_operations(const ov::CompiledModel& compiled, const Plan& plan) {
  std::map<std::string, std::string> planned;  // name -> type
  for (const PlannedOperation& operation : plan.operations) {
    if (operation.quantized) planned[operation.name] = operation.type;
  }
  std::map<std::string, std::string> precision;
  for (const infer::RuntimeOperation& executed : infer::runtime_operations(compiled)) {
    if (executed.layer_type == "Const" || executed.layer_type == "Reorder" || executed.precision.empty()) continue;
    for (const std::string& original : executed.original_names) {
      const std::string name = operation_of(original, planned);
      // Of several parts the integer one did the work.
      if (!name.empty() && !is_integer(precision[name])) precision[name] = executed.precision;
    }
  }
  std::vector<ExecutedOperation> result;
  for (const PlannedOperation& operation : plan.operations) {
    if (!operation.quantized) continue;
    const auto found = precision.find(operation.name);
    result.push_back({operation.name, operation.type, found == precision.end() ? "fused" : found->second, true});
  }
  return result;
}

std::string warning_about(const std::vector<ExecutedOperation>& executed) {
  std::vector<std::string> names;
  for (const ExecutedOperation& operation : executed) {
    const bool layer = operation.type.find("Convolution") != std::string::npos || operation.type == "MatMul";
    if (layer && operation.planned_integer && !is_integer(operation.precision) && operation.precision != "fused") {
      names.push_back(fmt::format("'{}' ({})", operation.name, operation.precision));
    }
  }
  if (names.empty()) return {};
  const std::size_t total = names.size();
  if (names.size() > 5) names.resize(5);
  return fmt::format(
      "{} quantized operation{} run in floating point on this machine: {}{}; leave them out with --ignored-names to "
      "save "
      "their FakeQuantize",
      total, total == 1 ? "" : "s", fmt::join(names, ", "), total > names.size() ? ", ..." : "");
}

}  // namespace octune::quantization
