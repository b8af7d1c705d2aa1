// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openvino/runtime/tensor.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "evaluate/object_label.hpp"
#include "octune/metric.hpp"

namespace octune::evaluate {

/// Text regions of a probability map [1,1,H,W] or [1,H,W], by differentiable binarization (Liao et al. 2020, section
/// 3.5): the map is binarised at score_threshold (0.3); around each contour lies the rectangle of the smallest area; it
/// is left out if its shorter side is below 3 pixels of the map, or the mean probability inside it below box_threshold
/// (0.6); what is left grows on all sides by area * unclip_ratio (1.5) / perimeter, because the model was taught
/// regions shrunk by as much. Of contours at most max_detections (1000) are looked at, as OpenCV finds them.
///
/// Corners in pixels of `frame` (default: of the map), four a region. Error{input} "<where>: ..." for another shape.
std::vector<Polygon> decode_text_regions(const ov::Tensor& output, const DecoderOptions& options,
                                         const std::optional<Frame>& frame, std::string_view where);

}  // namespace octune::evaluate
