// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "data/open.hpp"
#include "data/picture.hpp"
#include "data/placement.hpp"

namespace octune::data {

/// An image of 8 bits and 1 or 3 channels brought to another size. OpenCV's interpolations are cv::resize's. Pillow's
/// are computed as its Image.resize() does up to version 12, bit for bit: a pixel is the sum of those around it,
/// weighted by a kernel that is as many times wider as the image shrinks, along the rows first, then along the columns,
/// with weights in 22 fractional bits and rounding to 8 bits in between. Error{input} if there is not enough memory.
Picture resized(const PictureView& image, Size size, Interpolation interpolation);

}  // namespace octune::data
