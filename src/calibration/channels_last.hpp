// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openvino/core/node.hpp>

namespace octune::calibration {

/// Whether the CPU plugin probably keeps `tensor`, of rank 3 to 5, with its channels (axis 1) last: what convolutions
/// give, and what is computed from that without mixing places, as by activations, additions, pooling and concatenation.
/// A wrong answer costs time, nothing else.
bool has_channels_last(const ov::Output<ov::Node>& tensor);

}  // namespace octune::calibration
