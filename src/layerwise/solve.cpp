// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "layerwise/descent.hpp"
#include "layerwise/layer_model.hpp"
#include "layerwise/least_squares.hpp"

namespace octune::layerwise {

LayerSolution solve(const LayerProblem& problem, const LayerwiseOptions& options, std::uint64_t seed, int threads) {
  validate(problem);
  LayerSolution before = unchanged(problem);
  before.loss_before = before.loss_after = loss(problem, problem.held_out, threads);
  if (!(before.loss_before > 0)) return before;

  LayerSolution found = regress(problem, threads);
  found.loss_before = before.loss_before;
  found.loss_after = loss_of(problem, found, problem.held_out, threads);
  if (options.method == LayerwiseMethod::finetune) found = descend(problem, found, options, seed, threads);
  // "Not less" is true of NaN as well: outputs may be too large for floats.
  if (!(found.loss_after < found.loss_before)) return before;
  found.improved = true;
  return found;
}

}  // namespace octune::layerwise
