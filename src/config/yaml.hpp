// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace octune::config {

/// A place in a text file; both count from 1, columns in bytes.
struct Position {
  std::size_t line = 1;
  std::size_t column = 1;
};

/// The values of a YAML text as JSON, and where each stands.
struct YamlValues {
  nlohmann::json root;
  std::map<std::string, Position> values;  ///< JSON pointer -> the value's first character
  std::map<std::string, Position> keys;    ///< JSON pointer of the member -> its key
};

/// Reads the one document of a YAML text. Words without quotes become what YAML 1.1 makes of them, as Python's reader
/// does: null, true (also yes and on), numbers; all others are texts. Anchors and merge keys (<<) are followed.
/// Error{input} "<path>:<line>:<column>: ...": no valid YAML, a key that is a list or an object, one key twice, a
/// second document.
YamlValues parse_yaml(std::string_view text, const std::filesystem::path& path);

}  // namespace octune::config
