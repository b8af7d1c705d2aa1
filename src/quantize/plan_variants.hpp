// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openvino/core/model.hpp>
#include <span>
#include <string>
#include <vector>

#include "octune/options.hpp"
#include "octune/plan.hpp"

namespace octune::quantization {

/// A plan for the whole model, and what makes it differ from the others.
struct PlanVariant {
  std::string name;
  std::string summary;
  PlanOptions options;
  Plan plan;
};

/// The plans worth trying on a normalised model, the one expected to be fastest first: the presets, light operations in
/// floating point, the transformers' rules where they do not hold anyway. What `options` fixes is the same in all: with
/// a preset there are the variants of that preset only. Plans that quantize nothing, and plans equal to one before, are
/// left out; empty if none is left. `notes` gets what was left out, a sentence each.
std::vector<PlanVariant> plan_variants(const ov::Model& model, const PlanOptions& options,
                                       std::vector<std::string>& notes);

/// The same plans with sequential bias correction, of those variants that it makes sense for: the plain presets that
/// correct biases at all. It needs no other statistics, but runs the quantized model.
std::vector<PlanVariant> thorough_variants(const ov::Model& model, std::span<const PlanVariant> variants);

}  // namespace octune::quantization
