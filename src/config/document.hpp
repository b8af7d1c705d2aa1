// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "config/yaml.hpp"

namespace octune::config {

/// A JSON file with `//` and `/* */` comments and trailing commas, as POT's own files have them, or a YAML file, that
/// still knows where every key and value stands.
class Document {
 public:
  /// Names that end in .yml or .yaml are YAML (parse_yaml()), all others JSON. Error{io} if the file cannot be read;
  /// Error{input} "<file>:<line>:<column>: ..." if it is not JSON or an object has a key twice.
  static Document read(const std::filesystem::path& path);
  static Document parse(std::string_view text, std::filesystem::path path);

  const std::filesystem::path& path() const { return path_; }
  const nlohmann::json& root() const { return root_; }

  /// "<file>:<line>:<column>" of a value, and of the key of an object's member.
  std::string where(const nlohmann::json::json_pointer& value) const;
  std::string where_key(const nlohmann::json::json_pointer& value) const;

 private:
  std::filesystem::path path_;
  nlohmann::json root_;
  std::map<std::string, Position> values_;  ///< JSON pointer -> the value's first character
  std::map<std::string, Position> keys_;    ///< JSON pointer of the member -> its key's opening quote
};

/// `text` with comments and trailing commas blanked out: every other character keeps its line and column.
std::string without_comments(std::string_view text);

}  // namespace octune::config
