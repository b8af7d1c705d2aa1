// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/framing.hpp"

#include <fmt/format.h>

#include <opencv2/imgcodecs.hpp>

#include "octune/error.hpp"

namespace octune::data {

double Framing::x(double image_x) const {
  const double scale = static_cast<double>(placement.scaled.width) / used.width;
  return (image_x - used_left) * scale - placement.source_left + placement.left;
}

double Framing::y(double image_y) const {
  const double scale = static_cast<double>(placement.scaled.height) / used.height;
  return (image_y - used_top) * scale - placement.source_top + placement.top;
}

double Framing::pixel_area() const {
  return static_cast<double>(used.width) / placement.scaled.width * used.height / placement.scaled.height;
}

Size image_size(const std::filesystem::path& path) {
  cv::Mat image;
  try {
    image = cv::imread(path.string(), cv::IMREAD_GRAYSCALE);
  } catch (const cv::Exception&) {
    image.release();
  }
  if (image.empty()) {
    throw Error(ErrorKind::input,
                fmt::format("{}: does not decode as an image; remove it or write it again", path.string()));
  }
  return {image.rows, image.cols};
}

}  // namespace octune::data
