// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/scope.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <openvino/core/attribute_visitor.hpp>
#include <regex>
#include <set>

#include "base/suggest.hpp"
#include "graph/queries.hpp"
#include "octune/error.hpp"

namespace octune::quantization {
namespace {

/// Reads a node's attributes as the text an IR file would hold: "1,1" for strides, "true", "explicit".
class AttributeText : public ov::AttributeVisitor {
 public:
  const std::map<std::string, std::string>& values() const { return values_; }

  /// Sub-graphs, shared variables: nothing a configuration could name.
  void on_adapter(const std::string& /*name*/, ov::ValueAccessor<void>& /*adapter*/) override {}
  void on_adapter(const std::string& name, ov::ValueAccessor<std::string>& a) override { values_[name] = a.get(); }
  void on_adapter(const std::string& name, ov::ValueAccessor<bool>& a) override {
    values_[name] = a.get() ? "true" : "false";
  }
  void on_adapter(const std::string& name, ov::ValueAccessor<std::int64_t>& a) override {
    values_[name] = fmt::to_string(a.get());
  }
  void on_adapter(const std::string& name, ov::ValueAccessor<double>& a) override {
    values_[name] = fmt::format("{}", a.get());
  }
  void on_adapter(const std::string& name, ov::ValueAccessor<std::vector<std::int64_t>>& a) override {
    put(name, a.get());
  }
  void on_adapter(const std::string& name, ov::ValueAccessor<std::vector<std::size_t>>& a) override {
    put(name, a.get());
  }
  void on_adapter(const std::string& name, ov::ValueAccessor<std::vector<float>>& a) override { put(name, a.get()); }

 private:
  template <class Range>
  void put(const std::string& name, const Range& range) {
    values_[name] = fmt::format("{}", fmt::join(range, ","));
  }
  std::map<std::string, std::string> values_;
};

/// IR files write "2, 2", configurations also "2,2".
std::string without_blanks(std::string text) {
  std::erase(text, ' ');
  return text;
}

/// A list of values stands for any of them, or for the one value that is this list.
bool has_value(const std::string& actual, const std::vector<std::string>& wanted) {
  return without_blanks(fmt::format("{}", fmt::join(wanted, ","))) == actual ||
         std::any_of(wanted.begin(), wanted.end(),
                     [&](const std::string& value) { return without_blanks(value) == actual; });
}

bool attributes_match(ov::Node& node, const IgnoredType& wanted) {
  if (wanted.attributes.empty()) return true;
  AttributeText text;
  node.visit_attributes(text);
  return std::all_of(wanted.attributes.begin(), wanted.attributes.end(), [&](const auto& attribute) {
    const auto found = text.values().find(attribute.first);
    return found != text.values().end() && has_value(found->second, attribute.second);
  });
}

/// " with strides 2,2" of what the user asks for.
std::string wanted_text(const IgnoredType& wanted) {
  std::string text;
  for (const auto& [name, values] : wanted.attributes)
    text += fmt::format("{} {} {}", text.empty() ? " with" : " and", name, fmt::join(values, " or "));
  return text;
}

/// The values that a node has for the wanted attributes; all attributes if it lacks one.
std::string attributes_text(ov::Node& node, const IgnoredType& wanted) {
  AttributeText text;
  node.visit_attributes(text);
  const bool lacks_one = std::any_of(wanted.attributes.begin(), wanted.attributes.end(),
                                     [&](const auto& attribute) { return !text.values().contains(attribute.first); });
  std::vector<std::string> parts;
  for (const auto& [name, value] : text.values()) {
    if (lacks_one || wanted.attributes.contains(name)) parts.push_back(fmt::format("{} {}", name, value));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

bool equal_in_any_case(const std::string& a, const std::string& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

bool has_name(const ov::Node& node, const std::string& name) {
  if (node.get_friendly_name() == name) return true;
  const auto& outputs = const_cast<ov::Node&>(node).outputs();
  return std::any_of(outputs.begin(), outputs.end(),
                     [&](const auto& output) { return output.get_names().contains(name); });
}

/// In topological order, what is in the bodies of sub-graphs behind the sub-graph.
ov::NodeVector with_bodies(const ov::Model& model) {
  ov::NodeVector nodes;
  for (const auto& node : model.get_ordered_ops()) {
    nodes.push_back(node);
    for (const graph::Body& body : graph::bodies_of(*node)) {
      const ov::NodeVector inner = with_bodies(*body.model);
      nodes.insert(nodes.end(), inner.begin(), inner.end());
    }
  }
  return nodes;
}

std::regex compile(const std::string& pattern) {
  try {
    return std::regex(pattern, std::regex::ECMAScript | std::regex::optimize);
  } catch (const std::regex_error& error) {
    throw Error(ErrorKind::input,
                fmt::format("ignored pattern '{}': not a regular expression ({}); see the ECMAScript grammar", pattern,
                            error.what()));
  }
}

}  // namespace

std::map<const ov::Node*, std::string> ignored_nodes(const ov::Model& model, const IgnoredScope& scope) {
  std::map<const ov::Node*, std::string> ignored;
  std::vector<std::string> unmatched;
  const auto nodes = with_bodies(model);
  const auto mark = [&](const std::string& why, const std::string& suggestion, const auto& matches) {
    bool matched = false;
    for (const auto& node : nodes) {
      if (!matches(*node)) continue;
      matched = true;
      ignored.emplace(node.get(), "ignored by " + why);
    }
    if (!matched) unmatched.push_back(why + suggestion);
  };

  std::vector<std::string> names;
  std::vector<std::string> types;
  for (const auto& node : nodes) {
    if (node->get_input_size() > 0) names.push_back(node->get_friendly_name());
    const std::string type = graph::operation_type(*node);
    if (std::find(types.begin(), types.end(), type) == types.end()) types.push_back(type);
  }
  for (const std::string& name : scope.names) {
    const auto near = base::closest(name, names);
    mark(fmt::format("name '{}'", name), near.empty() ? "" : fmt::format(" (closest: {})", fmt::join(near, ", ")),
         [&](const ov::Node& node) { return has_name(node, name); });
  }
  for (const std::string& pattern : scope.patterns) {
    const std::regex regex = compile(pattern);
    mark(fmt::format("pattern '{}'", pattern), "",
         [&](const ov::Node& node) { return std::regex_match(node.get_friendly_name(), regex); });
  }
  for (const IgnoredType& type : scope.types) {
    const auto has_type = [&](const ov::Node& node) {
      return equal_in_any_case(graph::operation_type(node), type.type) ||
             equal_in_any_case(node.get_type_info().name, type.type);
    };
    const auto first = std::find_if(nodes.begin(), nodes.end(), [&](const auto& node) { return has_type(*node); });
    const auto near = base::closest(type.type, types);
    const std::string suggestion = first != nodes.end()
                                       ? fmt::format(" (the first has {})", attributes_text(**first, type))
                                   : near.empty() ? ""
                                                  : fmt::format(" (closest: {})", fmt::join(near, ", "));
    mark(fmt::format("type '{}'", type.type), wanted_text(type) + suggestion,
         [&](ov::Node& node) { return has_type(node) && attributes_match(node, type); });
  }
  if (!unmatched.empty() && scope.validate) {
    throw Error(ErrorKind::input,
                fmt::format("ignored scope: nothing in the model matches {}; 'octune plan MODEL' prints the names",
                            fmt::join(unmatched, ", ")));
  }
  return ignored;
}

}  // namespace octune::quantization
