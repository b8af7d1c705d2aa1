// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/run_config.hpp"
#include "config/section.hpp"

namespace octune::config {

/// Reads the keys of MinMaxQuantization's params that describe schemes and ranges: `range_estimator`, `weights` and
/// `activations`. Keys that a section lacks are filled in by complete(), those of a border at once.
void read_schemes(Section& params, RunConfig& config);

}  // namespace octune::config
