// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openvino/core/model.hpp>

#include "octune/options.hpp"

namespace octune::quantization {

/// Throws Error{input} that lists everything about `options` no plan can be made of: bits, levels, probabilities and
/// estimator types out of range.
void validate(const PlanOptions& options);

}  // namespace octune::quantization
