// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/boxes.hpp"

#include <algorithm>
#include <map>

namespace octune::evaluate {

double intersection(const Box& a, const Box& b) {
  return Box{std::max(a.x1, b.x1), std::max(a.y1, b.y1), std::min(a.x2, b.x2), std::min(a.y2, b.y2)}.area();
}

double iou(const Box& a, const Box& b) {
  const double common = intersection(a, b);
  const double total = a.area() + b.area() - common;
  return total > 0 ? common / total : 0.0;
}

void sort_by_score(std::vector<Detection>& detections) {
  std::stable_sort(detections.begin(), detections.end(),
                   [](const Detection& a, const Detection& b) { return a.score > b.score; });
}

std::vector<Detection> suppress(std::vector<Detection> detections, double iou_threshold) {
  sort_by_score(detections);
  std::vector<Detection> kept;
  std::map<std::int64_t, std::vector<Box>> kept_of_class;
  for (const Detection& detection : detections) {
    std::vector<Box>& others = kept_of_class[detection.label];
    const bool suppressed = std::any_of(others.begin(), others.end(),
                                        [&](const Box& other) { return iou(other, detection.box) > iou_threshold; });
    if (suppressed) continue;
    others.push_back(detection.box);
    kept.push_back(detection);
  }
  return kept;
}

}  // namespace octune::evaluate
