// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "data/open.hpp"
#include "data/picture.hpp"

namespace octune::data {

/// What a model is shown, as an image to look at.
struct SeenInput {
  std::string input;
  Picture picture;
  /// The values were no pixels after mean and scale were undone: black is their smallest, white their largest.
  bool stretched = false;
};

/// The first input of a sample that looks like an image (three channels or one; 8 x 8 at least if it is an array), with
/// mean, scale and norm undone and the order of channels right; none if no input does. `content` is that of the data
/// set.
std::optional<SeenInput> seen_input(const Sample& sample, const std::vector<InputInfo>& inputs,
                                    const Preprocess& preprocess, Content content);

/// A rectangle in pixels of a picture.
struct Box {
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;
};

/// A picture of the sheet with what is written beneath it (characters beyond ASCII become '?').
struct Tile {
  Picture picture;
  std::string name;
  std::string label;
  std::vector<Box> boxes{};
};

/// Error{input} for names that end in none of .png, .jpg and .jpeg, in any case.
void require_sheet_name(const std::filesystem::path& file);

/// Writes an image, PNG or JPEG as its name says, with the pictures in rows, each no larger than 320 pixels a side;
/// small ones are enlarged by whole factors. `tiles` is not empty. Error{input} as require_sheet_name(), Error{io} if
/// it cannot be written.
void write_contact_sheet(const std::filesystem::path& file, const std::vector<Tile>& tiles);

}  // namespace octune::data
