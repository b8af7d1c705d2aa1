// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <openvino/core/model.hpp>
#include <string>
#include <vector>

#include "octune/plan.hpp"
#include "octune/quantize.hpp"
#include "octune/statistics.hpp"
#include "quantize/bias_correction.hpp"

namespace octune::quantization {

struct Applied {
  std::shared_ptr<ov::Model> model;
  std::size_t aligned_pairs = 0;
  std::size_t smoothed_inputs = 0;
  std::vector<LeftAlone> unaligned_pairs;
  std::size_t corrected_biases = 0;
  std::vector<LeftAlone> uncorrected_biases;
  std::vector<UncorrectedLayer> waiting;  ///< for correct_biases(), if the plan says sequential
};

/// The low-precision copy of the normalised `model` that `plan` describes, from collected statistics alone: no
/// inference, no data. Channel alignment, then weights as integers, fast bias correction, FakeQuantize on activations.
/// Deterministic, for any number of threads (0: all cores).
Applied apply(const std::shared_ptr<const ov::Model>& model, const Plan& plan, Statistics statistics, int threads = 0);

/// The float model that apply() rounds: channels aligned and inputs smoothed, nothing else. It computes the same as
/// `model`; its tensors are what those of the low-precision model stand for.
std::shared_ptr<ov::Model> rescaled(const std::shared_ptr<const ov::Model>& model, const Plan& plan,
                                    Statistics statistics, int threads = 0);

}  // namespace octune::quantization
