// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

namespace octune::evaluate {

/// The rank of every value, 1 for the smallest; equal values share the mean of their ranks. The values are finite.
std::vector<double> average_ranks(std::span<const double> values);

}  // namespace octune::evaluate
