// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evaluate/boxes.hpp"

/// Labels of detection and text detection: JSON objects, in pixels of the model's input frame.
namespace octune::evaluate {

/// Height and width of the model's input.
struct Frame {
  double height = 0;
  double width = 0;
};

struct ObjectTruth {
  Box box;
  std::int64_t label = 0;  ///< class
  double area = 0;         ///< in pixels of the original image
  bool crowd = false;      ///< a region with many objects
  bool difficult = false;
};

struct ObjectLabel {
  std::vector<ObjectTruth> objects;
  std::optional<Frame> frame;
  double pixel_area = 1;  ///< how many pixels of the original image a pixel of the frame is
};

/// Reads {"boxes": [[x1,y1,x2,y2], ...], "classes": [...]} with, if wanted, "areas" (default: the box's area times
/// pixel_area), "crowd", "difficult" (default: 0), "frame" [height,width] and "pixel_area" (default: 1). Error{input}
/// "<where>: label ..." for anything else: lists of other lengths, classes that are no whole numbers from 0 up.
ObjectLabel parse_object_label(const std::string& text, std::string_view where);

using Point = std::array<double, 2>;
using Polygon = std::vector<Point>;

struct PolygonTruth {
  Polygon polygon;
  bool ignored = false;  ///< text that nobody can read
};

struct PolygonLabel {
  std::vector<PolygonTruth> polygons;
  std::optional<Frame> frame;
};

/// Reads {"polygons": [[[x,y], ...], ...]} with, if wanted, "ignore" (default: 0) and "frame". Each has three points or
/// more. "[]" is no polygon. Error{input} as above.
PolygonLabel parse_polygon_label(const std::string& text, std::string_view where);

}  // namespace octune::evaluate
