// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "config/ignored_section.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace octune::config {
namespace {

std::optional<IgnoredType> read_type(Section operation) {
  IgnoredType type;
  if (const auto name = operation.text("type")) {
    type.type = *name;
  } else if (!operation.has("type")) {
    operation.problem("", fmt::format("{} has no 'type'; name the type of operation to ignore", operation.label("")));
  }
  for (auto& [name, values] : operation.pairs("attributes")) type.attributes[name] = std::move(values);
  operation.finish();
  if (type.type.empty()) return std::nullopt;
  return type;
}

}  // namespace

void read_ignored(Section section, IgnoredScope& scope) {
  if (section.flag("skip_model").value_or(false)) {
    section.problem("skip_model", fmt::format("{} is true, so that nothing would be quantized; remove it",
                                              section.label("skip_model")));
  }
  for (const std::string& name : section.texts("scope").value_or(std::vector<std::string>{})) {
    if (std::find(scope.names.begin(), scope.names.end(), name) == scope.names.end()) scope.names.push_back(name);
  }
  for (const Section& operation : section.sections("operations").value_or(std::vector<Section>{})) {
    auto type = read_type(operation);
    if (!type) continue;
    const auto same = [&](const IgnoredType& other) {
      return other.type == type->type && other.attributes == type->attributes;
    };
    if (std::none_of(scope.types.begin(), scope.types.end(), same)) scope.types.push_back(std::move(*type));
  }
  section.finish();
}

}  // namespace octune::config
