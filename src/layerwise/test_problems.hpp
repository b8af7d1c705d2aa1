// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "base/random.hpp"
#include "layerwise/layer_problem.hpp"

namespace octune::layerwise {

struct TestShape {
  std::size_t groups = 1, inputs = 6, outputs = 4;
  std::size_t rows = 200;
  bool per_channel = true;
  bool zero_points = false;
  bool tunes_input_range = false;
  bool float_inputs = false;
  /// How far the targets are from what the float weights give: the shift of the layer's inputs by earlier layers.
  double disturbance = 0.3;
};

inline float uniform(base::RandomStream& random, double low, double high) {
  return static_cast<float>(low + (high - low) * random.uniform());
}

/// A layer with random weights rounded plainly to few bits. Targets are those of other weights nearby, plus an offset:
/// something is to be gained.
inline LayerProblem test_problem(const TestShape& shape) {
  base::RandomStream random(7);
  LayerProblem problem;
  problem.groups = shape.groups;
  problem.inputs = shape.inputs;
  problem.outputs = shape.outputs;
  const std::size_t channels = problem.channels(), k = shape.inputs;
  AffineQuantizer& quantizer = problem.weights_quantizer;
  quantizer.lowest = shape.zero_points ? -8 : -7;
  quantizer.highest = 7;
  for (std::size_t c = 0; c < (shape.per_channel ? channels : 1); ++c) {
    quantizer.scale.push_back(0.14F + 0.01F * static_cast<float>(c % 3));
    if (shape.zero_points) quantizer.zero_point.push_back(static_cast<int>(c % 3) - 1);
  }
  std::vector<float> true_weights;
  for (std::size_t i = 0; i < channels * k; ++i) {
    const std::size_t c = i / k;
    problem.weights.push_back(uniform(random, -0.9, 0.9));
    true_weights.push_back(problem.weights.back() + uniform(random, -1, 1) * static_cast<float>(shape.disturbance));
    const float integer =
        std::rint(problem.weights.back() / quantizer.scale_at(c)) + static_cast<float>(quantizer.zero_point_at(c));
    problem.integers.push_back(static_cast<std::int16_t>(
        std::clamp(integer, static_cast<float>(quantizer.lowest), static_cast<float>(quantizer.highest))));
  }
  for (std::size_t c = 0; c < channels; ++c) problem.bias.push_back(uniform(random, -1, 1));
  if (!shape.float_inputs) {
    AffineQuantizer input;
    input.scale = {0.1F};
    input.zero_point = {5};
    input.lowest = 0;
    input.highest = 20;  // -0.5..1.5
    problem.input_quantizer = input;
  }
  problem.tunes_input_range = shape.tunes_input_range;
  for (Rows* rows : {&problem.tuning, &problem.held_out}) {
    for (std::size_t r = 0; r < shape.rows; ++r) {
      const std::size_t first = rows->inputs.size();
      const float common = uniform(random, -0.2, 0.5);  // inputs depend on one another, as in real layers
      for (std::size_t i = 0; i < problem.columns(); ++i) rows->inputs.push_back(common + uniform(random, -0.8, 1.2));
      for (std::size_t c = 0; c < channels; ++c) {
        double sum = 0.2;
        for (std::size_t i = 0; i < k; ++i)
          sum += static_cast<double>(rows->inputs[first + c / shape.outputs * k + i]) *
                 static_cast<double>(true_weights[c * k + i]);
        rows->targets.push_back(static_cast<float>(sum));
      }
    }
  }
  return problem;
}

}  // namespace octune::layerwise
