// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openvino/core/node.hpp>
#include <span>
#include <vector>

namespace octune::quantization {

/// How the mean of each output channel of a linear operation follows from the means of its input channels: a matrix.
///
/// An entry is the sum over kernel taps of the weight times the share of output positions at which the tap meets the
/// input and not its padding (of a transposed convolution: at which it contributes). Exact where the mean is the same
/// under every tap, hence no layer has to be run to know the mean of its output. Where sizes are dynamic the border is
/// left out: shares are 1, or 1/stride if transposed.
class MeanResponse {
 public:
  /// `weights` of `shape` in memory order, as the port of the weights holds them; without the bias.
  MeanResponse(const ov::Node& node, std::span<const float> weights, const ov::Shape& shape);

  std::size_t outputs() const { return outputs_; }

  /// Output means from input means; one entry a channel.
  std::vector<double> operator()(std::span<const double> input_means) const;

 private:
  std::size_t outputs_ = 0;           // of all groups together
  std::size_t outputs_of_group_ = 0;  // the outputs of a group see the inputs of that group
  std::size_t inputs_of_group_ = 0;
  std::vector<float> matrix_;  // [outputs][inputs of the group]
};

}  // namespace octune::quantization
