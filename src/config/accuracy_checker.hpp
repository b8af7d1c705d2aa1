// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/run_config.hpp"
#include "config/section.hpp"

namespace octune::config {

/// Whether the section describes POT's default engine: by its `type`, or without one by the keys `config`, `launchers`
/// and `datasets`.
bool is_accuracy_checker(Section& engine);

/// Reads the configuration of the Accuracy Checker that `engine` holds, or that lies in the file it names under
/// `config` (YAML or JSON): the first model for OpenVINO, its adapter, and the data set with samples, labels,
/// preprocessing, postprocessing and metrics. docs/accuracy_checker.md says what each key becomes. All without a
/// counterpart are noted in `problems`, with their places. Entries of definitions (`global_definitions`, or the
/// environment's DEFINITIONS_FILE) stand behind a data set of the same name.
///
/// What octune's own keys of `engine` say comes later and counts more; of them, this asks only which are there.
void read_accuracy_checker(Section& engine, Problems& problems, RunConfig& config);

}  // namespace octune::config
