// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

namespace octune::target {

/// The JSON texts of targets/*.json, built into the library.
std::vector<std::string_view> embedded_tables();

}  // namespace octune::target
