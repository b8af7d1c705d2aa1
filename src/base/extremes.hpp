// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <utility>

namespace octune::base {

/// The smallest and the largest of finite values, at the speed of memory; -0 counts as smaller than 0. `values` is not
/// empty. Should there be values that are not finite, an extreme is infinite or NaN.
std::pair<float, float> extremes(std::span<const float> values);

/// The largest |a[i] * b[i]| of two lists of one length, all b[i] >= 0; 0 for empty ones.
float largest_product(std::span<const float> a, std::span<const float> b);

}  // namespace octune::base
