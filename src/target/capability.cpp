// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "target/capability.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.hpp"
#include "base/suggest.hpp"
#include "octune/error.hpp"
#include "target/embedded_tables.hpp"

namespace octune::target {

const OperationCapability* CapabilityTable::find(const std::string& type) const {
  const auto found = operations_.find(type);
  return found == operations_.end() ? nullptr : &found->second;
}

Preset CapabilityTable::meaning_of(Preset preset) const {
  const auto found = presets_.find(preset);
  return found == presets_.end() ? preset : found->second;
}

const AsWrittenRule* CapabilityTable::rule_for(const std::string& type, QuantizerKind kind, const Scheme& scheme,
                                               int levels) const {
  const auto fits = [&](const AsWrittenRule& rule) {
    return rule.kind == kind && (rule.types.empty() || rule.types.contains(type)) &&
           rule.mode.value_or(scheme.mode) == scheme.mode &&
           rule.granularity.value_or(scheme.granularity) == scheme.granularity &&
           (rule.levels.empty() || rule.levels.contains(levels)) && scheme.bits <= rule.most_bits.value_or(scheme.bits);
  };
  const auto found = std::find_if(as_written_.begin(), as_written_.end(), fits);
  return found == as_written_.end() ? nullptr : &*found;
}

Execution CapabilityTable::execution_as_written(const std::string& type, QuantizerKind kind, const Scheme& scheme,
                                                int levels) const {
  const AsWrittenRule* rule = rule_for(type, kind, scheme, levels);
  return rule && runs_here_ ? rule->execution : Execution::unknown;
}

int CapabilityTable::storage_bits(const std::string& type, const Scheme& scheme, int levels) const {
  const AsWrittenRule* rule = rule_for(type, QuantizerKind::weights, scheme, levels);
  if (rule && rule->storage_bits) return *rule->storage_bits;
  if (scheme.bits > 8) return 16;
  return scheme.bits <= 4 && packs_weights_ ? 4 : 8;
}

const std::map<std::string, CapabilityTable>& built_in_tables() {
  static const std::map<std::string, CapabilityTable> tables = [] {
    std::map<std::string, CapabilityTable> result;
    for (const std::string_view json : embedded_tables()) {
      CapabilityTable table = CapabilityTable::parse(json, "built-in table");
      result.emplace(table.name(), std::move(table));
    }
    return result;
  }();
  return tables;
}

CapabilityTable find_table(const std::string& device) {
  if (device.ends_with(".json")) return CapabilityTable::parse(base::read_file(device), device);
  std::string name = device;
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  if (name == "ANY") name = "CPU";
  const auto& tables = built_in_tables();
  if (const auto found = tables.find(name); found != tables.end()) return found->second;
  std::vector<std::string> known{"ANY"};
  for (const auto& [known_name, table] : tables) known.push_back(known_name);
  throw Error(ErrorKind::input, fmt::format("unknown device '{}'; {}, or the path of a table (.json)", device,
                                            base::did_you_mean(device, known)));
}

}  // namespace octune::target
