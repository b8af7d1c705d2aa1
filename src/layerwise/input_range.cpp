// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "layerwise/input_range.hpp"

#include <algorithm>
#include <vector>

#include "layerwise/layer_model.hpp"

namespace octune::layerwise {
namespace {

constexpr std::size_t kMostRows = 1024;  ///< enough to tell one scale from the other
constexpr float kStep = 1.05F;
constexpr int kMostSteps = 16;  ///< to either side: a factor of 2.2

/// At most kMostRows rows, evenly spread.
Rows some_of(const LayerProblem& problem, const Rows& rows) {
  const std::size_t columns = problem.columns(), channels = problem.channels(), count = rows.inputs.size() / columns;
  const std::size_t taken = std::min(count, kMostRows);
  Rows result;
  result.inputs.resize(taken * columns);
  result.targets.resize(taken * channels);
  for (std::size_t i = 0; i < taken; ++i) {
    const std::size_t row = i * count / taken;
    std::copy_n(rows.inputs.data() + row * columns, columns, result.inputs.data() + i * columns);
    std::copy_n(rows.targets.data() + row * channels, channels, result.targets.data() + i * channels);
  }
  return result;
}

/// The squared error of the float weights around its mean in each channel, which the bias takes away.
double error_of(const LayerProblem& problem, const AffineQuantizer& quantizer, const Rows& rows, int threads) {
  const std::vector<float> inputs = rounded_inputs(problem, quantizer, rows.inputs, threads);
  const std::vector<float> y = outputs(problem, inputs, problem.weights, problem.bias, threads);
  const std::size_t channels = problem.channels();
  std::vector<double> sums(channels);
  double squares = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double error = static_cast<double>(y[i]) - static_cast<double>(rows.targets[i]);
    sums[i % channels] += error;
    squares += error * error;
  }
  for (const double sum : sums) squares -= sum * sum / static_cast<double>(y.size() / channels);
  return squares;
}

}  // namespace

AffineQuantizer best_input_range(const LayerProblem& problem, const AffineQuantizer& quantizer, int threads) {
  AffineQuantizer best = quantizer;
  if (!problem.tunes_input_range || quantizer.scale.size() != 1) return best;
  const Rows rows = some_of(problem, problem.tuning);
  double least = error_of(problem, best, rows, threads);
  for (const float step : {1 / kStep, kStep}) {
    AffineQuantizer tried = quantizer;
    for (int i = 0; i < kMostSteps; ++i) {
      tried.scale[0] *= step;
      const double error = error_of(problem, tried, rows, threads);
      if (!(error < least)) break;
      least = error;
      best = tried;
    }
  }
  return best;
}

}  // namespace octune::layerwise
