// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <openvino/core/node.hpp>
#include <optional>
#include <vector>

namespace octune::quantization {

/// The bias of a linear operation, one value an output channel; none if it has no bias.
std::optional<std::vector<float>> bias_values(const ov::Node& node);

/// Gives a linear operation this bias: replaces the constant of its bias, or inserts an Add behind it.
void set_bias(const std::shared_ptr<ov::Node>& node, const std::vector<float>& values);

}  // namespace octune::quantization
