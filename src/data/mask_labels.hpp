// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "data/placement.hpp"
#include "octune/dataset.hpp"
#include "octune/observer.hpp"

/// Images whose pixels are classes.
namespace octune::data {

/// The class that says that a pixel does not count.
inline constexpr std::int32_t kIgnoredClass = 255;

/// Classes of the pixels of a frame, row by row.
struct Mask {
  Size size;
  std::vector<std::int32_t> classes;
};

/// The label, as JSON (docs/labels.md), of a sample whose mask lies in this file: its path, a hash of the file, so that
/// labels differ if masks do, and how it comes into the model's frame if the sample is an image file. Of the mask only
/// the header is decoded. Error{input} if the file is missing.
std::string mask_label(const std::filesystem::path& mask, const Dataset& dataset, std::size_t index);

/// The same for every sample: its mask is the image below `folder` that is named as the sample, extensions aside.
/// Error{input} for samples without mask.
Labels mask_labels(const std::filesystem::path& folder, const Dataset& dataset);

/// Warns `observer` (may be null) of masks among the labels that do not fit their images (data/annotated_sizes.hpp).
/// `where` names the labels.
void warn_of_other_masks(const Labels& labels, const Dataset& dataset, const std::string& where, Observer* observer);

/// The mask that such a label names, in the model's frame: indices of the palette (not its colours) or grey
/// values, scaled and placed as the image was, each pixel taking the class of the nearest one (of their centres);
/// padding is kIgnoredClass. Without a placement the mask is as it is stored. Error{input}: the label is none of a
/// mask, the file is missing, does not decode or has colours.
Mask load_mask(const std::string& label);

}  // namespace octune::data
