// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "layerwise/descent.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "layerwise/adam.hpp"
#include "layerwise/batches.hpp"
#include "layerwise/gradients.hpp"
#include "layerwise/layer_model.hpp"

namespace octune::layerwise {
namespace {

/// The standard deviation of the error, per channel: the bias moves in parts of it.
std::vector<float> error_deviations(const LayerProblem& problem, const LayerSolution& layer,
                                    std::span<const float> inputs, int threads) {
  const std::vector<float> weights = dequantized(problem, layer.integers, layer.weights_quantizer);
  const std::vector<float> y = outputs(problem, inputs, weights, layer.bias, threads);
  const std::size_t channels = problem.channels();
  std::vector<double> sums(channels), squares(channels);
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double error = static_cast<double>(y[i]) - static_cast<double>(problem.tuning.targets[i]);
    sums[i % channels] += error;
    squares[i % channels] += error * error;
  }
  const double rows = static_cast<double>(y.size() / channels);
  std::vector<float> result(channels);
  for (std::size_t c = 0; c < channels; ++c)
    result[c] = static_cast<float>(std::sqrt(std::max(0.0, squares[c] / rows - sums[c] / rows * sums[c] / rows)));
  return result;
}

float rate(double value) { return static_cast<float>(value); }

}  // namespace

LayerSolution descend(const LayerProblem& problem, const LayerSolution& start, const LayerwiseOptions& options,
                      std::uint64_t seed, int threads) {
  LayerSolution best = start;
  LooseLayer layer = loosened(problem, start);
  const std::vector<float> rounded_rows =
      rounded_inputs(problem, start.input_quantizer, problem.tuning.inputs, threads);
  const std::vector<float> deviations = error_deviations(problem, start, rounded_rows, threads);
  const std::span<const float> all_inputs = layer.log_in_scale ? problem.tuning.inputs : rounded_rows;

  Adam integers(layer.integers.size()), scales(layer.log_scales.size()), bias(problem.channels()), in_scale(1);
  Batches batches(problem, all_inputs, options.batch_size, seed);
  std::size_t idle_looks = 0;
  for (std::size_t step = 1; step <= options.steps && idle_looks < options.patience; ++step) {
    batches.next();
    const Gradients gradients =
        loss_and_gradients(problem, layer, batches.inputs(), batches.targets(), threads).gradients;
    integers.step(layer.integers, gradients.integers, [&](std::size_t) { return rate(options.weights_lr); });
    scales.step(layer.log_scales, gradients.log_scales, [&](std::size_t) { return rate(options.scale_lr); });
    bias.step(layer.bias, gradients.bias, [&](std::size_t c) { return rate(options.bias_lr) * deviations[c]; });
    if (layer.log_in_scale) {
      in_scale.step(std::span(&*layer.log_in_scale, 1), std::span(&*gradients.log_in_scale, 1),
                    [&](std::size_t) { return rate(options.input_scale_lr); });
    }
    if (step % kStepsALook != 0 && step != options.steps) continue;
    LayerSolution now = solidified(problem, layer);
    now.loss_before = start.loss_before;
    now.loss_after = loss_of(problem, now, problem.held_out, threads);
    ++idle_looks;
    if (now.loss_after < best.loss_after) {
      best = std::move(now);
      idle_looks = 0;
    }
  }
  return best;
}

}  // namespace octune::layerwise
