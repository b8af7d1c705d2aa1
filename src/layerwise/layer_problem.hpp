// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "octune/layerwise.hpp"

/// One linear layer, as a regression on rows: convolutions of any kind and MatMul look alike here.
///
/// A row is what one output position of the layer reads. With G groups, K inputs and M outputs a group:
///     y[g][m] = sum over k of  q(x[g][k]) * w[g][m][k]  +  bias[g][m]
/// K of a convolution is input channels a group times the elements of the kernel, in the memory order of the weights;
/// a depthwise convolution has M = K / kernel = 1, a MatMul G = 1. Channel g * M + m is called c below.
namespace octune::layerwise {

/// Integers and what turns them back: value = (integer - zero_point) * scale, integers in lowest..highest.
struct AffineQuantizer {
  std::vector<float> scale;     ///< positive; weights: one, or one a channel c; inputs: one, or G * K, one a column
  std::vector<int> zero_point;  ///< as many as scales, or empty if all are zero; in lowest..highest
  int lowest = -127;
  int highest = 127;

  /// Of the `i`th channel or column.
  float scale_at(std::size_t i) const { return scale.size() == 1 ? scale[0] : scale[i]; }
  int zero_point_at(std::size_t i) const {
    return zero_point.empty() ? 0 : zero_point.size() == 1 ? zero_point[0] : zero_point[i];
  }
};

/// Samples of what the layer reads and should give, in memory order. Rows of one sample lie together: the last ones
/// decide about the ridge (least_squares.hpp), and should not be of the same samples as those before.
struct Rows {
  std::vector<float> inputs;   ///< [count][G][K], before the layer's own activation quantizer rounds them
  std::vector<float> targets;  ///< [count][G][M], of the float model, after the bias
  /// [count], the number of the sample that a row is of: rows of one sample resemble one another. Empty: each row is
  /// taken for a sample of its own.
  std::vector<std::size_t> samples{};
};

struct LayerProblem {
  std::size_t groups = 1;   ///< G
  std::size_t inputs = 0;   ///< K, of a group
  std::size_t outputs = 0;  ///< M, of a group

  std::vector<float> weights;          ///< [G][M][K], in float, what the integers were made of
  std::vector<std::int16_t> integers;  ///< [G][M][K], what the quantized layer holds now
  AffineQuantizer weights_quantizer;   ///< of these integers
  std::vector<float> bias;             ///< [G][M], what the quantized layer holds now; zeros if it has none

  /// What rounds the rows; none if the layer reads them in float.
  std::optional<AffineQuantizer> input_quantizer;
  /// Others may read the same rounded values: then their range is not this layer's to change. With one scale only.
  bool tunes_input_range = false;

  Rows tuning;    ///< what is minimised over
  Rows held_out;  ///< of other samples: tells when to stop descending, and whether it all helped

  std::size_t channels() const { return groups * outputs; }
  std::size_t columns() const { return groups * inputs; }
};

/// A layer to put in place of the old one: as good as it or better on the rows held out. Shapes as in the problem.
struct LayerSolution {
  bool improved = false;  ///< otherwise everything below is what the problem held
  std::vector<std::int16_t> integers;
  AffineQuantizer weights_quantizer;  ///< the scales may have changed, nothing else
  std::vector<float> bias;
  std::optional<AffineQuantizer> input_quantizer;  ///< the scale may have changed where the problem allows it

  double loss_before = 0;  ///< mean squared error of the outputs on the rows held out
  double loss_after = 0;   ///< the same of this solution
};

/// The mean squared error of the quantized layer, as the problem holds it, on rows. The runtime's own result differs
/// by float rounding only.
double loss(const LayerProblem& problem, const Rows& rows, int threads);

/// Why bias and range of the input only are tuned, as a phrase: fewer than 32 rows to tune on tell nothing about
/// weights, and more than 8192 inputs a group take too much memory, 4 K^2 bytes for each matrix. Empty if weights are
/// tuned, too.
std::string reason_for_fixed_weights(const LayerProblem& problem);

/// Minimises the mean squared error on problem.tuning by options.method. The same problem, options and seed give the
/// same solution whatever the number of threads (0: all cores). A layer with fewer than 2 (K + 1) rows to tune on does
/// not descend: it would learn them by heart. A solution counts if the error on the rows held out falls surely
/// (sure_fall.hpp). Throws Error{input} if shapes do not fit, there are no rows, or a number is not finite.
LayerSolution solve(const LayerProblem& problem, const LayerwiseOptions& options, std::uint64_t seed, int threads);

}  // namespace octune::layerwise
