// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <openvino/core/model.hpp>
#include <optional>
#include <string>
#include <vector>

#include "octune/dataset.hpp"
#include "octune/observer.hpp"

namespace octune {

/// How a layer is tuned. least_squares: weights and bias that minimise the squared error, found by solving linear
/// equations and rounded with error feedback, and the best range of the inputs. finetune: goes on from there by
/// gradient descent on weights, bias and scales through the rounding; a little better, and several times as long.
enum class LayerwiseMethod { finetune, least_squares };

/// Layer-wise tuning (POT's `use_layerwise_tuning`): one linear layer after the other, from the inputs to the outputs,
/// is tuned so that its output comes close to the float model's, given what the already tuned quantized model feeds it.
/// docs/layerwise_tuning.md has the mathematics, the costs and POT's names.
struct LayerwiseOptions {
  LayerwiseMethod method = LayerwiseMethod::least_squares;

  // What is seen.
  std::size_t samples = 300;                          ///< of the calibration samples, evenly spread; 0: all
  double held_out = 0.25;                             ///< share of these samples that only judges, in (0, 1)
  std::size_t rows = 8192;                            ///< output positions of a layer, drawn from all samples, at most
  std::uint64_t max_bytes = std::uint64_t{64} << 20;  ///< that the rows of the layers in hand take, at most
  std::uint64_t seed = 0;                             ///< of drawing positions and batches

  // How finetune descends. Rates are of Adam and relative, so that they fit weights of any size.
  std::size_t steps = 200;       ///< at most
  std::size_t batch_size = 256;  ///< rows a step
  std::size_t patience = 3;      ///< looks at the held-out rows without progress after which a layer is finished
  double weights_lr = 0.05;      ///< in steps of the weights' integers
  double bias_lr = 0.01;         ///< in standard deviations of the channel's error
  double scale_lr = 1e-3;        ///< of the logarithm of the weights' scales
  double input_scale_lr = 1e-3;  ///< of the logarithm of the input's scale

  /// Keeps what was tuned when the observer stops the run, and is where the same run goes on; removed at its end.
  std::optional<std::filesystem::path> unfinished{};
};

/// What became of one layer. Losses are mean squared errors of its output (after the bias) against the float model's,
/// on samples that were not tuned on.
struct TunedLayer {
  std::string name;
  bool kept = false;          ///< the layer was changed
  std::string reason;         ///< why not; empty if kept
  std::string fixed_weights;  ///< why bias and input range only were tuned; empty if the weights were, too
  double loss_untuned = 0;    ///< in the model without tuning; these are 0 for a layer that was not tried
  double loss_before = 0;     ///< of the untuned layer behind tuned ones
  double loss_after = 0;      ///< in the model as it is handed out: loss_before if not kept
  double target_power = 0;    ///< mean square of the float model's outputs, to compare layers by
  std::size_t rows = 0;       ///< output positions looked at
  std::uint64_t bytes = 0;    ///< that these rows took
  double seconds = 0;         ///< of tuning; of the layers that shared a pass each has its part of it
  bool resumed = false;       ///< tuned by the interrupted run before this one
};

/// Tunes the linear layers of `quantized` (changed in place): convolutions and MatMul whose weights are integers behind
/// Convert, [Subtract] and Multiply. Layers are found in `reference` by name; it is the float model that `quantized`
/// was made of, so that tensors of the same name mean the same: octune::quantize() with channel alignment or
/// SmoothQuant rescales some, and tunes them itself if QuantizeOptions::layerwise is given.
///
/// A layer is changed only if its error falls on the samples held out. Deterministic for any number of threads (0: all
/// cores). Throws Error: input (fewer than two samples, options out of range, another float model), runtime;
/// Interrupted.
std::vector<TunedLayer> tune_layers(const std::shared_ptr<ov::Model>& quantized,
                                    const std::shared_ptr<const ov::Model>& reference, const Dataset& data,
                                    const LayerwiseOptions& options = {}, int threads = 0,
                                    Observer* observer = nullptr);

}  // namespace octune
