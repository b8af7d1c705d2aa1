// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "testing/json_schema.hpp"

#include <algorithm>
#include <set>

namespace octune::testing {
namespace {

using nlohmann::json;
using Pointer = json::json_pointer;

bool has_type(const json& value, const std::string& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "null") return value.is_null();
  if (type == "integer") return value.is_number_integer();
  return type == "number" && value.is_number();
}

/// `root` is the whole schema, where references lead.
void check(const json& value, const json& schema, const json& root, const Pointer& at,
           std::vector<std::string>& violations) {
  const auto violation = [&](const std::string& what) { violations.push_back(at.to_string() + ": " + what); };
  static const std::set<std::string> known{"$schema",
                                           "$defs",
                                           "$ref",
                                           "title",
                                           "description",
                                           "type",
                                           "enum",
                                           "const",
                                           "required",
                                           "properties",
                                           "additionalProperties",
                                           "items",
                                           "minItems",
                                           "minimum",
                                           "maximum",
                                           "exclusiveMaximum",
                                           "allOf",
                                           "if",
                                           "then"};
  for (const auto& [keyword, rule] : schema.items()) {
    if (!known.contains(keyword)) violation("the schema's keyword '" + keyword + "' is not checked");
  }
  if (schema.contains("$ref")) {
    const auto target = schema["$ref"].get<std::string>();
    check(value, root.at(Pointer(target.substr(target.find('#') + 1))), root, at, violations);
  }
  if (schema.contains("type")) {
    const json types = schema["type"].is_array() ? schema["type"] : json::array({schema["type"]});
    if (std::none_of(types.begin(), types.end(), [&](const json& type) { return has_type(value, type); })) {
      violation("is " + value.dump() + ", not of type " + types.dump());
      return;
    }
  }
  if (schema.contains("enum") &&
      std::find(schema["enum"].begin(), schema["enum"].end(), value) == schema["enum"].end()) {
    violation("is " + value.dump() + ", not one of " + schema["enum"].dump());
  }
  if (schema.contains("const") && schema["const"] != value) {
    violation("is " + value.dump() + ", not " + schema["const"].dump());
  }
  for (const json& part : schema.value("allOf", json::array())) check(value, part, root, at, violations);
  if (schema.contains("if")) {
    std::vector<std::string> unmet;
    check(value, schema["if"], root, at, unmet);
    if (unmet.empty()) check(value, schema["then"], root, at, violations);
  }
  if (schema.contains("minimum") && value.is_number() && value < schema["minimum"]) {
    violation("is " + value.dump() + ", below " + schema["minimum"].dump());
  }
  if (schema.contains("maximum") && value.is_number() && value > schema["maximum"]) {
    violation("is " + value.dump() + ", above " + schema["maximum"].dump());
  }
  if (schema.contains("exclusiveMaximum") && value.is_number() && value >= schema["exclusiveMaximum"]) {
    violation("is " + value.dump() + ", not below " + schema["exclusiveMaximum"].dump());
  }
  if (value.is_array() && value.size() < schema.value("minItems", std::size_t{0})) {
    violation("has fewer than " + schema["minItems"].dump() + " items");
  }
  if (value.is_array() && schema.contains("items")) {
    for (std::size_t i = 0; i < value.size(); ++i) check(value[i], schema["items"], root, at / i, violations);
  }
  if (!value.is_object()) return;
  for (const json& key : schema.value("required", json::array())) {
    if (!value.contains(key.get<std::string>())) violation("lacks '" + key.get<std::string>() + "'");
  }
  const json properties = schema.value("properties", json::object());
  for (const auto& [key, member] : value.items()) {
    if (properties.contains(key)) {
      check(member, properties[key], root, at / key, violations);
    } else if (schema.contains("additionalProperties")) {
      if (schema["additionalProperties"] == false) {
        violation("has the unknown member '" + key + "'");
      } else {
        check(member, schema["additionalProperties"], root, at / key, violations);
      }
    }
  }
}

}  // namespace

std::vector<std::string> schema_violations(const json& document, const json& schema) {
  std::vector<std::string> violations;
  check(document, schema, schema, Pointer(), violations);
  return violations;
}

}  // namespace octune::testing
