// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

/// The q-quantile, q in 0..1, of n values (not none, finite): linear between the order statistics around the position
/// q * (n - 1), as numpy's default. Three forms for what the caller has.
namespace octune::base {

/// Of values in ascending order.
double quantile_of_sorted(std::span<const double> sorted, double q);

/// Reorders the values: linear time, no memory.
double quantile(std::span<float> values, double q);

/// Leaves the values as they are; `scratch` is memory to reuse between calls. Near the ends (within 1/16) of many
/// values several times faster than the form above, because the values of the other side are filtered out first.
double quantile(std::span<const float> values, double q, std::vector<float>& scratch);

}  // namespace octune::base
