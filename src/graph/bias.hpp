// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <openvino/core/node.hpp>
#include <optional>
#include <vector>

#include "graph/queries.hpp"

/// Biases of linear operations whose weights need not be a plain constant any more: the caller knows the axis of the
/// output that its channels lie on (graph::output_channel_axis() of the float layer).
namespace octune::graph {

/// As bias_of(node).
std::optional<Bias> bias_of(const ov::Node& node, std::size_t channel_axis);

/// One value an output channel; none if the operation has no bias.
std::optional<std::vector<float>> bias_values(const ov::Node& node, std::size_t channel_axis);

/// Gives the operation this bias: replaces the constant of its bias, or inserts an Add behind it.
void set_bias(const std::shared_ptr<ov::Node>& node, std::size_t channel_axis, const std::vector<float>& values);

}  // namespace octune::graph
