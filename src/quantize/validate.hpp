// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openvino/core/model.hpp>

#include "octune/options.hpp"

namespace octune::quantization {

/// Throws Error{input} that lists everything about `options` no plan can be made of: bits, levels, probabilities and
/// estimator types out of range.
void validate(const PlanOptions& options);

/// Throws Error{unsupported} that names the first FakeQuantize or FakeConvert of a model that is quantized already.
void refuse_quantized(const ov::Model& model);

/// "sub-graph 'x' (If) ..." for each operation with bodies of its own: what is inside stays in floating point.
std::vector<std::string> subgraph_warnings(const ov::Model& model);

}  // namespace octune::quantization
