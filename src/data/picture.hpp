// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "data/placement.hpp"

namespace octune::data {

/// Pixels of 8 bits a channel in memory of somebody else: row by row, the channels of a pixel side by side (blue,
/// green, red; or gray alone).
struct PictureView {
  const std::uint8_t* pixels = nullptr;
  Size size;
  int channels = 3;
  std::size_t row_bytes = 0;  ///< from the beginning of a row to that of the next

  const std::uint8_t* row(int y) const { return pixels + static_cast<std::size_t>(y) * row_bytes; }
};

/// The same in memory of its own, rows without gaps.
struct Picture {
  Picture() = default;
  Picture(Size of_size, int of_channels)
      : size(of_size),
        channels(of_channels),
        pixels(static_cast<std::size_t>(size.height) * static_cast<std::size_t>(size.width) *
               static_cast<std::size_t>(channels)) {}

  std::size_t row_bytes() const { return static_cast<std::size_t>(size.width) * static_cast<std::size_t>(channels); }
  std::uint8_t* row(int y) { return pixels.data() + static_cast<std::size_t>(y) * row_bytes(); }
  PictureView view() const { return {pixels.data(), size, channels, row_bytes()}; }

  Size size;
  int channels = 3;
  std::vector<std::uint8_t> pixels;
};

}  // namespace octune::data
