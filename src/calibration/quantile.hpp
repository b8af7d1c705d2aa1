// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace octune::calibration {

/// The q-quantile of `values` (not empty, finite), q in 0..1: linear interpolation between the order statistics around
/// q * (n - 1), as numpy's default. `scratch` is memory to reuse between calls.
float quantile(std::span<const float> values, double q, std::vector<float>& scratch);

}  // namespace octune::calibration
