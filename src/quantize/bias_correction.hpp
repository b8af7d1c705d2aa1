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

namespace octune::quantization {

/// A layer of the quantized model whose bias waits for sequential correction.
struct UncorrectedLayer {
  EdgeRef weights;                                 ///< the port of the layer that the weights enter
  std::shared_ptr<ov::op::v0::Constant> original;  ///< in float, channels aligned
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

/// BiasCorrection (POT's and NNCF's of the same name): in topological order, level by level, the mean output of each
/// layer, without its bias, is measured in the quantized model whose earlier layers are corrected already. What it lost
/// against the float model,
///     mean(W x) - mean(Q(W) x_q)
/// is added to its bias unless that would hurt (see correct_bias()). Layers of one level (query, key and value) do not
/// depend on one another and share a pass over the samples.
///
/// Activations are rounded in this (POT and NNCF leave them in float) but not clipped: clipping takes from few values,
/// and a constant that makes up for it on the average burdens all others.
///
/// `model` is changed. `reference`: the float model that it is the rounded form of (see rescaled()). `used`: indices of
/// the calibration samples in the order of the statistics. Returns the layers left alone. Throws what inference throws,
/// Interrupted included.
std::vector<LeftAlone> correct_biases(const infer::Runtime& runtime, const std::shared_ptr<ov::Model>& model,
                                      const std::shared_ptr<const ov::Model>& reference,
                                      std::span<const UncorrectedLayer> layers, const Dataset& dataset,
                                      std::span<const std::size_t> used, const SequentialOptions& options,
                                      Observer* observer);

}  // namespace octune::quantization
