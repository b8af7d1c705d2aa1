// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>

#include "octune/metric.hpp"

namespace octune::evaluate {

/// "accuracy@top<top>": the share of samples with an acceptable class among the `top` >= 1 largest values of the first
/// output, of shape [C], [1,C] or [1,C,1,1]. Of equal values the lower class counts as larger, so top 1 is argmax.
/// Label: the index of a class, or several of which one is enough (label_classes()).
/// Error{input}: another output shape, a label that is no class of the output, or C <= top (every answer would be
/// right).
std::unique_ptr<Metric> make_accuracy(std::size_t top);

}  // namespace octune::evaluate
