// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/section.hpp"
#include "octune/options.hpp"

namespace octune::config {

/// Reads the section `ignored` of an algorithm's params and adds what it names to `scope`.
void read_ignored(Section section, IgnoredScope& scope);

}  // namespace octune::config
