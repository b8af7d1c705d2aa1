// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "layerwise/layer_problem.hpp"

namespace octune::layerwise {

/// The layer with its integers let loose: what descent changes. Shapes as in layer_problem.hpp.
struct LooseLayer {
  std::vector<float> integers;        ///< u, [G][M][K]; the layer computes with u rounded and clamped
  std::vector<float> log_scales;      ///< of the weights, one or one a channel
  std::vector<float> bias;            ///< [G][M]
  std::optional<float> log_in_scale;  ///< of the inputs, if their range is tuned
};

/// Derivatives of the loss, each shaped as what it is the derivative of.
using Gradients = LooseLayer;

/// The integers rounded (half to even) and clamped, as a solution has them.
LayerSolution solidified(const LayerProblem& problem, const LooseLayer& layer);

/// And the way back. Scales are positive.
LooseLayer loosened(const LayerProblem& problem, const LayerSolution& solution);

/// The loss on rows, mean squared error to `targets` [n][G][M], and its derivatives by real weights [G][M][K], biases
/// and outputs [n][G][M]. `inputs`, [n][G][K], are as the layer reads them.
struct LinearGradients {
  double loss = 0;
  std::vector<float> weights, bias, outputs;
};
LinearGradients linear_gradients(const LayerProblem& problem, std::span<const float> weights,
                                 std::span<const float> bias, std::span<const float> inputs,
                                 std::span<const float> targets, int threads);

/// The loss on rows, mean squared error to `targets` [n][G][M], and its derivatives. `inputs`, [n][G][K], are rounded
/// here if layer.log_in_scale is given, otherwise they are taken as they are: rounded already.
///
/// With w = s * (clamp(round(u)) - z) the loss is smooth in the bias and in s: these derivatives are exact. The
/// rounding of u, and of inputs, has none of use: as in Bengio et al. 2013 (the straight-through estimator) a rounding
/// counts as the identity where nothing is clamped, and a clamped value as a constant. For the scale of the inputs that
/// makes d x^ / d log s = x^ - x inside and x^ where clamped (LSQ, Esser et al. 2020, in the logarithm).
/// docs/layerwise_mathematics.md derives all of them.
struct LossAndGradients {
  double loss = 0;
  Gradients gradients;
};
LossAndGradients loss_and_gradients(const LayerProblem& problem, const LooseLayer& layer, std::span<const float> inputs,
                                    std::span<const float> targets, int threads);

}  // namespace octune::layerwise
