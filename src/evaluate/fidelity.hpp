// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "octune/metric.hpp"

/// How near a model's outputs lie to the float model's for the same samples. All sums are taken in double. Both models
/// have to give as many outputs with as many values each; Error{input} otherwise.
namespace octune::evaluate {

/// "cosine": x.y / (|x| |y|) of all outputs of a sample joined into one vector, mean over the samples. Two zero vectors
/// have the similarity 1, a zero vector and another one 0.
std::unique_ptr<Metric> make_cosine();

/// "sqnr": 10 log10(sum x^2 / sum (x - y)^2) dB, x the float model's outputs, over all outputs and samples. Equal
/// outputs would be infinite: the ratio of energies is kept within [e, 1/e], e = 2^-52, that is within +-156.5 dB.
std::unique_ptr<Metric> make_sqnr();

/// "top1_agreement": the share of samples whose first output has its (first) largest value at the same place.
std::unique_ptr<Metric> make_top1_agreement();

}  // namespace octune::evaluate
