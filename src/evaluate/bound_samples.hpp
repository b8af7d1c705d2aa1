// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openvino/runtime/compiled_model.hpp>
#include <openvino/runtime/infer_request.hpp>
#include <string>
#include <vector>

#include "octune/dataset.hpp"

namespace octune::evaluate {

/// A sample ready to be handed to requests again and again: one tensor an input, in the model's order of inputs.
using BoundSample = std::vector<ov::Tensor>;

/// Error{input} "<where>: sample 0: ..." for a sample that does not fit the model, "<where>: no samples; ..." for none.
std::vector<BoundSample> bind_samples(const ov::CompiledModel& model, const std::vector<Sample>& samples,
                                      const std::string& where);

/// A model with state begins anew with every sample.
void set_inputs(ov::InferRequest& request, const BoundSample& sample);

}  // namespace octune::evaluate
