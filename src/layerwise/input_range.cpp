// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "layerwise/input_range.hpp"

#include <algorithm>
#include <vector>

#include "layerwise/layer_model.hpp"
#include "layerwise/sure_fall.hpp"

namespace octune::layerwise {
namespace {

/// Rows that are looked at: so many that the layer takes that many multiplications, and 1024 at least. Of narrow layers
/// these are all. What lies beyond a range is rare, and weighs much.
constexpr std::size_t kMultiplications = 100'000'000;
constexpr std::size_t kLeastRows = 1024;
constexpr float kStep = 1.05F;
constexpr int kPatience = 3;    ///< of few levels the error goes up and down on its way
constexpr int kMostSteps = 16;  ///< to either side: a factor of 2.2

/// At most as many rows as are looked at, evenly spread.
Rows some_of(const LayerProblem& problem, const Rows& rows) {
  const std::size_t columns = problem.columns(), channels = problem.channels(), count = rows.inputs.size() / columns;
  const std::size_t taken = std::min(count, std::max(kLeastRows, kMultiplications / (columns * problem.outputs)));
  Rows result;
  result.inputs.resize(taken * columns);
  result.targets.resize(taken * channels);
  for (std::size_t i = 0; i < taken; ++i) {
    const std::size_t row = i * count / taken;
    std::copy_n(rows.inputs.data() + row * columns, columns, result.inputs.data() + i * columns);
    std::copy_n(rows.targets.data() + row * channels, channels, result.targets.data() + i * channels);
    if (!rows.samples.empty()) result.samples.push_back(rows.samples[row]);
  }
  return result;
}

/// The squared error of every row with the float weights, around its mean in each channel, which the bias takes away.
std::vector<double> errors_of(const LayerProblem& problem, const AffineQuantizer& quantizer, const Rows& rows,
                              int threads) {
  const std::vector<float> inputs = rounded_inputs(problem, quantizer, rows.inputs, threads);
  const std::vector<float> y = outputs(problem, inputs, problem.weights, problem.bias, threads);
  const std::size_t channels = problem.channels(), count = y.size() / channels;
  std::vector<double> means(channels);
  for (std::size_t i = 0; i < y.size(); ++i)
    means[i % channels] += static_cast<double>(y[i]) - static_cast<double>(rows.targets[i]);
  for (double& mean : means) mean /= static_cast<double>(count);
  std::vector<double> errors(count);
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double error = static_cast<double>(y[i]) - static_cast<double>(rows.targets[i]) - means[i % channels];
    errors[i / channels] += error * error;
  }
  return errors;
}

}  // namespace

AffineQuantizer best_input_range(const LayerProblem& problem, const AffineQuantizer& quantizer, int threads) {
  AffineQuantizer best = quantizer;
  if (!problem.tunes_input_range || quantizer.scale.size() != 1) return best;
  const Rows rows = some_of(problem, problem.tuning);
  const std::vector<double> now = errors_of(problem, best, rows, threads);
  double largest = 0;
  for (const float step : {1 / kStep, kStep}) {
    AffineQuantizer tried = quantizer;
    int idle = 0;
    for (int i = 0; i < kMostSteps && idle < kPatience; ++i) {
      tried.scale[0] *= step;
      const double fall = sure_fall(now, errors_of(problem, tried, rows, threads), rows.samples);
      ++idle;
      if (!(fall > largest)) continue;
      largest = fall;
      best = tried;
      idle = 0;
    }
  }
  return best;
}

}  // namespace octune::layerwise
