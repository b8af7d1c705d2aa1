// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

namespace octune::layerwise {

/// How far the error falls from `before` to `after`, summed over rows, less two standard errors of that fall: what is
/// left if the samples at hand were lucky ones. Errors of layers have long tails: a few rows decide about the mean.
///
/// `samples[i]` is the sample of row i. Rows of one sample resemble one another, so the sum over a sample's rows is one
/// observation; a sample with more rows may fall more. Without samples, or of one only, each row is an observation.
/// Minus infinity if there is one observation or none; not a number if an error is none.
double sure_fall(std::span<const double> before, std::span<const double> after, std::span<const std::size_t> samples);

}  // namespace octune::layerwise
