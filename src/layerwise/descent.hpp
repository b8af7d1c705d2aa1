// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "layerwise/layer_problem.hpp"

namespace octune::layerwise {

/// Adam (Kingma and Ba 2015) from `start` on weights, bias and scales, over batches of problem.tuning in an order that
/// `seed` decides. The rows held out are looked at every kStepsALook steps; ends when options.patience looks in a row
/// found nothing better, or after options.steps. Returns the best layer seen, with its loss on the rows held out in
/// loss_after: at worst `start`, whose loss_after has to be set.
LayerSolution descend(const LayerProblem& problem, const LayerSolution& start, const LayerwiseOptions& options,
                      std::uint64_t seed, int threads);

inline constexpr std::size_t kStepsALook = 10;

}  // namespace octune::layerwise
