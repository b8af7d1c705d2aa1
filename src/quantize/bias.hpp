// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <openvino/core/node.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "octune/statistics.hpp"

namespace octune::quantization {

/// The bias of a linear operation, one value an output channel; none if it has no bias.
std::optional<std::vector<float>> bias_values(const ov::Node& node);

/// Gives a linear operation this bias: replaces the constant of its bias, or inserts an Add behind it. The weights of a
/// MatMul must still be a constant: they tell which axis of the output is that of the channels.
void set_bias(const std::shared_ptr<ov::Node>& node, const std::vector<float>& values);

/// Means of rows, one entry a channel: over all samples, and over the rows with even and with odd numbers. The halves
/// are empty if there are fewer than two rows.
struct SplitMeans {
  std::vector<double> all, even, odd;
};
SplitMeans split_means(std::span<const float> rows, std::size_t channels);

/// The same from the sums of a series that keeps halves.
SplitMeans split_means(const Series& means);

/// Adds to the bias of a linear operation what quantization took from the mean of each output channel, unless that
/// would hurt. `lost` holds float mean minus quantized mean. Returns why the operation was left alone, empty if it was
/// corrected:
/// - the shift is not finite;
/// - it does not generalise: the shift that one half of the samples shows, added to the outputs of the other half and
///   the other way round, does not lower their squared error. Since only the mean moves, the error falls by
///   2 * a * b - a^2 summed over the channels, a and b the shifts of the halves;
/// - a correction exceeds `threshold` times max(|bias|, root mean square of the layer's bias). A layer whose bias is
///   zero everywhere, or that has none, has no such limit.
std::string correct_bias(const std::shared_ptr<ov::Node>& node, const SplitMeans& lost,
                         std::optional<double> threshold);

}  // namespace octune::quantization
