// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "layerwise/layer_problem.hpp"
#include "layerwise/products.hpp"

/// What a layer computes, on rows. Shapes and letters as in layer_problem.hpp.
namespace octune::layerwise {

/// (integer - zero point) * scale, [G][M][K].
std::vector<float> dequantized(const LayerProblem& problem, std::span<const std::int16_t> integers,
                               const AffineQuantizer& quantizer);

/// The rows as the layer reads them, [n][G][K]: rounded (half to even, as the runtime does) and clamped, or as they are
/// if there is no quantizer.
std::vector<float> rounded_inputs(const LayerProblem& problem, const std::optional<AffineQuantizer>& quantizer,
                                  std::span<const float> inputs, int threads);

/// outputs[n][G][M] = inputs[n][G][K] * weights[G][M][K]^T + bias[G][M].
std::vector<float> outputs(const LayerProblem& problem, std::span<const float> inputs, std::span<const float> weights,
                           std::span<const float> bias, int threads);

/// The mean of (a - b)^2.
double mean_squared_difference(std::span<const float> a, std::span<const float> b);

/// The loss of the layer with these parts in place of the problem's own.
double loss_of(const LayerProblem& problem, const LayerSolution& layer, const Rows& rows, int threads);

/// The squared error of every row, summed over channels: [n].
std::vector<double> row_errors(const LayerProblem& problem, const LayerSolution& layer, const Rows& rows, int threads);

/// The layer as the problem holds it, with no losses.
LayerSolution unchanged(const LayerProblem& problem);

/// Throws Error{input} unless shapes fit, there are rows, scales are positive and all numbers finite.
void validate(const LayerProblem& problem);

/// Views of group g: of weights its M x K; of n rows its n x K inputs or n x M outputs.
ConstMatrix group_weights(const LayerProblem& problem, const float* weights, std::size_t g);
ConstMatrix group_inputs(const LayerProblem& problem, std::span<const float> inputs, std::size_t g);
ConstMatrix group_outputs(const LayerProblem& problem, std::span<const float> values, std::size_t g);

/// work(g, threads that it may use) for all groups: they share the threads.
void for_groups(const LayerProblem& problem, int threads, const std::function<void(std::size_t, int)>& work);

}  // namespace octune::layerwise
