// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "config/run_config.hpp"
#include "config/section.hpp"

namespace octune::config {

/// The order of colours that a reader of the Accuracy Checker leaves an image in.
enum class ReadColors { bgr, rgb, gray };

/// Reads the steps of the Accuracy Checker's `preprocessing`, which work on an image one after the other, into the
/// run's preprocessing, which has a fixed order: centre of the file, resize, crop or padding, order of colours, mean
/// and scale. Steps that change nothing but the order of independent operations come out the same. Steps and keys
/// without a counterpart are noted as problems by the sections, with ours where there is one
/// (docs/accuracy_checker.md).
void read_checker_preprocessing(std::vector<Section> steps, ReadColors colors, RunConfig& config);

}  // namespace octune::config
