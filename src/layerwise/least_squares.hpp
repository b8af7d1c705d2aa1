// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "layerwise/layer_problem.hpp"

namespace octune::layerwise {

/// The part of finetune that needs no descent (docs/layerwise_mathematics.md):
/// 1. the range of the inputs, where it is the layer's own, is narrowed or widened if that lowers the error;
/// 2. weights that minimise the squared error on the rows, held back towards the float weights by a ridge; how strongly
///    is decided by the surest fall on a fifth of the rows that the others do not see (ridge regression, Hoerl and
///    Kennard 1970);
/// 3. they are rounded one column after the other, each taking over the error of those before (Babai 1986, known for
///    weights as GPTQ, Frantar et al. 2022), within the integers' range and with the channel's best of a few scales;
/// 4. the bias is the mean of what is left.
/// Minimises on problem.tuning; problem.held_out is not looked at, losses are not set.
LayerSolution regress(const LayerProblem& problem, int threads);

/// Parts 1 and 4 alone: the weights stay as they are.
LayerSolution shift_outputs(const LayerProblem& problem, int threads);

/// Rows at the end of problem.tuning that decide, out of `rows`.
std::size_t deciding_rows(std::size_t rows);

}  // namespace octune::layerwise
