// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <map>

#include "layerwise/descent.hpp"
#include "layerwise/layer_model.hpp"
#include "layerwise/least_squares.hpp"

namespace octune::layerwise {
namespace {

constexpr std::size_t kRowsAnInput = 2;
constexpr std::size_t kMostInputs = 8192;
constexpr double kStandardErrors = 2;

/// Whether the sum over samples of before - after is more than its noise: sums of rows of one sample are one
/// observation. False for NaN, too: outputs may be too large for floats.
bool falls_clearly(const std::vector<double>& before, const std::vector<double>& after,
                   const std::vector<std::size_t>& samples) {
  struct Sum {
    double gain = 0, rows = 0;
  };
  std::map<std::size_t, Sum> sums;
  const bool of_one = samples.empty() || samples.front() == samples.back();
  double total = 0;
  for (std::size_t r = 0; r < before.size(); ++r) {
    Sum& sum = sums[of_one ? r : samples[r]];
    sum.gain += before[r] - after[r];
    sum.rows += 1;
    total += before[r] - after[r];
  }
  if (sums.size() < 2) return false;
  double squares = 0;
  for (const auto& [sample, sum] : sums) {
    const double deviation = sum.gain - total * sum.rows / static_cast<double>(before.size());
    squares += deviation * deviation;
  }
  const auto count = static_cast<double>(sums.size());
  return total > kStandardErrors * std::sqrt(squares * count / (count - 1));
}

}  // namespace

bool fits_weights(const LayerProblem& problem) {
  const std::size_t rows = problem.tuning.targets.size() / problem.channels();
  return problem.inputs <= kMostInputs && rows >= kRowsAnInput * (problem.inputs + 1);
}

LayerSolution solve(const LayerProblem& problem, const LayerwiseOptions& options, std::uint64_t seed, int threads) {
  validate(problem);
  LayerSolution before = unchanged(problem);
  before.loss_before = before.loss_after = loss(problem, problem.held_out, threads);
  if (!(before.loss_before > 0)) return before;

  const bool weights = fits_weights(problem);
  LayerSolution found = weights ? regress(problem, threads) : shift_outputs(problem, threads);
  found.loss_before = before.loss_before;
  found.loss_after = loss_of(problem, found, problem.held_out, threads);
  if (weights && options.method == LayerwiseMethod::finetune) found = descend(problem, found, options, seed, threads);
  if (!falls_clearly(row_errors(problem, before, problem.held_out, threads),
                     row_errors(problem, found, problem.held_out, threads), problem.held_out.samples))
    return before;
  found.improved = true;
  return found;
}

}  // namespace octune::layerwise
