// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "layerwise/least_squares.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "base/parallel.hpp"
#include "layerwise/cholesky.hpp"
#include "layerwise/error_feedback.hpp"
#include "layerwise/input_range.hpp"
#include "layerwise/layer_model.hpp"
#include "layerwise/sure_fall.hpp"

namespace octune::layerwise {
namespace {

/// Ridges to choose from, in parts of the mean square of the (centred) inputs.
constexpr std::array kRidges{0.003F, 0.03F, 0.3F, 3.0F, 30.0F};
/// Rounding needs the factor of a matrix that is positive definite even where inputs depend on one another, and that a
/// few rows did not shape by chance: at least this, and K / N.
constexpr float kRoundingRidge = 0.01F;
/// Channels that are rounded in one piece.
constexpr std::size_t kChannels = 16;

/// Rows of one group around the mean: what is to be explained, and by what. The bias drops out.
struct CentredRows {
  std::vector<float> inputs;     ///< [n][K]
  std::vector<float> residuals;  ///< [n][M], targets minus what the float weights give
  std::vector<double> input_means, target_means;
  std::size_t rows = 0;
};

std::vector<double> column_means(const ConstMatrix& m) {
  std::vector<double> means(m.columns);
  for (std::size_t r = 0; r < m.rows; ++r) {
    for (std::size_t k = 0; k < m.columns; ++k) means[k] += static_cast<double>(m.data[r * m.stride + k]);
  }
  for (double& mean : means) mean /= static_cast<double>(m.rows);
  return means;
}

std::vector<float> without_means(const ConstMatrix& m, const std::vector<double>& means) {
  std::vector<float> result(m.rows * m.columns);
  for (std::size_t r = 0; r < m.rows; ++r) {
    for (std::size_t k = 0; k < m.columns; ++k)
      result[r * m.columns + k] = static_cast<float>(static_cast<double>(m.data[r * m.stride + k]) - means[k]);
  }
  return result;
}

CentredRows centred(const LayerProblem& problem, std::span<const float> inputs, std::size_t g, int threads) {
  CentredRows result;
  const ConstMatrix x = group_inputs(problem, inputs, g), y = group_outputs(problem, problem.tuning.targets, g);
  result.rows = x.rows;
  result.input_means = column_means(x);
  result.target_means = column_means(y);
  result.inputs = without_means(x, result.input_means);
  result.residuals = without_means(y, result.target_means);
  multiply(ConstMatrix(result.inputs.data(), x.rows, x.columns, x.columns),
           transposed(group_weights(problem, problem.weights.data(), g)),
           Matrix{result.residuals.data(), y.rows, y.columns, y.columns}, threads, {-1, 1});
  return result;
}

ConstMatrix some_rows(const std::vector<float>& values, std::size_t columns, std::size_t first, std::size_t last) {
  return {values.data() + first * columns, last - first, columns, columns};
}

/// Sums over rows: H = X^T * X (lower triangle) and C = R^T * X.
struct Moments {
  std::vector<float> gram, cross;
  std::size_t inputs, outputs;

  Moments(std::size_t k, std::size_t m) : gram(k * k), cross(m * k), inputs(k), outputs(m) {}

  void add(const CentredRows& rows, std::size_t first, std::size_t last, int threads) {
    const ConstMatrix x = some_rows(rows.inputs, inputs, first, last);
    add_gram(x, 1, Matrix{gram.data(), inputs, inputs, inputs}, threads);
    multiply(transposed(some_rows(rows.residuals, outputs, first, last)), x,
             Matrix{cross.data(), outputs, inputs, inputs}, threads, {1, 1});
  }

  float mean_square() const {
    double sum = 0;
    for (std::size_t k = 0; k < inputs; ++k) sum += static_cast<double>(gram[k * inputs + k]);
    return static_cast<float>(sum / static_cast<double>(inputs));
  }
};

/// The factor of H + ridge * mean square * I; empty if the inputs never change or H has no factor in floats.
std::vector<float> factor_of(const Moments& moments, float ridge, int threads) {
  const float added = ridge * moments.mean_square();
  if (!(added > 0)) return {};
  std::vector<float> factor = moments.gram;
  for (std::size_t k = 0; k < moments.inputs; ++k) factor[k * moments.inputs + k] += added;
  if (!cholesky(Matrix{factor.data(), moments.inputs, moments.inputs, moments.inputs}, threads)) return {};
  if (!std::isfinite(factor.back())) return {};  // sums too large for floats; the last element depends on all others
  return factor;
}

/// What to add to the float weights, [M][K]; zeros if there is no factor.
std::vector<float> weights_shift(const Moments& moments, const std::vector<float>& factor, int threads) {
  const std::size_t k = moments.inputs;
  if (factor.empty()) return std::vector<float>(moments.cross.size());
  std::vector<float> shift = moments.cross;
  solve(ConstMatrix(factor.data(), k, k, k), Matrix{shift.data(), moments.outputs, k, k}, threads);
  if (!std::all_of(shift.begin(), shift.end(), [](float value) { return std::isfinite(value); }))
    std::fill(shift.begin(), shift.end(), 0.0F);
  return shift;
}

/// The squared errors of the deciding rows, one list for each ridge and last that for no shift at all.
using RidgeErrors = std::array<std::vector<double>, kRidges.size() + 1>;

/// Those of group g.
RidgeErrors ridge_errors(const LayerProblem& problem, std::span<const float> inputs, std::size_t g, int threads) {
  const CentredRows rows = centred(problem, inputs, g, threads);
  const std::size_t k = problem.inputs, m = problem.outputs, fitted = rows.rows - deciding_rows(rows.rows);
  Moments moments(k, m);
  moments.add(rows, 0, fitted, threads);
  const ConstMatrix left = some_rows(rows.residuals, m, fitted, rows.rows);
  RidgeErrors errors;
  std::vector<float> error(left.rows * m);
  for (std::size_t i = 0; i <= kRidges.size(); ++i) {
    std::copy_n(left.data, error.size(), error.begin());
    if (i < kRidges.size()) {
      const std::vector<float> shift = weights_shift(moments, factor_of(moments, kRidges[i], threads), threads);
      multiply(some_rows(rows.inputs, k, fitted, rows.rows), transposed(ConstMatrix(shift.data(), m, k, k)),
               Matrix{error.data(), left.rows, m, m}, threads, {-1, 1});
    }
    errors[i].resize(left.rows);
    for (std::size_t e = 0; e < error.size(); ++e)
      errors[i][e / m] += static_cast<double>(error[e]) * static_cast<double>(error[e]);
  }
  return errors;
}

/// The ridge that lowers the error of the deciding rows most, and surely; none if no shift does.
std::optional<float> best_ridge(const LayerProblem& problem, std::span<const float> inputs, int threads) {
  std::vector<RidgeErrors> groups(problem.groups);
  for_groups(problem, threads, [&](std::size_t g, int inner) { groups[g] = ridge_errors(problem, inputs, g, inner); });
  RidgeErrors& total = groups.front();
  for (std::size_t g = 1; g < groups.size(); ++g) {
    for (std::size_t i = 0; i < total.size(); ++i) {
      for (std::size_t r = 0; r < total[i].size(); ++r) total[i][r] += groups[g][i][r];
    }
  }
  const std::span<const std::size_t> samples = problem.tuning.samples;
  const std::span<const std::size_t> deciding = samples.last(std::min(samples.size(), total.back().size()));
  std::optional<float> ridge;
  double largest = 0;
  for (std::size_t i = 0; i < kRidges.size(); ++i) {
    const double fall = sure_fall(total.back(), total[i], deciding);
    if (!(fall > largest)) continue;
    largest = fall;
    ridge = kRidges[i];
  }
  return ridge;
}

ChannelQuantizer channel_quantizer(const AffineQuantizer& quantizer, std::size_t c) {
  return {quantizer.scale_at(c), quantizer.zero_point_at(c), quantizer.lowest, quantizer.highest};
}

/// Group g of the solution: weights for this ridge (none: the float weights), rounded, and their bias.
void fit_group(const LayerProblem& problem, std::span<const float> inputs, std::size_t g, std::optional<float> ridge,
               int threads, LayerSolution& solution) {
  const CentredRows rows = centred(problem, inputs, g, threads);
  const std::size_t k = problem.inputs, m = problem.outputs;
  Moments moments(k, m);
  moments.add(rows, 0, rows.rows, threads);
  const float* weights = group_weights(problem, problem.weights.data(), g).data;
  std::vector<float> wanted(weights, weights + m * k);
  if (ridge) {
    const std::vector<float> shift = weights_shift(moments, factor_of(moments, *ridge, threads), threads);
    for (std::size_t i = 0; i < wanted.size(); ++i) wanted[i] += shift[i];
  }
  const float rounding_ridge = std::max(kRoundingRidge, static_cast<float>(k) / static_cast<float>(rows.rows));
  const std::vector<float> factor = factor_of(moments, rounding_ridge, threads);
  std::vector<float> importance(k);
  for (std::size_t i = 0; i < k; ++i) importance[i] = moments.gram[i * k + i];
  // Integers and scales change together: without a factor there are no other integers.
  const bool own_scales = !factor.empty() && solution.weights_quantizer.scale.size() == problem.channels();
  base::parallel_for((m + kChannels - 1) / kChannels, threads, [&](std::size_t chunk) {
    const std::size_t first = chunk * kChannels, count = std::min(kChannels, m - first);
    std::vector<ChannelQuantizer> quantizers;
    for (std::size_t i = first; i < first + count; ++i) {
      const std::size_t c = g * m + i;
      quantizers.push_back(channel_quantizer(solution.weights_quantizer, c));
      if (!own_scales) continue;
      quantizers.back().scale = best_scale(std::span(wanted).subspan(i * k, k), importance, quantizers.back());
      solution.weights_quantizer.scale[c] = quantizers.back().scale;
    }
    const std::span<std::int16_t> integers = std::span(solution.integers).subspan((g * m + first) * k, count * k);
    if (!factor.empty()) {
      round_with_feedback(ConstMatrix(factor.data(), k, k, k), ConstMatrix(wanted.data() + first * k, count, k, k),
                          quantizers, integers);
    }
    for (std::size_t i = 0; i < count; ++i) {
      double mean = rows.target_means[first + i];
      for (std::size_t j = 0; j < k; ++j) {
        const int integer = integers[i * k + j] - quantizers[i].zero_point;
        mean -= static_cast<double>(static_cast<float>(integer) * quantizers[i].scale) * rows.input_means[j];
      }
      solution.bias[g * m + first + i] = static_cast<float>(mean);
    }
  });
}

}  // namespace

LayerSolution shift_outputs(const LayerProblem& problem, int threads) {
  LayerSolution solution = unchanged(problem);
  if (solution.input_quantizer)
    solution.input_quantizer = best_input_range(problem, *solution.input_quantizer, threads);
  const std::vector<float> inputs = rounded_inputs(problem, solution.input_quantizer, problem.tuning.inputs, threads);
  const std::vector<float> weights = dequantized(problem, solution.integers, solution.weights_quantizer);
  const std::vector<float> y = outputs(problem, inputs, weights, solution.bias, threads);
  const std::size_t channels = problem.channels();
  std::vector<double> missing(channels);
  for (std::size_t i = 0; i < y.size(); ++i)
    missing[i % channels] += static_cast<double>(problem.tuning.targets[i]) - static_cast<double>(y[i]);
  for (std::size_t c = 0; c < channels; ++c)
    solution.bias[c] += static_cast<float>(missing[c] / static_cast<double>(y.size() / channels));
  return solution;
}

std::size_t deciding_rows(std::size_t rows) { return rows < 5 ? 0 : rows / 5; }

LayerSolution regress(const LayerProblem& problem, int threads) {
  LayerSolution solution = unchanged(problem);
  if (solution.input_quantizer)
    solution.input_quantizer = best_input_range(problem, *solution.input_quantizer, threads);
  const std::vector<float> inputs = rounded_inputs(problem, solution.input_quantizer, problem.tuning.inputs, threads);

  const std::optional<float> ridge = best_ridge(problem, inputs, threads);
  for_groups(problem, threads,
             [&](std::size_t g, int inner) { fit_group(problem, inputs, g, ridge, inner, solution); });
  return solution;
}

}  // namespace octune::layerwise
