// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>

#include "layerwise/descent.hpp"
#include "layerwise/layer_model.hpp"
#include "layerwise/least_squares.hpp"
#include "layerwise/sure_fall.hpp"

namespace octune::layerwise {
namespace {

constexpr std::size_t kLeastRows = 32;
constexpr std::size_t kMostInputs = 8192;

/// Least squares are held back by a ridge where rows are few; a descent is not.
bool may_descend(const LayerProblem& problem) {
  return problem.tuning.targets.size() / problem.channels() >= 2 * (problem.inputs + 1);
}

}  // namespace

std::string reason_for_fixed_weights(const LayerProblem& problem) {
  if (problem.inputs > kMostInputs) return fmt::format("it has more than {} inputs", kMostInputs);
  if (problem.tuning.targets.size() < kLeastRows * problem.channels())
    return fmt::format("there are fewer than {} rows to tune on", kLeastRows);
  return {};
}

LayerSolution solve(const LayerProblem& problem, const LayerwiseOptions& options, std::uint64_t seed, int threads) {
  validate(problem);
  LayerSolution before = unchanged(problem);
  before.loss_before = before.loss_after = loss(problem, problem.held_out, threads);
  if (!(before.loss_before > 0)) return before;

  const bool weights = reason_for_fixed_weights(problem).empty();
  LayerSolution found = weights ? regress(problem, threads) : shift_outputs(problem, threads);
  found.loss_before = before.loss_before;
  found.loss_after = loss_of(problem, found, problem.held_out, threads);
  const auto errors_before = row_errors(problem, before, problem.held_out, threads);
  const auto fall_of = [&](const LayerSolution& solution) {
    return sure_fall(errors_before, row_errors(problem, solution, problem.held_out, threads), problem.held_out.samples);
  };
  double fall = fall_of(found);
  if (weights && options.method == LayerwiseMethod::finetune && may_descend(problem)) {
    LayerSolution descended = descend(problem, found, options, seed, threads);
    const double its_fall = fall_of(descended);
    if (its_fall > fall || std::isnan(fall)) {
      found = std::move(descended);
      fall = its_fall;
    }
  }
  // Not a number, too: outputs may be too large for floats.
  if (!(fall > 0)) return before;
  found.improved = true;
  return found;
}

}  // namespace octune::layerwise
