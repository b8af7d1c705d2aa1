// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cctype>
#include <sstream>

#include "infer/runtime.hpp"
#include "infer/runtime_error.hpp"

namespace octune::infer {
namespace {

std::string text_of(const ov::Node& node, const char* key) {
  const auto& info = node.get_rt_info();
  const auto found = info.find(key);
  return found == info.end() ? std::string() : found->second.as<std::string>();
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

/// The suffix of the primitive ("brgconv_avx512_I8" computes in i8); a primitive without one says nothing, the
/// precision of the node then does.
std::string precision_of(const std::string& primitive, const std::string& runtime_precision) {
  static constexpr std::array<std::string_view, 12> kTypes{"f32", "f16", "bf16", "i8",  "u8",  "i4",
                                                           "u4",  "i32", "i64",  "f64", "u32", "i16"};
  const std::string suffix = lower(primitive.substr(primitive.rfind('_') + 1));
  const bool known = std::find(kTypes.begin(), kTypes.end(), suffix) != kTypes.end();
  return known ? suffix : lower(runtime_precision);
}

}  // namespace

std::vector<RuntimeOperation> runtime_operations(const ov::CompiledModel& model) {
  try {
    std::vector<RuntimeOperation> operations;
    for (const auto& node : model.get_runtime_model()->get_ordered_ops()) {
      RuntimeOperation operation;
      operation.name = node->get_friendly_name();
      operation.layer_type = text_of(*node, "layerType");
      operation.primitive = text_of(*node, "primitiveType");
      operation.precision = precision_of(operation.primitive, text_of(*node, "runtimePrecision"));
      std::istringstream names(text_of(*node, "originalLayersNames"));
      for (std::string name; std::getline(names, name, ',');) operation.original_names.push_back(name);
      operations.push_back(std::move(operation));
    }
    return operations;
  } catch (const std::exception& exception) {
    throw runtime_error("the compiled model's operations", exception);
  }
}

}  // namespace octune::infer
