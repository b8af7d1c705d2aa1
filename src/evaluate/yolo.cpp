// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/yolo.hpp"

#include <fmt/format.h>

#include "evaluate/values.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {
namespace {

constexpr double kScoreThreshold = 0.001;
constexpr std::size_t kMostCandidates = 30000;
constexpr std::size_t kMaxDetections = 300;

/// Where the numbers of a candidate lie: value k of candidate n at n * candidate + k * value.
struct Strides {
  std::size_t candidate = 0;
  std::size_t value = 0;
};

struct Head {
  std::size_t candidates = 0;
  std::size_t classes = 0;
  Strides strides;
  bool objectness = false;  ///< in front of the classes
};

std::vector<Detection> decode(const ov::Tensor& output, const Head& head, const DecoderOptions& options,
                              double iou_threshold) {
  const double threshold = options.score_threshold.value_or(kScoreThreshold);
  std::vector<Detection> candidates;
  visit_values(output, [&](auto values) {
    const auto at = [&](std::size_t n, std::size_t k) {
      return to_double(values[n * head.strides.candidate + k * head.strides.value]);
    };
    const std::size_t first_class = head.objectness ? 5 : 4;
    for (std::size_t n = 0; n < head.candidates; ++n) {
      const double objectness = head.objectness ? at(n, 4) : 1.0;
      if (objectness <= threshold) continue;
      for (std::size_t c = 0; c < head.classes; ++c) {
        const double score = objectness * at(n, first_class + c);
        const std::int64_t label = static_cast<std::int64_t>(c) + options.class_offset;
        if (score <= threshold || label < 0) continue;
        const double x = at(n, 0);
        const double y = at(n, 1);
        const double w = at(n, 2);
        const double h = at(n, 3);
        candidates.push_back({{x - w / 2, y - h / 2, x + w / 2, y + h / 2}, label, score});
      }
    }
  });
  if (candidates.size() > kMostCandidates) {
    sort_by_score(candidates);
    candidates.resize(kMostCandidates);
  }
  std::vector<Detection> kept = suppress(std::move(candidates), options.iou_threshold.value_or(iou_threshold));
  const std::size_t most = options.max_detections.value_or(kMaxDetections);
  if (kept.size() > most) kept.resize(most);
  return kept;
}

}  // namespace

std::vector<Detection> decode_yolo_v5(const ov::Tensor& output, const DecoderOptions& options, std::string_view where) {
  constexpr std::size_t kFixed = 5;
  const ov::Shape shape = output.get_shape();
  if (shape.size() != 3 || shape[0] != 1 || shape[2] <= kFixed || shape[1] < shape[2]) {
    throw Error(ErrorKind::input, fmt::format("{}: decoder 'yolo_v5' needs an output [1,N,5+C], not {}; export the "
                                              "model with its boxes decoded and joined, or name another decoder",
                                              where, shape.to_string()));
  }
  return decode(output, {shape[1], shape[2] - kFixed, {shape[2], 1}, true}, options, 0.6);
}

std::vector<Detection> decode_yolo_v8(const ov::Tensor& output, const DecoderOptions& options, std::string_view where) {
  constexpr std::size_t kFixed = 4;
  const ov::Shape shape = output.get_shape();
  if (shape.size() != 3 || shape[0] != 1 || shape[1] <= kFixed || shape[2] < shape[1]) {
    throw Error(ErrorKind::input, fmt::format("{}: decoder 'yolo_v8' needs an output [1,4+C,N], not {}; export the "
                                              "model without suppression, or name another decoder",
                                              where, shape.to_string()));
  }
  return decode(output, {shape[2], shape[1] - kFixed, {1, shape[2]}, false}, options, 0.7);
}

}  // namespace octune::evaluate
