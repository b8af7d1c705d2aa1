// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/section.hpp"

namespace octune::config {

// The keys of POT's tuning, which this version does not do. They are read so that a file for it is checked as a whole:
// what is wrong in it is reported, and nothing in it passes for a mistake.

/// TunableQuantization's own params.
void read_tuning_scope(Section& params);

/// AccuracyAwareQuantization's own params.
void read_accuracy_control(Section& params);

/// The file's section `optimizer`: the Tree-structured Parzen Estimator.
void read_optimizer(Section& optimizer);

}  // namespace octune::config
