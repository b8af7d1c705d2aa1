// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "layerwise/layer_problem.hpp"

namespace octune::layerwise {

/// The quantizer of the inputs with the scale under which the error of the layer with its float weights, and the best
/// bias, falls most surely (sure_fall.hpp) on (some of) the rows to tune on: scales are tried in steps of 5 %, to one
/// side and then to the other, until three in a row did not do better. Unchanged if problem.tunes_input_range is not
/// set or there are several scales.
AffineQuantizer best_input_range(const LayerProblem& problem, const AffineQuantizer& quantizer, int threads);

}  // namespace octune::layerwise
