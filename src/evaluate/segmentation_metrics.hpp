// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "octune/metric.hpp"

namespace octune::evaluate {

/// Overlap of the classes of pixels, counted over all samples together:
///   mean_iou  mean over classes of TP / (TP + FP + FN) (Jaccard index)
///   dice      mean over classes of 2 TP / (2 TP + FP + FN) (F1 of pixels)
/// Classes that neither labels nor outputs have are left out of the mean; without any class the value is 0.
///
/// Output: the first, by the decoder "segmentation" (evaluate/class_map.hpp). Label: {"mask": "FILE", ...}
/// (docs/labels.md), read when it is needed, or an array [H,W] or [1,H,W] of classes. It is brought to the output's
/// height and width, each pixel taking the class of the nearest one; pixels of class 255, among them padding, do not
/// count, whatever is found there.
///
/// Aggregation::sums; the score of a sample is, for each of the first K classes, TP, TP + FP and TP + FN, with K the
/// number of classes of the output, at most 1024. An output of class indices does not say how many there are: K = 256.
/// Error{input}: no such output or label, or a class that is none of the output's.
std::unique_ptr<Metric> make_mean_iou(const MetricOptions& options);
std::unique_ptr<Metric> make_dice(const MetricOptions& options);

}  // namespace octune::evaluate
