// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "layerwise/gradients.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "base/multiversion.hpp"
#include "layerwise/layer_model.hpp"
#include "layerwise/products.hpp"

namespace octune::layerwise {
namespace {

/// Scales stay normal numbers whatever a descent does.
float scale_of(float log_scale) { return std::exp(std::clamp(log_scale, -80.0F, 80.0F)); }

float log_scale_at(const LooseLayer& layer, std::size_t c) {
  return layer.log_scales.size() == 1 ? layer.log_scales[0] : layer.log_scales[c];
}

struct Clamped {
  float value;  ///< the integer
  bool inside;  ///< nothing was cut off
};

Clamped clamped(float u, const AffineQuantizer& quantizer) {
  const float nearest = std::rint(u);
  const auto lowest = static_cast<float>(quantizer.lowest), highest = static_cast<float>(quantizer.highest);
  // In this order NaN becomes an integer, too.
  return {nearest > lowest ? std::min(nearest, highest) : lowest, nearest >= lowest && nearest <= highest};
}

OCTUNE_MULTIVERSION
std::vector<float> weights_of(const LayerProblem& problem, const LooseLayer& layer) {
  const AffineQuantizer& quantizer = problem.weights_quantizer;
  std::vector<float> result(layer.integers.size());
  for (std::size_t c = 0; c < problem.channels(); ++c) {
    const float scale = scale_of(log_scale_at(layer, c));
    const auto zero_point = static_cast<float>(quantizer.zero_point_at(c));
    for (std::size_t i = c * problem.inputs; i < (c + 1) * problem.inputs; ++i)
      result[i] = (clamped(layer.integers[i], quantizer).value - zero_point) * scale;
  }
  return result;
}

/// `values`, the loss's derivatives by the weights, become those by the loose integers and by their scales.
OCTUNE_MULTIVERSION
void through_weights(const LayerProblem& problem, const LooseLayer& layer, std::vector<float>& values,
                     std::vector<float>& by_log_scale) {
  const AffineQuantizer& quantizer = problem.weights_quantizer;
  by_log_scale.assign(layer.log_scales.size(), 0.0F);
  for (std::size_t c = 0; c < problem.channels(); ++c) {
    const float scale = scale_of(log_scale_at(layer, c));
    const auto zero_point = static_cast<float>(quantizer.zero_point_at(c));
    double sum = 0;
    for (std::size_t i = c * problem.inputs; i < (c + 1) * problem.inputs; ++i) {
      const Clamped integer = clamped(layer.integers[i], quantizer);
      sum += static_cast<double>(values[i]) * static_cast<double>((integer.value - zero_point) * scale);
      values[i] = integer.inside ? values[i] * scale : 0.0F;
    }
    by_log_scale[layer.log_scales.size() == 1 ? 0 : c] += static_cast<float>(sum);
  }
}

/// The derivative by the logarithm of the inputs' scale, from those by the rounded inputs.
OCTUNE_MULTIVERSION
float through_inputs(const AffineQuantizer& quantizer, std::span<const float> inputs,
                     std::span<const float> rounded_values, std::span<const float> by_input) {
  const float scale = quantizer.scale[0];
  const auto zero_point = static_cast<float>(quantizer.zero_point_at(0));
  double sum = 0;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const bool inside = clamped(inputs[i] / scale + zero_point, quantizer).inside;
    const float change = inside ? rounded_values[i] - inputs[i] : rounded_values[i];
    sum += static_cast<double>(by_input[i]) * static_cast<double>(change);
  }
  return static_cast<float>(sum);
}

}  // namespace

LayerSolution solidified(const LayerProblem& problem, const LooseLayer& layer) {
  LayerSolution result = unchanged(problem);
  for (std::size_t i = 0; i < layer.integers.size(); ++i)
    result.integers[i] = static_cast<std::int16_t>(clamped(layer.integers[i], problem.weights_quantizer).value);
  for (std::size_t i = 0; i < layer.log_scales.size(); ++i)
    result.weights_quantizer.scale[i] = scale_of(layer.log_scales[i]);
  result.bias = layer.bias;
  if (layer.log_in_scale) result.input_quantizer->scale[0] = scale_of(*layer.log_in_scale);
  return result;
}

LooseLayer loosened(const LayerProblem& problem, const LayerSolution& solution) {
  LooseLayer result;
  result.integers.assign(solution.integers.begin(), solution.integers.end());
  for (const float scale : solution.weights_quantizer.scale) result.log_scales.push_back(std::log(scale));
  result.bias = solution.bias;
  if (problem.tunes_input_range && solution.input_quantizer && solution.input_quantizer->scale.size() == 1)
    result.log_in_scale = std::log(solution.input_quantizer->scale[0]);
  return result;
}

LinearGradients linear_gradients(const LayerProblem& problem, std::span<const float> weights,
                                 std::span<const float> bias, std::span<const float> inputs,
                                 std::span<const float> targets, int threads) {
  LinearGradients result;
  result.outputs = outputs(problem, inputs, weights, bias, threads);
  std::vector<float>& error = result.outputs;
  std::vector<double> by_bias(problem.channels());
  const double count = static_cast<double>(error.size());
  const auto twice = static_cast<float>(2 / count);
  double sum = 0;
  for (std::size_t i = 0; i < error.size(); ++i) {
    const float difference = error[i] - targets[i];
    sum += static_cast<double>(difference) * static_cast<double>(difference);
    error[i] = difference * twice;  // from here on the derivatives by the outputs
    by_bias[i % problem.channels()] += static_cast<double>(error[i]);
  }
  result.loss = sum / count;
  for (const double derivative : by_bias) result.bias.push_back(static_cast<float>(derivative));

  result.weights.resize(weights.size());
  for_groups(problem, threads, [&](std::size_t g, int inner) {
    const std::size_t k = problem.inputs, m = problem.outputs;
    multiply(transposed(group_outputs(problem, error, g)), group_inputs(problem, inputs, g),
             Matrix{result.weights.data() + g * m * k, m, k, k}, inner);
  });
  return result;
}

LossAndGradients loss_and_gradients(const LayerProblem& problem, const LooseLayer& layer, std::span<const float> inputs,
                                    std::span<const float> targets, int threads) {
  std::optional<AffineQuantizer> quantizer;
  std::vector<float> storage;
  std::span<const float> x = inputs;
  if (layer.log_in_scale) {
    quantizer = problem.input_quantizer;
    quantizer->scale[0] = scale_of(*layer.log_in_scale);
    storage = rounded_inputs(problem, quantizer, inputs, threads);
    x = storage;
  }
  const std::vector<float> weights = weights_of(problem, layer);
  LinearGradients linear = linear_gradients(problem, weights, layer.bias, x, targets, threads);

  LossAndGradients result;
  result.loss = linear.loss;
  result.gradients.bias = std::move(linear.bias);
  result.gradients.integers = std::move(linear.weights);
  through_weights(problem, layer, result.gradients.integers, result.gradients.log_scales);
  if (!quantizer) return result;
  std::vector<float> by_input(inputs.size());
  for_groups(problem, threads, [&](std::size_t g, int inner) {
    const std::size_t rows = inputs.size() / problem.columns();
    multiply(group_outputs(problem, linear.outputs, g), group_weights(problem, weights.data(), g),
             Matrix{by_input.data() + g * problem.inputs, rows, problem.inputs, problem.columns()}, inner);
  });
  result.gradients.log_in_scale = through_inputs(*quantizer, inputs, x, by_input);
  return result;
}

}  // namespace octune::layerwise
