// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "layerwise/products.hpp"

namespace octune::layerwise {

/// The lower factor L of a symmetric matrix H = L * L^T takes the place of H's lower triangle; what is above the
/// diagonal is not read, and has no meaning afterwards. False if H is not positive definite. By blocks: those on the
/// diagonal and beside it by Eigen, the rest, nearly all of the work, by multiply()'s kernel.
[[nodiscard]] bool cholesky(const Matrix& h, int threads);

/// rows[R][K] become rows * (L * L^T)^-1.
void solve(const ConstMatrix& lower, const Matrix& rows, int threads);

}  // namespace octune::layerwise
