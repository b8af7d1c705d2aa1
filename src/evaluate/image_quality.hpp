// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "octune/metric.hpp"

/// Metrics of images: the output against the label's array.
///
/// Both are [H,W], or three axes with the channels first or last: first if that axis has 1, 3 or 4 values, else last if
/// that one has; leading axes of length 1 are dropped before. An output [1,3,H,W] may so be compared with a label
/// [H,W,3]. Height, width and channels have to agree, and both have to be in the same unit.
///
/// R is the largest possible value minus the smallest: MetricOptions::data_range, or else 255 for u8 labels and 65535
/// for u16 ones. Error{input}: other labels without data_range (the range cannot be seen in one image), labels that are
/// no array, shapes that do not fit.
namespace octune::evaluate {

/// "psnr": 10 log10(R^2 / mean (x - y)^2) dB over all values of an image, mean over the images. Equal images would be
/// infinite: the mean square is taken as at least 2^-52 R^2, that is at most 156.5 dB.
std::unique_ptr<Metric> make_psnr(const MetricOptions& options);

/// "ssim": structural similarity (Wang, Bovik, Sheikh and Simoncelli 2004, eq. 13, with K1 = 0.01, K2 = 0.03 and the
/// population's covariances), under a gaussian window of 11x11 and sigma 1.5, mean over all windows inside the image
/// and over the channels, then over the images. Height and width are at least 11.
std::unique_ptr<Metric> make_ssim(const MetricOptions& options);

}  // namespace octune::evaluate
