// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace octune::config {

/// The JSON Schemas of docs/schema by name ("config", "run"), built into the library.
const std::map<std::string, std::string_view>& embedded_schemas();

}  // namespace octune::config
