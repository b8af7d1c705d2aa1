// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "graph/normalise.hpp"

#include <map>
#include <openvino/core/version.hpp>
#include <openvino/pass/manager.hpp>
#include <openvino/pass/pass.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "octune/error.hpp"

static_assert(OPENVINO_VERSION_MAJOR == 2026,
              "check the declaration of MOCTransformations against this OpenVINO release");

// libopenvino exports the pass, the SDK has no header for it. The layout below is that of 2026.x: two flags, one
// override.
namespace ov::pass {
class OPENVINO_API MOCTransformations : public ModelPass {
 public:
  OPENVINO_MODEL_PASS_RTTI("MOCTransformations");
  explicit MOCTransformations(bool use_shapes, bool low_precision_enabled = true)
      : m_use_shapes(use_shapes), m_low_precision_enabled(low_precision_enabled) {}
  bool run_on_model(const std::shared_ptr<ov::Model>& model) override;

 private:
  bool m_use_shapes;
  bool m_low_precision_enabled;
};
}  // namespace ov::pass

namespace octune::graph {
namespace {

/// Names the model's author never gave: the runtime makes them of the type and a counter of the whole process, so they
/// differ from run to run.
std::set<std::string> given_names(const ov::Model& model) {
  std::set<std::string> given;
  for (const auto& node : model.get_ops()) {
    if (node->get_friendly_name() != node->get_name()) given.insert(node->get_friendly_name());
  }
  return given;
}

std::optional<std::string> only_follower(const ov::Node& node) {
  if (node.get_output_size() != 1) return std::nullopt;
  const auto targets = node.output(0).get_target_inputs();
  if (targets.size() != 1 || std::string(targets.begin()->get_node()->get_type_info().name) == "Result")
    return std::nullopt;
  return targets.begin()->get_node()->get_friendly_name();
}

/// Plans refer to nodes by friendly name: every name is made unique. What the runtime named is called
/// "<follower>/<type>" after the only operation behind it (a convolution whose batch normalisation became a bias that
/// kept the name), otherwise "<type>_<n>", n counting such operations of the type in topological order.
void rename(const std::shared_ptr<ov::Model>& model, const std::set<std::string>& given) {
  std::set<std::string> taken;
  std::vector<std::shared_ptr<ov::Node>> unnamed;
  for (const auto& node : model->get_ordered_ops()) {
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

}  // namespace

std::shared_ptr<ov::Model> normalise(const std::shared_ptr<const ov::Model>& model) {
  std::shared_ptr<ov::Model> copy = model->clone();
  try {
    ov::pass::Manager manager;
    // use_shapes = false: a model read with dynamic shapes, or reshaped later, stays reshapable.
    manager.register_pass<ov::pass::MOCTransformations>(false, true);
    manager.run_passes(copy);
    copy->validate_nodes_and_infer_types();
  } catch (const ov::Exception& error) {
    throw Error(ErrorKind::runtime, std::string("normalising the model: the runtime failed: ") + error.what());
  }
  rename(copy, given_names(*model));
  return copy;
}

}  // namespace octune::graph
