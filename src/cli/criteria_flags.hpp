// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/flags.hpp"
#include "config/criteria.hpp"

namespace octune::cli {

/// How good the result has to be: --max-drop, --drop-type, --higher-is-better, --expect-baseline.
void add_criteria_flags(CLI::App& command, Flags& flags);

/// A list that is given takes the place of the file's. Error{input} names the option.
void apply_criteria(const Flags& flags, config::CriteriaOptions& criteria);

}  // namespace octune::cli
