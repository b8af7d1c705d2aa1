// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <openvino/core/model.hpp>
#include <string_view>

namespace octune::graph {

/// Which form of octune's own part of normalising this is: raised when passes, or the names that operations get,
/// change. Statistics refer to tensors of the normalised model by name, so that those of another version do not fit.
inline constexpr std::string_view kNormalizationVersion = "1";

/// A copy of `model` in the form that is quantized: batch normalisation folded, HSwish, GELU and LayerNorm fused,
/// constant and shape arithmetic folded (the runtime's own common transformations, MOC). Computes the same function.
/// Operations get unique friendly names. Without it FakeQuantize lands between a convolution and its batch
/// normalisation and fusions break: one recognition network falls from 96 % to 0 % accuracy. Doing it twice is harmless
/// and finds next to nothing to do.
std::shared_ptr<ov::Model> normalise(const std::shared_ptr<const ov::Model>& model);

}  // namespace octune::graph
