// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "octune/metric.hpp"

namespace octune::evaluate {

/// "perplexity": exp of the mean negative log probability of all tokens of the set; less is better, the number of
/// tokens known is what guessing gives. The output has the shape [T,V] or [1,T,V]: a distribution over V tokens at each
/// of T positions, logits or probabilities. Label: T token ids, the token that each position should predict (the input
/// shifted by one place, for a model of the next token); -100 where none is asked for. Error{input}: another shape,
/// another number of ids, ids outside 0 to V - 1.
std::unique_ptr<Metric> make_perplexity();

}  // namespace octune::evaluate
