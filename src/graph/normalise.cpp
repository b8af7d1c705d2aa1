// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "graph/normalise.hpp"

#include <openvino/core/version.hpp>
#include <openvino/pass/manager.hpp>
#include <openvino/pass/pass.hpp>
#include <set>
#include <string>

#include "graph/names.hpp"
#include "graph/queries.hpp"
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

void clear_marks(const ov::Model& model) {
  for (const auto& node : model.get_ops()) {
    node->get_rt_info().clear();
    for (const Body& body : bodies_of(*node)) clear_marks(*body.model);
  }
}

}  // namespace

std::shared_ptr<ov::Model> normalise(const std::shared_ptr<const ov::Model>& model) {
  std::shared_ptr<ov::Model> copy = model->clone();
  const std::set<std::string> given = name_bodies(given_names(*model), *copy);
  try {
    ov::pass::Manager manager;
    // use_shapes = false: a model read with dynamic shapes, or reshaped later, stays reshapable.
    manager.register_pass<ov::pass::MOCTransformations>(false, true);
    manager.run_passes(copy);
    // The passes leave marks on nodes that a file does not keep, and that make the plugin decompose what it would
    // execute whole: without them the model in memory compiles as the saved one does.
    clear_marks(*copy);
    copy->validate_nodes_and_infer_types();
  } catch (const ov::Exception& error) {
    throw Error(ErrorKind::runtime, std::string("normalising the model: the runtime failed: ") + error.what());
  }
  rename_all_but(given, *copy);
  return copy;
}

}  // namespace octune::graph
