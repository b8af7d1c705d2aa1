// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/run_config.hpp"
#include "config/section.hpp"

namespace octune::config {

/// Reads POT's `compression` section into the run's quantization options. What is wrong is noted by the section.
/// True if it names a tuning algorithm, which is one of the problems then.
bool read_compression(Section& compression, RunConfig& config);

}  // namespace octune::config
