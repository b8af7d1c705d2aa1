// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/names.hpp"
#include "octune/error.hpp"
#include "target/capability.hpp"
#include "target/operation_types.hpp"

namespace octune::target {
namespace {

using Json = nlohmann::json;
using Ports = std::vector<std::size_t>;

/// nlohmann's messages without their number: "[json.exception.type_error.302] type must be ..." -> "type must be ...".
std::string text_of(const Json::exception& error) {
  const std::string text = error.what();
  const std::size_t end = text.find("] ");
  return end == std::string::npos ? text : text.substr(end + 2);
}

}  // namespace

/// Reads a table and collects every problem of it, so that its author sees them at once.
class TableReader {
 public:
  CapabilityTable read(std::string_view json, std::string_view source) {
    attempt("", [&] { read_table(Json::parse(json, nullptr, true, /*ignore_comments=*/true)); });
    if (problems_.empty()) return std::move(table_);
    throw Error(ErrorKind::input,
                fmt::format("{}: not a capability table: {}; see docs/targets.md", source, fmt::join(problems_, "; ")));
  }

 private:
  /// A part that cannot be read is a problem, and the next part is read.
  template <class Part>
  void attempt(const std::string& where, Part&& part) {
    try {
      part();
    } catch (const Json::exception& error) {
      problems_.push_back((where.empty() ? "" : where + ": ") + text_of(error));
    } catch (const Error& error) {
      problems_.push_back(error.what());
    }
  }

  void problem(const std::string& where, const std::string& what) { problems_.push_back(where + ": " + what); }

  void check_keys(const Json& object, const std::vector<std::string>& known, const std::string& where) {
    for (const auto& [key, value] : object.items()) {
      if (std::find(known.begin(), known.end(), key) == known.end())
        problem(where, fmt::format("unknown key '{}'; {}", key, base::did_you_mean(key, known)));
    }
  }

  void check_type(const std::string& type, const std::string& where) {
    const std::vector<std::string>& known = known_operation_types();
    if (std::binary_search(known.begin(), known.end(), type)) return;
    const std::vector<std::string> near = base::closest(type, known);
    problem(where, fmt::format("unknown operation type '{}'{}", type,
                               near.empty() ? ""
                                            : fmt::format("; did you mean '{}'? (closest: {})", near.front(),
                                                          fmt::join(near, ", "))));
  }

  void read_table(const Json& root) {
    if (!root.is_object()) throw Error(ErrorKind::input, "table: must be an object");
    check_keys(root,
               {"name", "summary", "device", "schemes", "operations", "agnostic", "unified_scales", "presets",
                "as_written", "packs_weights", "saturates_without_vnni", "smooths_inputs"},
               "table");
    attempt("name", [&] { table_.name_ = root.at("name").get<std::string>(); });
    attempt("summary", [&] { table_.summary_ = root.value("summary", ""); });
    attempt("device", [&] { table_.runs_here_ = root.value("device", "CPU") == "CPU"; });
    attempt("smooths_inputs", [&] { table_.smooths_inputs_ = root.value("smooths_inputs", false); });
    attempt("saturates_without_vnni",
            [&] { table_.saturates_without_vnni_ = root.value("saturates_without_vnni", false); });
    attempt("packs_weights", [&] { table_.packs_weights_ = root.value("packs_weights", false); });
    attempt("schemes", [&] {
      for (const auto& [name, list] : root.at("schemes").items()) read_schemes(name, list);
    });
    attempt("operations", [&] {
      for (const Json& operation : root.at("operations")) attempt("operations", [&] { read_operation(operation); });
    });
    attempt("agnostic", [&] { table_.agnostic_ = read_types(root.at("agnostic"), "agnostic"); });
    if (root.contains("unified_scales"))
      attempt("unified_scales", [&] { table_.unified_ = read_types(root["unified_scales"], "unified_scales"); });
    if (root.contains("presets")) {
      attempt("presets", [&] {
        for (const auto& [preset, meaning] : root["presets"].items()) {
          table_.presets_[base::parse_enum<Preset>(preset, "presets")] =
              base::parse_enum<Preset>(meaning.get<std::string>(), "presets." + preset);
        }
      });
    }
    if (root.contains("as_written")) {
      attempt("as_written", [&] {
        for (const Json& rule : root["as_written"]) attempt("as_written", [&] { read_rule(rule); });
      });
    }
  }

  std::set<std::string> read_types(const Json& list, const std::string& where) {
    const auto types = list.get<std::vector<std::string>>();
    std::set<std::string> result;
    for (const std::string& type : types) {
      check_type(type, where);
      if (!result.insert(type).second) problem(where, fmt::format("'{}' is listed twice", type));
    }
    return result;
  }

  void read_schemes(const std::string& name, const Json& list) {
    const std::string where = "schemes." + name;
    scheme_names_.push_back(name);
    auto& schemes = schemes_[name];
    attempt(where, [&] {
      if (!list.is_array() || list.empty()) problem(where, "no scheme in the list; give at least one");
      for (const Json& scheme : list) attempt(where, [&] { schemes.push_back(read_scheme(scheme, where)); });
    });
  }

  Execution read_execution(const Json& json, const std::string& where) {
    const auto text = json.get<std::string>();
    if (text != "integer" && text != "float")
      problem(where, fmt::format("executed_as '{}' is unknown (known: integer, float)", text));
    if (!table_.runs_here_) return Execution::unknown;
    return text == "integer" ? Execution::integer : Execution::floating;
  }

  SupportedScheme read_scheme(const Json& json, const std::string& where) {
    check_keys(
        json, {"bits", "mode", "granularity", "level_low", "level_high", "unified_zero_point", "executed_as", "preset"},
        where);
    SupportedScheme result;
    Scheme& scheme = result.scheme;
    scheme.bits = json.at("bits").get<int>();
    scheme.mode = base::parse_enum<Mode>(json.at("mode").get<std::string>(), where);
    scheme.granularity = base::parse_enum<Granularity>(json.at("granularity").get<std::string>(), where);
    if (json.contains("level_low")) scheme.level_low = json["level_low"].get<int>();
    if (json.contains("level_high")) scheme.level_high = json["level_high"].get<int>();
    if (json.contains("preset")) result.preset = base::parse_enum<Preset>(json["preset"].get<std::string>(), where);
    scheme.unified_zero_point = json.value("unified_zero_point", false);
    if ((scheme.bits < 2 || scheme.bits > 8) && scheme.bits != 16)
      problem(where, fmt::format("bits {} are out of range (2 to 8, or 16)", scheme.bits));
    check_levels(scheme, where);
    if (scheme.unified_zero_point && scheme.mode == Mode::symmetric)
      problem(where, "unified_zero_point is for asymmetric schemes: symmetric ones have no zero points");
    result.execution = read_execution(json.value("executed_as", Json("integer")), where);
    return result;
  }

  void check_levels(const Scheme& scheme, const std::string& where) {
    const int low = scheme.level_low.value_or(0);
    const int high = scheme.level_high.value_or(1);
    if (low > 0 || high <= 0) {
      problem(where, fmt::format("levels {} to {} do not hold zero below their top", low, high));
      return;
    }
    if (scheme.bits < 2 || scheme.bits > 16) return;
    // An end that is not given is that of the scheme: around zero if symmetric, from zero up if not.
    const int half = 1 << (scheme.bits - 1);
    const bool symmetric = scheme.mode == Mode::symmetric;
    const int first = scheme.level_low.value_or(symmetric ? -half : 0);
    const int last = scheme.level_high.value_or(symmetric ? half - 1 : 2 * half - 1);
    if (last - first >= 2 * half) {
      problem(where,
              fmt::format("levels {} to {} are more than {} bits hold ({})", first, last, scheme.bits, 2 * half));
    }
  }

  std::vector<SupportedScheme> named(const Json& operation, const char* key, const std::string& where) {
    if (!operation.contains(key)) return {};
    const auto name = operation[key].get<std::string>();
    const auto found = schemes_.find(name);
    if (found != schemes_.end()) return found->second;
    problem(where, fmt::format("unknown scheme '{}'; {}", name, base::did_you_mean(name, scheme_names_)));
    return {};
  }

  void read_operation(const Json& operation) {
    check_keys(operation, {"types", "activations", "weights", "ports", "weight_ports", "unified_ports", "state_port"},
               "operations");
    const std::set<std::string> types = read_types(operation.at("types"), "operations");
    const std::string where = fmt::format("operations of {}", fmt::join(types, ", "));
    OperationCapability capability;
    capability.activations = named(operation, "activations", where);
    capability.weights = named(operation, "weights", where);
    capability.weight_ports = operation.value("weight_ports", Ports{});
    capability.unified_ports = operation.value("unified_ports", std::vector<Ports>{});
    if (operation.contains("state_port")) capability.state_port = operation["state_port"].get<std::size_t>();
    if (operation.contains("ports")) capability.ports = operation["ports"].get<Ports>();
    if (types.empty()) problem("operations", "an entry without types");
    if (!operation.contains("activations") && !operation.contains("weights"))
      problem(where, "neither activations nor weights are quantized; give at least one");
    for (const std::string& type : types) {
      check_ports(type, capability);
      if (!table_.operations_.emplace(type, capability).second)
        problem("operations", fmt::format("'{}' is in two entries", type));
    }
  }

  void check_ports(const std::string& type, const OperationCapability& capability) {
    const std::size_t count = most_inputs(type);
    const auto check = [&](const char* key, const Ports& ports) {
      for (const std::size_t port : ports) {
        if (port >= count)
          problem("operations of " + type, fmt::format("{}: there is no input {} (0 to {})", key, port, count - 1));
      }
    };
    check("ports", capability.ports.value_or(Ports{}));
    check("weight_ports", capability.weight_ports);
    for (const Ports& ports : capability.unified_ports) check("unified_ports", ports);
    if (capability.state_port) check("state_port", {*capability.state_port});
  }

  void read_rule(const Json& json) {
    const std::string where = "as_written";
    check_keys(json, {"kind", "types", "mode", "granularity", "levels", "most_bits", "executed_as", "storage_bits"},
               where);
    AsWrittenRule rule;
    const auto kind = json.at("kind").get<std::string>();
    if (kind != "activations" && kind != "weights")
      problem(where, fmt::format("kind '{}' is unknown (known: activations, weights)", kind));
    rule.kind = kind == "weights" ? QuantizerKind::weights : QuantizerKind::activation;
    if (json.contains("types")) rule.types = read_types(json["types"], where);
    if (json.contains("mode")) rule.mode = base::parse_enum<Mode>(json["mode"].get<std::string>(), where);
    if (json.contains("granularity"))
      rule.granularity = base::parse_enum<Granularity>(json["granularity"].get<std::string>(), where);
    if (json.contains("levels")) rule.levels = json["levels"].get<std::set<int>>();
    if (json.contains("most_bits")) rule.most_bits = json["most_bits"].get<int>();
    rule.execution = read_execution(json.at("executed_as"), where);
    if (json.contains("storage_bits")) {
      rule.storage_bits = json["storage_bits"].get<int>();
      if (rule.storage_bits != 4 && rule.storage_bits != 8 && rule.storage_bits != 16)
        problem(where, fmt::format("storage_bits {} are unknown (known: 4, 8, 16)", *rule.storage_bits));
    }
    table_.as_written_.push_back(std::move(rule));
  }

  CapabilityTable table_;
  std::map<std::string, std::vector<SupportedScheme>> schemes_;
  std::vector<std::string> scheme_names_;
  std::vector<std::string> problems_;
};

CapabilityTable CapabilityTable::parse(std::string_view json, std::string_view source) {
  return TableReader().read(json, source);
}

}  // namespace octune::target
