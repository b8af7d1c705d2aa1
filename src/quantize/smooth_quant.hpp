// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <openvino/core/model.hpp>
#include <span>
#include <string>
#include <vector>

#include "octune/plan.hpp"
#include "octune/statistics.hpp"

namespace octune::quantization {

/// The inputs of a transformer's linear layers that SmoothQuant may smooth: tensors with one quantizer, per tensor and
/// of its own range estimated by extremes, that only MatMuls with a quantized constant matrix read, along one axis.
std::vector<SmoothedInput> find_smoothed_inputs(const ov::Model& model, const Plan& plan);

/// What smooth_inputs() did to one input.
struct Smoothing {
  std::size_t channel_axis = 1;
  std::vector<double> factors;  ///< channel j is divided by factors[j]
};

/// What smooth_inputs() reads.
std::vector<StatisticRequest> smoothing_requests(const SmoothedInput& input);

/// SmoothQuant (Xiao et al. 2023, "SmoothQuant: Accurate and Efficient Post-Training Quantization for Large Language
/// Models", eq. 3-4): channel j of an input is divided by s[j] and the weights that read it are multiplied by s[j], so
/// that a few channels with large values do not take the levels of all others.
///
/// s[j] = a[j]^alpha / w[j]^(1 - alpha), a and w the largest magnitudes of the channel and of its weights; alpha is the
/// one of a grid with the smallest expected_noise(). An input is left alone unless that halves the noise. The readers'
/// weights in `model` are replaced, the statistics of the tensor become those of the smoothed one; apply() divides by a
/// Multiply in front of the FakeQuantize. Returns what was smoothed, by the names of
/// the quantizers.
std::map<std::string, Smoothing> smooth_inputs(const std::shared_ptr<ov::Model>& model, const Plan& plan,
                                               Statistics& statistics, int threads);

/// A matrix that reads a smoothed input, reduced to what the noise depends on.
struct SmoothedReader {
  std::size_t outputs = 0;
  std::vector<float> magnitude;  ///< [outputs][inputs]: largest |W| over the kernel taps
  std::vector<double> power;     ///< [inputs]: sum of W^2 over outputs and taps
  double taps = 1;               ///< kernel taps
  double levels = 255;           ///< of its symmetric weights, that are in use
  bool one_scale = false;        ///< of all outputs: weights per tensor
};

/// The channels of an input, one entry each.
struct InputChannels {
  std::vector<double> low;    ///< mean over the samples of a sample's minimum
  std::vector<double> high;   ///< and maximum
  std::vector<double> power;  ///< mean square
};

/// The squared error expected at the outputs of a reader, summed over them, when channel j of the input is divided by
/// factor[j]: step^2 / 12 * sum of W'^2 from the activations, step_o^2 / 12 * taps * sum of the mean squares of the
/// input from the weights of each output o.
double expected_noise(const SmoothedReader& reader, const InputChannels& channels, const Scheme& scheme,
                      std::span<const double> factor);

}  // namespace octune::quantization
