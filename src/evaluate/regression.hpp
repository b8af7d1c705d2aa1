// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "octune/metric.hpp"

/// Metrics of numbers. x are the values of the output and y those of the label (label_numbers()): as many of each, an
/// array in the output's shape, axes of length 1 aside. Error{input} otherwise. All sums are taken in double.
namespace octune::evaluate {

/// "mse": the mean of (x - y)^2 over a sample's values, and of that over the samples, so that each sample counts alike.
std::unique_ptr<Metric> make_mse();

/// "mae": the same of |x - y|.
std::unique_ptr<Metric> make_mae();

/// "rmse": the square root of "mse".
std::unique_ptr<Metric> make_rmse();

/// "mape": the same as "mae" of |x - y| / |y|, a fraction and not a percentage. Error{input} for y = 0.
std::unique_ptr<Metric> make_mape();

/// "pearson": the correlation coefficient of all pairs (x, y) of the set; 0 if x or y is constant.
std::unique_ptr<Metric> make_pearson();

/// "spearman": Pearson's coefficient of the ranks of x and of y; equal values share the mean of their ranks.
std::unique_ptr<Metric> make_spearman();

}  // namespace octune::evaluate
