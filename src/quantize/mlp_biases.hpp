// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <openvino/core/model.hpp>

namespace octune::quantization {

/// Keeps quantized multi-layer perceptrons from a fault of the CPU plugin (2026.4).
///
/// Where few rows meet a thread, the plugin makes one kernel of MatMul - activation - FakeQuantize - MatMul in
/// integers. If the first MatMul has no bias, or one that is the same for all channels, its results are wrong by many
/// orders of magnitude and differ from run to run. A bias of 1e-30 and 2e-30 in turn changes no result in f32 and is
/// enough.
///
/// Gives every such MatMul with quantized weights a bias like that, or makes a uniform one uneven in its last bit.
/// Returns how many were changed.
std::size_t give_uneven_biases(const std::shared_ptr<ov::Model>& model);

}  // namespace octune::quantization
