// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openvino/core/model.hpp>

#include "octune/options.hpp"
#include "octune/plan.hpp"
#include "octune/statistics.hpp"
#include "target/capability.hpp"

/// What is inside If, Loop and TensorIterator. The runtime executes it in integers like anything else
/// (docs/decisions/0005-sub-graphs.md), so each body is planned as a model of its own; FakeQuantize never stands across
/// its border. Bodies of sub-graphs inside other sub-graphs stay in floating point.
namespace octune::quantization {

/// Fills quantizers and operations of all bodies of `model` into `plan`, as place_quantizers() does for the model
/// itself, and counts their operations. A sub-graph inside a sub-graph leaves a warning.
void place_in_sub_graphs(const ov::Model& model, const target::CapabilityTable& table, const PlanOptions& options,
                         Preset preset, Plan& plan);

/// Takes out of `plan` the bodies that no calibration sample has entered (a branch never taken, a loop without
/// iterations), for they have no ranges; their operations get the reason, and the plan a warning for each body.
void leave_out_unseen(const Statistics& statistics, Plan& plan);

}  // namespace octune::quantization
