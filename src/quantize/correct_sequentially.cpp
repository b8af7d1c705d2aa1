// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/correct_sequentially.hpp"

#include <fmt/format.h>

#include "graph/queries.hpp"
#include "quantize/bias_correction.hpp"
#include "quantize/fast_bias_correction.hpp"
#include "quantize/output_error.hpp"

namespace octune::quantization {
namespace {

/// The same plan with FastBiasCorrection.
Plan with_fast_correction(const ov::Model& model, Plan plan) {
  const auto nodes = graph::nodes_by_name(model);
  plan.bias_correction = BiasCorrectionMethod::fast;
  std::erase_if(plan.bias_corrections,
                [&](const BiasCorrection& entry) { return fast_correction_harms(*nodes.at(entry.operation), plan); });
  return plan;
}

}  // namespace

void correct_sequentially(const Correction& correction, const Plan& plan, const Statistics& statistics,
                          Applied& applied, Observer& observer) {
  const auto reference = rescaled(correction.model, plan, statistics, correction.threads);
  applied.uncorrected_biases =
      correct_biases(correction.runtime, applied.model, reference, applied.waiting, correction.dataset, correction.used,
                     {.threshold = plan.bias_correction_threshold, .threads = correction.threads}, &observer);
  applied.corrected_biases = applied.waiting.size() - applied.uncorrected_biases.size();
  applied.waiting.clear();
}

std::optional<std::string> unless_fast_is_closer(const Correction& correction, Plan& plan, Statistics statistics,
                                                 Applied& applied, Observer& observer) {
  std::vector<std::size_t> indices;
  for (const std::size_t position : judging_samples(correction.used.size(), correction.dataset.sequence_length()))
    indices.push_back(correction.used[position]);
  if (indices.empty() || plan.bias_corrections.empty()) return std::nullopt;
  Plan fast_plan = with_fast_correction(*correction.model, plan);
  Applied fast = apply(correction.model, fast_plan, std::move(statistics));
  const OutputError error(correction.runtime, correction.model, correction.dataset, indices, correction.threads,
                          &observer);
  const auto of_sequential = error.of(applied.model, &observer);
  const auto of_fast = error.of(fast.model, &observer);
  if (!of_sequential || !of_fast || *of_sequential <= *of_fast) return std::nullopt;
  applied = std::move(fast);
  plan = std::move(fast_plan);
  return fmt::format(
      "BiasCorrection: on {} samples that it did not see the squared error of the outputs is {:.3g} times that of "
      "FastBiasCorrection, which is used instead",
      error.samples(), *of_sequential / *of_fast);
}

}  // namespace octune::quantization
