// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "data/open.hpp"

namespace octune::data {

struct Size {
  int height = 0;
  int width = 0;

  bool operator==(const Size&) const = default;
};

/// How an image comes into a frame: it is scaled to `scaled`; of that the rectangle `copied` at (source_top,
/// source_left) goes to (top, left) of the frame; the rest of the frame is padding.
struct Placement {
  Size scaled;
  Size copied;
  int source_top = 0;
  int source_left = 0;
  int top = 0;
  int left = 0;

  bool operator==(const Placement&) const = default;
};

/// The geometry of a resize mode; `resize` is the size before cropping, `frame` the size of the model's input:
///   stretch             scaled = resize, then the centre of the frame's size
///   shorter             the smallest scaling by one factor that covers `resize` (the longer side rounded down), then
///   the
///                       centre of the frame's size; half pixels go to the even number
///   letterbox           the largest scaling by one factor inside the frame (rounded to nearest), centred (odd rest
///   below
///                       and right); resize == frame
///   keep_aspect_height  height = frame's, width = min(frame's, ceil(height * w / h)), at the left; resize == frame
/// No side of `scaled` is below 1. `resize` is not smaller than `frame`.
Placement place(ResizeMode mode, Size image, Size resize, Size frame);

}  // namespace octune::data
