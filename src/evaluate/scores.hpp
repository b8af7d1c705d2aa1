// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "octune/metric.hpp"

namespace octune::evaluate {

/// Adds `score` to `sum`, element by element; an empty sum is zeros. As many elements in both otherwise.
void add(Score& sum, const Score& score);

}  // namespace octune::evaluate
