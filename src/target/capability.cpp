// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "target/capability.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/names.hpp"
#include "octune/error.hpp"
#include "target/embedded_tables.hpp"

namespace octune::target {
namespace {

using Json = nlohmann::json;

/// Collects every problem of a table, so that its author sees them at once.
class Problems {
 public:
  void add(std::string problem) { problems_.push_back(std::move(problem)); }
  void raise_if_any(std::string_view source) const {
    if (problems_.empty()) return;
    throw Error(ErrorKind::input,
                fmt::format("{}: not a capability table: {}; see docs/targets.md", source, fmt::join(problems_, "; ")));
  }

 private:
  std::vector<std::string> problems_;
};

void check_keys(const Json& object, const std::vector<std::string>& known, const std::string& where,
                Problems& problems) {
  for (const auto& [key, value] : object.items()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      problems.add(fmt::format("{}: unknown key '{}'; {}", where, key, base::did_you_mean(key, known)));
    }
  }
}

SupportedScheme parse_scheme(const Json& json, const std::string& where, Problems& problems) {
  static const std::vector<std::string> kKeys{"bits", "mode", "granularity", "level_low", "level_high", "executed_as"};
  check_keys(json, kKeys, where, problems);
  SupportedScheme result;
  result.scheme.bits = json.at("bits").get<int>();
  result.scheme.mode = base::parse_enum<Mode>(json.at("mode").get<std::string>(), where);
  result.scheme.granularity = base::parse_enum<Granularity>(json.at("granularity").get<std::string>(), where);
  if (json.contains("level_low")) result.scheme.level_low = json["level_low"].get<int>();
  if (json.contains("level_high")) result.scheme.level_high = json["level_high"].get<int>();
  if (result.scheme.bits < 2 || result.scheme.bits > 16) {
    problems.add(fmt::format("{}: bits {} are out of range (2 to 16)", where, result.scheme.bits));
  }
  const std::string executed = json.value("executed_as", "integer");
  if (executed != "integer" && executed != "float") {
    problems.add(fmt::format("{}: executed_as '{}' is unknown (known: integer, float)", where, executed));
  }
  result.executed_in_integers = executed == "integer";
  return result;
}

}  // namespace

CapabilityTable CapabilityTable::parse(std::string_view json, std::string_view source) {
  Problems problems;
  CapabilityTable table;
  try {
    const Json root = Json::parse(json, nullptr, true, /*ignore_comments=*/true);
    static const std::vector<std::string> kKeys{
        "name", "summary", "schemes", "operations", "agnostic", "unified_scales", "saturates_without_vnni"};
    check_keys(root, kKeys, "table", problems);
    table.name_ = root.at("name").get<std::string>();
    table.summary_ = root.value("summary", "");
    table.saturates_without_vnni_ = root.value("saturates_without_vnni", false);
    std::map<std::string, std::vector<SupportedScheme>> schemes;
    std::vector<std::string> scheme_names;
    for (const auto& [name, list] : root.at("schemes").items()) {
      scheme_names.push_back(name);
      for (const Json& scheme : list) schemes[name].push_back(parse_scheme(scheme, "schemes." + name, problems));
    }
    const auto named = [&](const Json& operation, const char* key) -> std::vector<SupportedScheme> {
      if (!operation.contains(key)) return {};
      const auto name = operation[key].get<std::string>();
      const auto found = schemes.find(name);
      if (found != schemes.end()) return found->second;
      problems.add(fmt::format("operations: unknown scheme '{}'; {}", name, base::did_you_mean(name, scheme_names)));
      return {};
    };
    for (const Json& operation : root.at("operations")) {
      check_keys(operation, {"types", "activations", "weights", "ports", "weight_ports", "unified_ports", "state_port"},
                 "operations", problems);
      OperationCapability capability;
      capability.activations = named(operation, "activations");
      capability.weights = named(operation, "weights");
      capability.weight_ports = operation.value("weight_ports", capability.weight_ports);
      capability.unified_ports = operation.value("unified_ports", capability.unified_ports);
      if (operation.contains("state_port")) capability.state_port = operation["state_port"].get<std::size_t>();
      if (operation.contains("ports")) capability.ports = operation["ports"].get<std::vector<std::size_t>>();
      for (const Json& type : operation.at("types")) table.operations_[type.get<std::string>()] = capability;
    }
    table.agnostic_ = root.at("agnostic").get<std::set<std::string>>();
    table.unified_ = root.value("unified_scales", std::set<std::string>{});
  } catch (const Json::exception& error) {
    problems.add(error.what());
  } catch (const Error& error) {
    problems.add(error.what());
  }
  problems.raise_if_any(source);
  return table;
}

const OperationCapability* CapabilityTable::find(const std::string& type) const {
  const auto found = operations_.find(type);
  return found == operations_.end() ? nullptr : &found->second;
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
