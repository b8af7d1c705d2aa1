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

/// "mse_to_float": the mean of (x - y)^2 over all values of all outputs of a sample, mean over the samples; less is
/// better. In the square of the outputs' unit: sqnr is the same relative to the outputs' energy.
std::unique_ptr<Metric> make_mse_to_float();

/// "kl": the divergence KL(P || Q) = sum p ln(p / q), in nats, of the model's distributions Q from the float model's P;
/// mean over the distributions of the first output (one, or one a position) and over the samples; less is better.
/// read_classes() of the float model's output says where they lie and whether they are probabilities, which are used as
/// they are (divided by their sum), or logits, of which the softmax is taken. Error{input}: fewer than two classes.
std::unique_ptr<Metric> make_kl();

}  // namespace octune::evaluate
