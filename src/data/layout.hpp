// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "data/open.hpp"

namespace octune::data {

/// Which axis of an image tensor is what.
struct ImageLayout {
  std::string name;  ///< "NCHW", "NHWC", "CHW" or "HWC"
  std::size_t channel = 0;
  std::size_t height = 0;
  std::size_t width = 0;
};

/// The layout guessed from a shape of rank 3 or 4: the channels are the axis of length 1 or 3, before height and width
/// or behind them; before, where both would do. None if the shape does not tell.
std::optional<ImageLayout> guess_layout(const ov::PartialShape& shape);

/// The layout the user names, or else the guess. Error{input} if the name is unknown, does not fit the input's rank, or
/// is not given where the shape does not tell.
ImageLayout image_layout(const InputInfo& input, const std::string& name);

/// The channel axis of any tensor: the place of 'C' in `layout` (which may have other letters than an image's), or else
/// the guess. Error{input} as above.
std::size_t channel_axis(const InputInfo& input, const std::string& layout);

}  // namespace octune::data
