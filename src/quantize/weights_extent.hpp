// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openvino/core/shape.hpp>
#include <span>

#include "octune/plan.hpp"
#include "quantize/ranges.hpp"

namespace octune::quantization {

/// The borders of the weights along the channel axes, one entry a channel, as the quantizer's estimators or its search
/// say. A border whose statistic is per tensor is the same for all channels. Halved weights are searched for the levels
/// they really use, half of them.
Extent weights_extent(std::span<const float> values, const ov::Shape& shape, const Quantizer& quantizer);

}  // namespace octune::quantization
