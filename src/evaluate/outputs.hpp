// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "octune/metric.hpp"

namespace octune::evaluate {

/// Outputs with memory of their own: those of a request are overwritten by its next sample.
Outputs copies_of(const Outputs& outputs);

/// Of all tensors together.
std::size_t byte_size(const Outputs& outputs);

}  // namespace octune::evaluate
