// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <openvino/core/model.hpp>
#include <string>
#include <vector>

#include "octune/plan.hpp"
#include "octune/statistics.hpp"

namespace octune::quantization {

struct Applied {
  std::shared_ptr<ov::Model> model;
  std::size_t aligned_pairs = 0;
  std::size_t corrected_biases = 0;
};

/// The low-precision copy of the normalised `model` that `plan` describes, from collected statistics alone: no
/// inference, no data. Channel alignment, then weights as integers, bias correction, FakeQuantize on activations.
/// Deterministic.
Applied apply(const std::shared_ptr<const ov::Model>& model, const Plan& plan, Statistics statistics);

}  // namespace octune::quantization
