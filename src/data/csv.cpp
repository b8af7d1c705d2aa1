// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/csv.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "octune/error.hpp"

namespace octune::data {

std::vector<CsvRecord> parse_csv(std::string_view text, const std::string& where, char separator) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::vector<CsvRecord> records;
  std::size_t line = 1;
  std::size_t at = 0;
  const char ends[]{separator, '\n', '\0'};
  while (at < text.size()) {
    CsvRecord record{line, {}};
    bool more = true;
    while (more) {
      std::string field;
      if (at < text.size() && text[at] == '"') {
        for (++at;; ++at) {
          if (at == text.size()) {
            throw Error(ErrorKind::input,
                        fmt::format("{}:{}: a quoted field does not end; close it with '\"'", where, record.line));
          }
          if (text[at] == '\n') ++line;
          if (text[at] == '"') {
            if (at + 1 == text.size() || text[at + 1] != '"') break;
            ++at;  // a doubled quote stands for one
          }
          field.push_back(text[at]);
        }
        ++at;
        if (at < text.size() && text[at] != separator && text[at] != '\n' && text[at] != '\r') {
          throw Error(
              ErrorKind::input,
              fmt::format("{}:{}: text follows a closing quote; double the quotes inside a field", where, line));
        }
      } else {
        const std::size_t end = std::min(text.find_first_of(ends, at), text.size());
        field = text.substr(at, end - at);
        at = end;
      }
      more = at < text.size() && text[at] == separator;
      if (!more && !field.empty() && field.back() == '\r') field.pop_back();
      record.fields.push_back(std::move(field));
      if (more) ++at;
    }
    if (at < text.size() && text[at] == '\r') ++at;
    if (at < text.size() && text[at] == '\n') ++at;
    ++line;
    const bool empty = record.fields.size() == 1 && record.fields.front().empty();
    if (!empty) records.push_back(std::move(record));
  }
  return records;
}

}  // namespace octune::data
