// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace octune::data {

/// A record of a table with the line on which it begins.
struct CsvRecord {
  std::size_t line = 1;
  std::vector<std::string> fields;
};

/// The records of a CSV (RFC 4180: quotes, doubled quotes, line breaks inside quotes) whose fields are separated by
/// `separator`; empty lines are left out, and a byte order mark. `where` names the text in messages. Error{input}
/// naming the line.
std::vector<CsvRecord> parse_csv(std::string_view text, const std::string& where, char separator = ',');

}  // namespace octune::data
