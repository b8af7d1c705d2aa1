// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openvino/core/shape.hpp>
#include <span>

#include "octune/plan.hpp"
#include "quantize/ranges.hpp"

namespace octune::quantization {

/// The extremes (or quantiles) of the weights along the channel axes, as the quantizer's estimators say.
Extent weights_extent(std::span<const float> values, const ov::Shape& shape, const Quantizer& quantizer);

}  // namespace octune::quantization
