// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openvino/runtime/tensor.hpp>
#include <string_view>
#include <vector>

#include "evaluate/boxes.hpp"
#include "octune/metric.hpp"

namespace octune::evaluate {

/// Detections of YOLO's exported heads; centre, width and height in pixels of the input.
///   yolo_v5  [1,N,5+C]: x, y, w, h, objectness, C classes; the score of a class is objectness times class (also v7)
///   yolo_v8  [1,4+C,N]: x, y, w, h, C classes (also v9, v11)
/// As in their own evaluation, every class above the threshold makes a detection, and of the 30,000 most certain ones
/// (stable) those stay that class-wise suppression leaves, at most max_detections.
/// Defaults: score_threshold 0.001, iou_threshold 0.6 (v5) or 0.7 (v8), max_detections 300.
/// Error{input} "<where>: ..." for another shape, among them one with fewer candidates N than values a candidate: then
/// the axes are those of the other head.
std::vector<Detection> decode_yolo_v5(const ov::Tensor& output, const DecoderOptions& options, std::string_view where);
std::vector<Detection> decode_yolo_v8(const ov::Tensor& output, const DecoderOptions& options, std::string_view where);

}  // namespace octune::evaluate
