// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openvino/runtime/compiled_model.hpp>
#include <string>
#include <vector>

#include "octune/quantize.hpp"

namespace octune::quantization {

/// In what precision the compiled model executes each operation that the plan quantizes, read from the runtime graph.
/// An operation without an execution of its own (fused into a neighbour, or optimised away) is "fused".
std::vector<ExecutedOperation> executed_operations(const ov::CompiledModel& compiled, const Plan& plan);

/// One warning that names the operations planned in integers that run in floating point; empty if there are none.
std::string warning_about(const std::vector<ExecutedOperation>& executed);

}  // namespace octune::quantization
