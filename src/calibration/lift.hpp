// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <openvino/core/model.hpp>

namespace octune::calibration {

/// Makes `tensor`, which lies in `body` of `sub_graph` (If, Loop or TensorIterator), a new output of the sub-graph: the
/// values of all iterations side by side along `axis` of the tensor, whose size there is 1; of a branch that is not
/// taken, nothing (size 0 on that axis). The rank of `tensor` is known.
ov::Output<ov::Node> lift(const ov::Output<ov::Node>& tensor, ov::Model& body,
                          const std::shared_ptr<ov::Node>& sub_graph, std::size_t axis);

}  // namespace octune::calibration
