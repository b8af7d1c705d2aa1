// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/flags.hpp"

namespace CLI {
class App;
}

namespace octune::cli {

/// How the model is quantized: the preset, schemes, ignored operations, algorithms.
void add_plan_flags(CLI::App& command, Flags& flags);

/// How one of several plans is chosen.
void add_choice_flags(CLI::App& command, Flags& flags);

/// What is given takes the place of the file's. Error{input} names the option.
void apply_plan(const Flags& flags, PlanOptions& plan);

/// Which preset, or that several plans are to be tried.
void apply_choice(const Flags& flags, PlanDefault plan_default, config::RunConfig& config);

}  // namespace octune::cli
