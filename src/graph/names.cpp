// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "graph/names.hpp"

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "graph/queries.hpp"

namespace octune::graph {
namespace {

std::optional<std::string> only_follower(const ov::Node& node) {
  if (node.get_output_size() != 1) return std::nullopt;
  const auto targets = node.output(0).get_target_inputs();
  if (targets.size() != 1 || std::string(targets.begin()->get_node()->get_type_info().name) == "Result")
    return std::nullopt;
  return targets.begin()->get_node()->get_friendly_name();
}

std::string with_prefix(const std::string& prefix, const std::string& name) {
  return name.starts_with(prefix) ? name : prefix + name;
}

void rename(const std::set<std::string>& given, const std::string& prefix, std::set<std::string>& taken,
            ov::Model& model) {
  std::vector<std::shared_ptr<ov::Node>> unnamed;
  std::set<std::string> kept;
  for (const auto& node : model.get_ordered_ops()) {
    const std::string name = with_prefix(prefix, node->get_friendly_name());
    if (!given.contains(node->get_friendly_name()) || !taken.insert(name).second) {
      unnamed.push_back(node);
    } else {
      node->set_friendly_name(name);
      kept.insert(name);
    }
  }
  std::map<std::string, std::size_t> counters;
  for (const auto& node : unnamed) {
    const std::string type = node->get_type_info().name;
    std::string name;
    if (const auto follower = only_follower(*node); follower && (given.contains(*follower) || kept.contains(*follower)))
      name = with_prefix(prefix, *follower) + "/" + type;
    if (!name.empty() && taken.insert(name).second) {
      node->set_friendly_name(name);
      continue;
    }
    do name = prefix + type + "_" + std::to_string(counters[type]++);
    while (!taken.insert(name).second);
    node->set_friendly_name(name);
  }
  for (const auto& node : model.get_ordered_ops()) {
    for (const Body& body : bodies_of(*node)) rename(given, body.prefix, taken, *body.model);
  }
}

}  // namespace

std::set<std::string> given_names(const ov::Model& model) {
  std::set<std::string> given;
  for (const auto& node : model.get_ops()) {
    if (node->get_friendly_name() != node->get_name()) given.insert(node->get_friendly_name());
    for (const Body& body : bodies_of(*node)) given.merge(given_names(*body.model));
  }
  return given;
}

std::set<std::string> name_bodies(const std::set<std::string>& given, ov::Model& model) {
  std::set<std::string> all = given;
  std::map<std::string, std::size_t> counters;
  for (const auto& node : model.get_ordered_ops()) {
    if (bodies_of(*node).empty()) continue;
    if (!given.contains(node->get_friendly_name())) {
      const std::string type = node->get_type_info().name;
      std::string name;
      do name = type + "_" + std::to_string(counters[type]++);
      while (!all.insert(name).second);
      node->set_friendly_name(name);
    }
    for (const Body& body : bodies_of(*node)) {
      std::set<std::string> within;
      for (const auto& inner : body.model->get_ops()) {
        if (!given.contains(inner->get_friendly_name())) continue;
        inner->set_friendly_name(with_prefix(body.prefix, inner->get_friendly_name()));
        within.insert(inner->get_friendly_name());
      }
      all.merge(name_bodies(within, *body.model));
    }
  }
  return all;
}

void rename_all_but(const std::set<std::string>& given, ov::Model& model) {
  std::set<std::string> taken;
  rename(given, "", taken, model);
}

}  // namespace octune::graph
