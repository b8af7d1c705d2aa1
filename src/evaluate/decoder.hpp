// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "evaluate/boxes.hpp"
#include "evaluate/object_label.hpp"
#include "octune/metric.hpp"

/// How structured outputs are read.
namespace octune::evaluate {

struct DecoderEntry {
  std::string name;
  std::string summary;               ///< one line
  std::vector<std::string> options;  ///< of parse_decoder() that it knows
};

/// All decoders in the order they are listed.
std::span<const DecoderEntry> decoder_entries();

/// Reads "yolo_v8" or "yolo_v8:score_threshold=0.01,iou_threshold=0.6"; empty text: no decoder named. Error{input}
/// "<where>: ..." with did-you-mean for unknown names and options, and for values out of range: thresholds lie in 0 to
/// 1, max_detections and unclip_ratio above 0.
DecoderOptions parse_decoder(std::string_view text, std::string_view where);

/// Error{input} if `options` name another decoder than one of `allowed`; `where` names the metric. An empty name is the
/// first of them.
std::string require_decoder(const DecoderOptions& options, std::span<const std::string_view> allowed,
                            std::string_view where);

/// The detections of a sample by the decoder that `options` name (yolo_v5, yolo_v8, ssd), in pixels of the frame, in
/// descending order of score, at most max_detections. `frame` is needed where the model writes shares of its input's
/// size. Error{input} "<where>: ..." for outputs of another shape.
std::vector<Detection> decode_detections(const Outputs& outputs, const DecoderOptions& options,
                                         const std::optional<Frame>& frame, std::string_view where);

}  // namespace octune::evaluate
