// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "graph/names.hpp"

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace octune::graph {
namespace {

std::optional<std::string> only_follower(const ov::Node& node) {
  if (node.get_output_size() != 1) return std::nullopt;
  const auto targets = node.output(0).get_target_inputs();
  if (targets.size() != 1 || std::string(targets.begin()->get_node()->get_type_info().name) == "Result")
    return std::nullopt;
  return targets.begin()->get_node()->get_friendly_name();
}

}  // namespace

std::set<std::string> given_names(const ov::Model& model) {
  std::set<std::string> given;
  for (const auto& node : model.get_ops()) {
    if (node->get_friendly_name() != node->get_name()) given.insert(node->get_friendly_name());
  }
  return given;
}

void rename_all_but(const std::set<std::string>& given, ov::Model& model) {
  std::set<std::string> taken;
  std::vector<std::shared_ptr<ov::Node>> unnamed;
  for (const auto& node : model.get_ordered_ops()) {
    const std::string name = node->get_friendly_name();
    if (!given.contains(name) || !taken.insert(name).second) unnamed.push_back(node);
  }
  std::map<std::string, std::size_t> counters;
  for (const auto& node : unnamed) {
    const std::string type = node->get_type_info().name;
    std::string name;
    if (const auto follower = only_follower(*node); follower && given.contains(*follower))
      name = *follower + "/" + type;
    if (!name.empty() && taken.insert(name).second) {
      node->set_friendly_name(name);
      continue;
    }
    do name = type + "_" + std::to_string(counters[type]++);
    while (!taken.insert(name).second);
    node->set_friendly_name(name);
  }
}

}  // namespace octune::graph
