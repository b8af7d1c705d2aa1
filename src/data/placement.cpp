// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/placement.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace octune::data {
namespace {

/// side * numerator / denominator, in integers: the products of image sides do not fit an int.
int scaled_down(int side, int numerator, int denominator) {
  return std::max(1, static_cast<int>(std::int64_t{side} * numerator / denominator));
}

int scaled_up(int side, int numerator, int denominator) {
  const std::int64_t product = std::int64_t{side} * numerator;
  return static_cast<int>(std::min<std::int64_t>((product + denominator - 1) / denominator, INT32_MAX));
}

int scaled_nearest(int side, int numerator, int denominator) {
  return std::max(
      1, static_cast<int>((2 * std::int64_t{side} * numerator + denominator) / (2 * std::int64_t{denominator})));
}

/// True if a/b > c/d, for positive numbers.
bool ratio_above(int a, int b, int c, int d) { return std::int64_t{a} * d > std::int64_t{c} * b; }

void crop_centre(Placement& placement, Size frame) {
  // The default rounding of nearbyint: halves to even.
  placement.copied = frame;
  placement.source_top = static_cast<int>(std::nearbyint((placement.scaled.height - frame.height) / 2.0));
  placement.source_left = static_cast<int>(std::nearbyint((placement.scaled.width - frame.width) / 2.0));
}

}  // namespace

Placement place(ResizeMode mode, Size image, Size resize, Size frame) {
  Placement placement;
  switch (mode) {
    case ResizeMode::stretch:
      placement.scaled = resize;
      crop_centre(placement, frame);
      break;
    case ResizeMode::shorter:
      if (ratio_above(resize.height, image.height, resize.width, image.width)) {
        placement.scaled = {resize.height,
                            std::max(resize.width, scaled_down(image.width, resize.height, image.height))};
      } else {
        placement.scaled = {std::max(resize.height, scaled_down(image.height, resize.width, image.width)),
                            resize.width};
      }
      crop_centre(placement, frame);
      break;
    case ResizeMode::letterbox:
      if (ratio_above(frame.height, image.height, frame.width, image.width)) {
        placement.scaled = {std::min(frame.height, scaled_nearest(image.height, frame.width, image.width)),
                            frame.width};
      } else {
        placement.scaled = {frame.height,
                            std::min(frame.width, scaled_nearest(image.width, frame.height, image.height))};
      }
      placement.copied = placement.scaled;
      placement.top = (frame.height - placement.scaled.height) / 2;
      placement.left = (frame.width - placement.scaled.width) / 2;
      break;
    case ResizeMode::keep_aspect_height:
      placement.scaled = {frame.height, std::min(frame.width, scaled_up(image.width, frame.height, image.height))};
      placement.copied = placement.scaled;
      break;
  }
  return placement;
}

}  // namespace octune::data
