// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/run_config.hpp"
#include "config/section.hpp"

namespace octune::config {

/// Reads POT's `use_layerwise_tuning` and the keys that belong to it, and octune's own, which begin with "layerwise_".
void read_layerwise(Section& params, RunConfig& config);

}  // namespace octune::config
