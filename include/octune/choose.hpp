// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <limits>
#include <map>
#include <memory>
#include <openvino/core/model.hpp>
#include <optional>
#include <string>
#include <vector>

#include "octune/dataset.hpp"
#include "octune/observer.hpp"
#include "octune/options.hpp"
#include "octune/quantize.hpp"

namespace octune {

/// How far a model's outputs lie from the float model's for the same samples, without labels. A sample's number is, as
/// a mean over the outputs, the Kullback-Leibler divergence in nats where an output is a distribution, and the squared
/// error over the mean squared norm where it is not (see docs/choosing.md).
struct Divergence {
  double mean = 0;   ///< over the samples
  double worst = 0;  ///< mean over the worst tenth of them
};

/// How octune::quantize_auto() judges plans.
struct ChooseOptions {
  /// The largest Divergence::mean that is taken for as good as the float model. No tenth of the samples is then
  /// further off than ten times that, on average.
  double max_divergence = 0.07;
  std::size_t samples = 100;   ///< of the calibration samples, evenly spread; fewer if there are not as many
  double latency_seconds = 1;  ///< of measuring latencies, for all together; at least ten rounds of two models each
  /// Measured before, in milliseconds by name of the candidate: not measured again, so that the choice is the same.
  std::map<std::string, double> latencies_ms{};
};

/// One plan for the whole model, or the float model itself ("float f32", "float bf16"), and how it did.
struct Candidate {
  std::string name;     ///< "performance", "mixed", ...
  std::string summary;  ///< what is special about it, in words
  std::size_t quantized_operations = 0;
  double compile_s = 0;                  ///< that the runtime took to compile it
  std::optional<Divergence> divergence;  ///< none: it could not be judged, or was worse than others for sure
  std::optional<double> latency_ms;      ///< none: not measured, because others were better for sure
  std::string verdict;                   ///< why it was chosen or not
};

enum class Chosen {
  quantized,  ///< a quantized model
  floating    ///< the float model: no plan that is good enough is faster
};

/// The outcome of octune::quantize_auto().
struct ChooseResult {
  Chosen chosen = Chosen::quantized;
  std::string name;  ///< of the candidate chosen
  /// Of the chosen plan; of the fastest that is good enough (or the closest) if the float model was chosen, with
  /// `model` being null.
  QuantizeResult quantized;
  bool within_limit = true;           ///< false: no plan keeps max_divergence; the closest was taken
  std::vector<Candidate> candidates;  ///< in the order of plans, the float model's forms first
  std::size_t judged_samples = 0;
};

/// A plan for the whole model that quantize_auto() tries.
struct PlanCandidate {
  std::string name;
  std::string summary;  ///< what is special about it, in words
  Plan plan;
};

struct PlanCandidates {
  std::vector<PlanCandidate> plans;   ///< the one expected to be fastest first; none if nothing would be quantized
  std::vector<std::string> left_out;  ///< plans that are not tried and why, a sentence each
  std::vector<std::string> warnings;
};

/// The plans that quantize_auto() makes of `options` at first, without data. Where none of them is good enough it goes
/// on to the plain presets with sequential bias correction. Errors: as plan_quantization().
PlanCandidates plan_candidates(const std::shared_ptr<const ov::Model>& model, const PlanOptions& options = {});

/// Makes a handful of plans, builds the model of each from one set of statistics, and hands out the one that is fastest
/// on this machine among those whose outputs are near enough the float model's; the closest if none is. A later plan
/// takes the place of one before it if it is faster by more than 2 %.
///
/// `options.plan` rules: what it fixes is the same in all plans (a preset there means only that one). One pass over the
/// calibration data; then inference of `choose.samples` samples a plan. Throws what octune::quantize() throws.
ChooseResult quantize_auto(const std::shared_ptr<const ov::Model>& model, const Dataset& calibration,
                           const QuantizeOptions& options = {}, const ChooseOptions& choose = {},
                           Observer* observer = nullptr);

}  // namespace octune
