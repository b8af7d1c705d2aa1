// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <openvino/runtime/tensor.hpp>
#include <string_view>
#include <vector>

#include "octune/metric.hpp"

namespace octune::evaluate {

/// A class for each pixel, row by row.
struct ClassMap {
  std::size_t height = 0;
  std::size_t width = 0;
  std::size_t classes = 0;  ///< how many the model tells apart; 0: it does not say
  std::vector<std::int32_t> values;
};

/// The decoder "segmentation":
///   [1,C,H,W], or [1,H,W,C] if the last axis is the shorter one: the class with the largest value, the lower one of
///              equal ones
///   floating point with C = 1, or [1,H,W]: 1 where the value is above score_threshold (0.5), else 0
///   integers [1,H,W], [1,1,H,W] or [H,W]: the classes themselves
/// Error{input} "<where>: ..." for another shape.
ClassMap decode_classes(const ov::Tensor& output, const DecoderOptions& options, std::string_view where);

/// The map with another size: each pixel takes the class of the nearest one (of their centres).
ClassMap resampled(const ClassMap& map, std::size_t height, std::size_t width);

}  // namespace octune::evaluate
