// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>

#include "data/placement.hpp"

namespace octune::data {

/// How the pixels of an image file came into the model's input, so that what is annotated in the file's pixels can
/// follow them: the part `used` of the image was scaled and placed.
struct Framing {
  Size image;  ///< of the file
  Size used;   ///< all of the image, or its centre
  int used_top = 0;
  int used_left = 0;
  Placement placement;  ///< of the used part in the frame
  Size frame;           ///< of the model's input

  /// Where a point of the image (in pixels, 0 is the left or upper edge of the first) lies in the frame; outside of it
  /// if the point was cut off.
  double x(double image_x) const;
  double y(double image_y) const;
  /// How many pixels of the image one pixel of the frame stands for.
  double pixel_area() const;
};

/// A data set whose samples may be image files.
class FramedImages {
 public:
  virtual ~FramedImages() = default;

  /// The image file that sample(index) is decoded from; none if it is something else.
  virtual std::optional<std::filesystem::path> image_file(std::size_t index) const = 0;

  /// How an image of this size comes into sample(index), which is an image. Thread-safe.
  virtual Framing framing(std::size_t index, Size image) const = 0;
};

/// Height and width of an image as it is decoded (the orientation in its metadata is followed). Error{input} if it does
/// not decode.
Size image_size(const std::filesystem::path& path);

}  // namespace octune::data
