// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openvino/core/node.hpp>

namespace octune::calibration {

/// Whether the graph alone proves that no value of `tensor` is below zero: outputs of ReLU, sigmoid, softmax, clamping
/// at or above zero and the like, also behind operations that keep signs (pooling, reshaping, concatenation).
bool is_non_negative(const ov::Output<ov::Node>& tensor);

/// The earliest tensor that holds exactly the same values as `tensor`, in whatever order or shape: behind it lie only
/// reshapes and transpositions.
ov::Output<ov::Node> same_values(ov::Output<ov::Node> tensor);

}  // namespace octune::calibration
