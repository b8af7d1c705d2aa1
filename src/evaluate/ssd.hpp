// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "evaluate/boxes.hpp"
#include "evaluate/object_label.hpp"
#include "octune/metric.hpp"

namespace octune::evaluate {

/// Detections of models that write boxes x1, y1, x2, y2, told apart by the shapes of their outputs:
///   finished    [1,1,N,7] or [N,7]: image, class, score, x1, y1, x2, y2; the first image below 0 ends the list
///               (OpenVINO's DetectionOutput). Shares of the input's size.
///   with classes  boxes [N,4] or [1,N,4], scores and integer classes of N values each, or boxes [N,5] with the score
///               behind the edges. Pixels of the input.
///   with scores   boxes [1,N,4] and scores [1,N,C]: every class above score_threshold (0.001) makes a detection, then
///               class-wise suppression (iou_threshold 0.5, max_detections 200). Shares of the input's size.
/// `normalized` says otherwise about shares or pixels. In finished lists score_threshold is 0 and max_detections all
/// unless given. Classes below 0 after class_offset are background.
/// Error{input} "<where>: ..." for other shapes, and for shares without a frame.
std::vector<Detection> decode_ssd(const Outputs& outputs, const DecoderOptions& options,
                                  const std::optional<Frame>& frame, std::string_view where);

}  // namespace octune::evaluate
