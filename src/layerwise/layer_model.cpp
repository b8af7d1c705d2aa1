// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "layerwise/layer_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "base/multiversion.hpp"
#include "base/parallel.hpp"
#include "octune/error.hpp"

namespace octune::layerwise {
namespace {

float clamped(float value, float lowest, float highest) {
  return value < lowest ? lowest : value > highest ? highest : value;
}

/// Rows that one thread takes at a time.
constexpr std::size_t kRows = 256;

/// Rounds half to even, clamps, and turns back.
OCTUNE_MULTIVERSION
void round_row(float* values, std::size_t count, float scale, int zero_point, const AffineQuantizer& quantizer) {
  const auto lowest = static_cast<float>(quantizer.lowest - zero_point);
  const auto highest = static_cast<float>(quantizer.highest - zero_point);
  for (std::size_t i = 0; i < count; ++i) values[i] = clamped(std::rint(values[i] / scale), lowest, highest) * scale;
}

[[noreturn]] void refuse(const std::string& what) { throw Error(ErrorKind::input, "layer-wise tuning: " + what); }

void expect_size(const char* name, std::size_t size, std::size_t expected) {
  if (size != expected) refuse(fmt::format("{} {} given; the layer needs {}", size, name, expected));
}

template <class Value>
void expect_finite(const char* name, const std::vector<Value>& values) {
  for (const Value value : values) {
    if (!std::isfinite(value))
      refuse(fmt::format("a number among the {} is not finite; check the model and the samples", name));
  }
}

void validate(const AffineQuantizer& quantizer, const char* name, std::size_t most) {
  if (quantizer.lowest >= quantizer.highest)
    refuse(
        fmt::format("the {} have integers {}..{}; at least two are needed", name, quantizer.lowest, quantizer.highest));
  const auto fits = [&](std::size_t size) { return size == 1 || size == most; };
  if (!fits(quantizer.scale.size()) || !(quantizer.zero_point.empty() || fits(quantizer.zero_point.size())))
    refuse(fmt::format("the {} have {} scales and {} zero points; allowed: 1 or {}", name, quantizer.scale.size(),
                       quantizer.zero_point.size(), most));
  for (const float scale : quantizer.scale) {
    if (!(scale > 0) || !std::isfinite(scale))
      refuse(fmt::format("a scale of the {} is {}; it has to be positive", name, scale));
  }
}

void validate(const LayerProblem& problem, const Rows& rows, const char* inputs, const char* targets) {
  if (rows.inputs.empty()) refuse(fmt::format("no {}; at least one row is needed", inputs));
  if (rows.inputs.size() % problem.columns() != 0)
    refuse(fmt::format("{} {} given; a row has {}", rows.inputs.size(), inputs, problem.columns()));
  const std::size_t count = rows.inputs.size() / problem.columns();
  expect_size(targets, rows.targets.size(), count * problem.channels());
  if (!rows.samples.empty()) expect_size("numbers of samples", rows.samples.size(), count);
  expect_finite(inputs, rows.inputs);
  expect_finite(targets, rows.targets);
}

}  // namespace

void validate(const LayerProblem& problem) {
  if (problem.groups == 0 || problem.inputs == 0 || problem.outputs == 0)
    refuse(fmt::format("a layer of {} groups, {} inputs and {} outputs; each has to be at least 1", problem.groups,
                       problem.inputs, problem.outputs));
  const std::size_t weights = problem.channels() * problem.inputs;
  expect_size("weights", problem.weights.size(), weights);
  expect_size("integers", problem.integers.size(), weights);
  expect_size("biases", problem.bias.size(), problem.channels());
  expect_finite("weights", problem.weights);
  expect_finite("biases", problem.bias);
  validate(problem.weights_quantizer, "weights", problem.channels());
  if (problem.input_quantizer) validate(*problem.input_quantizer, "inputs", problem.columns());
  for (const int integer : problem.integers) {
    if (integer < problem.weights_quantizer.lowest || integer > problem.weights_quantizer.highest)
      refuse(fmt::format("an integer of the weights is {}; allowed: {}..{}", integer, problem.weights_quantizer.lowest,
                         problem.weights_quantizer.highest));
  }
  validate(problem, problem.tuning, "inputs to tune on", "targets to tune on");
  validate(problem, problem.held_out, "inputs held out", "targets held out");
}

std::vector<float> dequantized(const LayerProblem& problem, std::span<const std::int16_t> integers,
                               const AffineQuantizer& quantizer) {
  std::vector<float> result(integers.size());
  for (std::size_t c = 0; c < problem.channels(); ++c) {
    const float scale = quantizer.scale_at(c);
    const int zero_point = quantizer.zero_point_at(c);
    for (std::size_t i = c * problem.inputs; i < (c + 1) * problem.inputs; ++i)
      result[i] = static_cast<float>(integers[i] - zero_point) * scale;
  }
  return result;
}

std::vector<float> rounded_inputs(const LayerProblem& problem, const std::optional<AffineQuantizer>& quantizer,
                                  std::span<const float> inputs, int threads) {
  std::vector<float> result(inputs.begin(), inputs.end());
  if (!quantizer) return result;
  const bool one = quantizer->scale.size() == 1 && quantizer->zero_point.size() <= 1;
  const std::size_t columns = problem.columns(), rows = inputs.size() / columns;
  base::parallel_for((rows + kRows - 1) / kRows, threads, [&](std::size_t block) {
    const std::size_t last = std::min(rows, (block + 1) * kRows);
    for (std::size_t r = block * kRows; r < last; ++r) {
      float* row = result.data() + r * columns;
      if (one) {
        round_row(row, columns, quantizer->scale[0], quantizer->zero_point_at(0), *quantizer);
      } else {
        for (std::size_t i = 0; i < columns; ++i)
          round_row(row + i, 1, quantizer->scale_at(i), quantizer->zero_point_at(i), *quantizer);
      }
    }
  });
  return result;
}

ConstMatrix group_weights(const LayerProblem& problem, const float* weights, std::size_t g) {
  return {weights + g * problem.outputs * problem.inputs, problem.outputs, problem.inputs, problem.inputs};
}

ConstMatrix group_inputs(const LayerProblem& problem, std::span<const float> inputs, std::size_t g) {
  return {inputs.data() + g * problem.inputs, inputs.size() / problem.columns(), problem.inputs, problem.columns()};
}

ConstMatrix group_outputs(const LayerProblem& problem, std::span<const float> values, std::size_t g) {
  return {values.data() + g * problem.outputs, values.size() / problem.channels(), problem.outputs, problem.channels()};
}

void for_groups(const LayerProblem& problem, int threads, const std::function<void(std::size_t, int)>& work) {
  if (problem.groups == 1) {
    work(0, threads);
  } else {
    base::parallel_for(problem.groups, threads, [&](std::size_t g) { work(g, 1); });
  }
}

std::vector<float> outputs(const LayerProblem& problem, std::span<const float> inputs, std::span<const float> weights,
                           std::span<const float> bias, int threads) {
  const std::size_t rows = inputs.size() / problem.columns();
  std::vector<float> result(rows * problem.channels());
  for (std::size_t r = 0; r < rows; ++r)
    std::copy(bias.begin(), bias.end(), result.begin() + static_cast<std::ptrdiff_t>(r * problem.channels()));
  for_groups(problem, threads, [&](std::size_t g, int inner) {
    const Matrix out{result.data() + g * problem.outputs, rows, problem.outputs, problem.channels()};
    multiply(group_inputs(problem, inputs, g), transposed(group_weights(problem, weights.data(), g)), out, inner,
             {1, 1});
  });
  return result;
}

double mean_squared_difference(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    sum += difference * difference;
  }
  return sum / static_cast<double>(a.size());
}

double loss_of(const LayerProblem& problem, const LayerSolution& layer, const Rows& rows, int threads) {
  const std::vector<float> inputs = rounded_inputs(problem, layer.input_quantizer, rows.inputs, threads);
  const std::vector<float> weights = dequantized(problem, layer.integers, layer.weights_quantizer);
  return mean_squared_difference(outputs(problem, inputs, weights, layer.bias, threads), rows.targets);
}

std::vector<double> row_errors(const LayerProblem& problem, const LayerSolution& layer, const Rows& rows, int threads) {
  const std::vector<float> inputs = rounded_inputs(problem, layer.input_quantizer, rows.inputs, threads);
  const std::vector<float> weights = dequantized(problem, layer.integers, layer.weights_quantizer);
  const std::vector<float> y = outputs(problem, inputs, weights, layer.bias, threads);
  std::vector<double> errors(y.size() / problem.channels());
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double error = static_cast<double>(y[i]) - static_cast<double>(rows.targets[i]);
    errors[i / problem.channels()] += error * error;
  }
  return errors;
}

LayerSolution unchanged(const LayerProblem& problem) {
  LayerSolution result;
  result.integers = problem.integers;
  result.weights_quantizer = problem.weights_quantizer;
  result.bias = problem.bias;
  result.input_quantizer = problem.input_quantizer;
  return result;
}

double loss(const LayerProblem& problem, const Rows& rows, int threads) {
  return loss_of(problem, unchanged(problem), rows, threads);
}

}  // namespace octune::layerwise
