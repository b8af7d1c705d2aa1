// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openvino/core/shape.hpp>
#include <optional>
#include <vector>

#include "octune/plan.hpp"
#include "quantize/ranges.hpp"

namespace octune::quantization {

/// Weights in memory order.
struct FloatWeights {
  std::vector<float> values;
  ov::Shape shape;
};

/// The channels of a tensor: mean and standard deviation of each.
struct ChannelMoments {
  std::vector<double> mean;
  std::vector<double> deviation;
};

/// A producer and a consumer before or after alignment, with all that quantizes them.
struct QuantizedPair {
  FloatWeights producer;
  const Quantizer* producer_quantizer = nullptr;  ///< null: stays in float
  std::vector<std::size_t> producer_channel_axes;
  FloatWeights consumer;  ///< of a Convolution: [outputs, inputs, kernel...]
  const Quantizer* consumer_quantizer = nullptr;
  ChannelMoments between;
  Range range;  ///< of the FakeQuantize between them, per tensor
  bool bias_corrected = false;
};

/// The squared error that quantization is expected to make at the consumer's output, summed over its channels.
/// With t the tensor between, step that of its range, d the error that rounding really makes in each weight:
///
///   sum over o, i, k of  W[o,i,k]^2 * (step^2 / 12 + clip[i] + r[i] * var(t[i]))  +  d[o,i,k]^2 * var(t[i])
///   + (sum over i, k of d[o,i,k] * mean(t[i]))^2, unless bias correction takes the mean out
///
/// clip[i]: the mean squared distance of t[i] from the range, for a normal distribution. r[i]: power of the rounding
/// errors of the producer's weights of channel i over the power of these weights. Errors of different channels and taps
/// are taken as independent.
double expected_output_error(const QuantizedPair& pair);

/// The z beyond which the standard normal distribution has the probability `tail` (0 < tail < 0.5).
double normal_quantile(double tail);

}  // namespace octune::quantization
