// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <openvino/core/model.hpp>
#include <vector>

#include "octune/plan.hpp"
#include "octune/statistics.hpp"
#include "quantize/weights.hpp"

namespace octune::quantization {

/// How much the mean of each output channel moves when the weights W become Q(W): sum over inputs and kernel taps of
/// (W - Q(W)) * x, x the mean of the input channel. A tap that padding covers at some output positions counts by the
/// share of positions at which it meets the input. Exact where the mean is the same under every tap, hence no quantized
/// layer has to be run (POT and NNCF run one on a constant input). `mean` has one entry an input channel. Result: one
/// entry an output channel.
std::vector<double> output_shift(const ov::Node& node, const std::vector<float>& weights,
                                 const std::vector<float>& quantized, const ov::Shape& shape,
                                 const std::vector<double>& mean);

/// Adds the shift to the bias of `node` (a linear operation of the model being quantized), inserting one where it has
/// none. FastBiasCorrection: Nagel et al. 2019, "Data-Free Quantization Through Weight Equalization and Bias
/// Correction", eq. 16-17. POT leaves any layer alone that has one zero in its bias; here only a shift that is not
/// finite is refused. Returns whether the bias changed.
bool correct_bias(const std::shared_ptr<ov::Node>& node, const std::vector<double>& shift);

}  // namespace octune::quantization
