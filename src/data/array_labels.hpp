// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "data/npy.hpp"
#include "octune/dataset.hpp"

namespace octune::data {

/// Rows with more axes than one, or more values than this, are labels of values; others are text.
inline constexpr std::size_t kMostValuesAsText = 16;

/// One row a sample. A row of a single value, a string, or of a few values along one axis becomes the label's text
/// ("3", "0.1 0.2"), a larger one its values: a tensor of the row's shape and of the array's type. Where the file holds
/// it as tensors do (this machine's byte order, C order, aligned), the tensor is a view of the mapped file, so that
/// memory does not grow with the labels; otherwise it is a copy. Error{input}: not one row a sample, strings of more
/// than one a row.
Labels array_labels(const NpyArray& array, const Dataset& dataset);

}  // namespace octune::data
