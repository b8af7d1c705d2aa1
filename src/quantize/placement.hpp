// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <openvino/core/model.hpp>

#include "octune/options.hpp"
#include "octune/plan.hpp"
#include "target/capability.hpp"

namespace octune::quantization {

/// Fills plan.operations and plan.quantizers (schemes and estimators too): where FakeQuantize goes in the normalised
/// `model`.
///
/// 1. Candidates are the operations the table quantizes, less those that are ignored, fused into another
/// (graph::fused_chains) or
///    kept in float (graph::kept_in_float, the transformer list).
/// 2. A light candidate (all but convolutions, MatMul, attention and embeddings) stays only if all its inputs come from
/// candidates
///    and all its consumers are candidates: alone between floating-point neighbours it costs accuracy and time.
///    docs/decisions/0001-light-operations.md has the measurement.
/// 3. Each remaining candidate wants its inputs quantized; the wish climbs over agnostic operations while every
/// consumer on the way
///    shares it and a common scheme is left (as POT and NNCF do, but never over a branch that wants floating point).
/// 4. Inputs of a Concat that is passed share one range.
void place_quantizers(const ov::Model& model, const target::CapabilityTable& table, const PlanOptions& options,
                      Preset preset, Plan& plan);

}  // namespace octune::quantization
