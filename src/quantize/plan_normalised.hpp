// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openvino/core/model.hpp>

#include "octune/options.hpp"
#include "octune/plan.hpp"

namespace octune::quantization {

/// plan_quantization() for a model that graph::normalise() has made already.
Plan plan_normalised(const ov::Model& model, const PlanOptions& options);

}  // namespace octune::quantization
