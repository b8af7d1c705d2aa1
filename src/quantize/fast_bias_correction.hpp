// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openvino/core/node.hpp>
#include <span>

#include "octune/options.hpp"
#include "octune/statistics.hpp"
#include "quantize/bias.hpp"

namespace octune::quantization {

/// What each output channel of `node` loses in the mean when the weights W become Q(W): (W - Q(W)) * x, x the mean of
/// the input in the float model. FastBiasCorrection: Nagel et al. 2019, "Data-Free Quantization Through Weight
/// Equalization and Bias Correction", eq. 16-17. No layer is run (POT and NNCF run each one on a constant input).
/// `mean` holds one entry a channel of the input; its kept rows make the halves. `weights` and `quantized` are of
/// `shape`, as the port of the weights holds them.
SplitMeans lost_by_weights(const ov::Node& node, std::span<const float> weights, std::span<const float> quantized,
                           const ov::Shape& shape, const Series& mean);

/// Whether `node` is better left as it is: depthwise convolutions whose activations `plan` quantizes symmetrically.
/// Symmetric signed levels move the mean of unevenly distributed activations, often against the shift of the weights. A
/// depthwise channel sums too few products to average that out: correcting the one without the other makes it worse.
bool fast_correction_harms(const ov::Node& node, const Plan& plan);

}  // namespace octune::quantization
