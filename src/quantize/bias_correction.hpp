// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <openvino/core/model.hpp>
#include <openvino/op/constant.hpp>
#include <optional>
#include <span>
#include <vector>

#include "infer/runtime.hpp"
#include "octune/dataset.hpp"
#include "octune/observer.hpp"
#include "octune/plan.hpp"
#include "octune/quantize.hpp"
#include "octune/statistics.hpp"
#include "quantize/weights.hpp"

namespace octune::quantization {

/// A layer of the quantized model whose bias waits for sequential correction.
struct UncorrectedLayer {
  EdgeRef weights;                                 ///< the port of the layer that the weights enter
  std::shared_ptr<ov::op::v0::Constant> original;  ///< in float, channels aligned
  QuantizedWeights quantized;
  std::size_t channel_axis = 1;  ///< of the layer's input
  Series float_means;            ///< of the layer's input in the float model, per channel, over correction_samples()
};

struct SequentialOptions {
  std::optional<double> threshold{};
  int threads = 0;  ///< 0: all cores
};

inline constexpr std::size_t kMostCorrectionSamples = 256;

/// Which of `used` calibration samples are run again: a fifth (POT's share), at least one, at most
/// kMostCorrectionSamples, evenly spread. With sequences of more than one sample: the first
/// ones, whole sequences. Positions among the used ones, ascending.
std::vector<std::size_t> correction_samples(std::size_t used, std::size_t sequence_length);

/// As many further samples, to judge the correction by: no sample is in both. Empty if there are no others.
std::vector<std::size_t> judging_samples(std::size_t used, std::size_t sequence_length);

/// BiasCorrection (POT's and NNCF's of the same name): in topological order, level by level, the mean input of each
/// layer is measured in the quantized model whose earlier layers are corrected already. The layer is linear, so the
/// mean of its output differs from the float model's by
///     W * mean(x) - Q(W) * mean(x_q)
/// which is added to its bias unless that would hurt (see correct_bias()). Layers of one level (query, key and value)
/// do not depend on one another and share a pass over the samples.
///
/// Activations are rounded in this (POT and NNCF leave them in float) but not clipped: clipping takes from few values,
/// and a constant that makes up for it on the average burdens all others.
///
/// `model` is changed. `used`: indices of the calibration samples in the order of the statistics. Returns the layers
/// left alone. Throws what inference throws, Interrupted included.
std::vector<LeftAlone> correct_biases(const infer::Runtime& runtime, const std::shared_ptr<ov::Model>& model,
                                      std::span<const UncorrectedLayer> layers, const Dataset& dataset,
                                      std::span<const std::size_t> used, const SequentialOptions& options,
                                      Observer* observer);

}  // namespace octune::quantization
