// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <openvino/core/model.hpp>
#include <string>

#include "infer/finite.hpp"
#include "infer/runtime.hpp"
#include "octune/dataset.hpp"
#include "octune/plan.hpp"

namespace octune::calibration {

/// Runs `model` on one sample (fitted) with every tensor that `suspect` depends on as an output, and describes the
/// first in topological order that holds a value of the kind `found`: "tensor 'conv3' holds NaN for sample 'a.png';
/// ...". The suspect itself if none does, or says that it is empty. A constant of the model is no sample's fault. Only
/// for the error message: slow, and as much memory as all activations together.
std::string describe_non_finite(const infer::Runtime& runtime, const std::shared_ptr<const ov::Model>& model,
                                const Sample& sample, const std::string& sample_name, const TensorRef& suspect,
                                infer::Finiteness found);

}  // namespace octune::calibration
