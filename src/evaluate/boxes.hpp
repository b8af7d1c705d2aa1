// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

/// Axis-aligned boxes and what a detector says of them.
namespace octune::evaluate {

/// Edges in pixels; a box of x1 = 0, x2 = 1 is one pixel wide.
struct Box {
  double x1 = 0;
  double y1 = 0;
  double x2 = 0;
  double y2 = 0;

  /// 0 for a box whose edges are the wrong way round.
  double area() const { return x2 > x1 && y2 > y1 ? (x2 - x1) * (y2 - y1) : 0.0; }
};

double intersection(const Box& a, const Box& b);

/// Intersection over union, 0 to 1; 0 if both are empty. Scaling an axis does not change it, so it is the same in the
/// model's frame and in the image.
double iou(const Box& a, const Box& b);

struct Detection {
  Box box;
  std::int64_t label = 0;  ///< class
  double score = 0;
};

/// Ties keep their order.
void sort_by_score(std::vector<Detection>& detections);

/// Greedy non-maximum suppression by class: in descending order of score, each detection removes those of its class
/// that it overlaps with by more than `iou_threshold`. What is left is in descending order of score.
std::vector<Detection> suppress(std::vector<Detection> detections, double iou_threshold);

}  // namespace octune::evaluate
