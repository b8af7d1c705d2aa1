// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <openvino/core/model.hpp>
#include <string>
#include <vector>

#include "octune/dataset.hpp"
#include "octune/metric.hpp"

namespace octune::real_models {

/// The outputs of `model` for every sample, in f32 on one thread: the same numbers for the same model.
std::vector<Outputs> outputs_of(const std::shared_ptr<const ov::Model>& model, const Dataset& samples);

/// That every output of every sample has the shape of `reference` and deviates by at most `tolerance` times the range
/// (maximum - minimum over all samples) of the reference output.
testing::AssertionResult agree(const std::vector<Outputs>& outputs, const std::vector<Outputs>& reference,
                               double tolerance);

/// A copy whose outputs are what goes into the final softmax, where there is one: probabilities near 0 and 1 hide
/// errors.
std::shared_ptr<ov::Model> before_softmax(const std::shared_ptr<const ov::Model>& model);

/// 10 log10(sum of reference^2 / sum of (output - reference)^2) over all samples, of the worst output.
double sqnr_db(const std::vector<Outputs>& outputs, const std::vector<Outputs>& reference);

}  // namespace octune::real_models
