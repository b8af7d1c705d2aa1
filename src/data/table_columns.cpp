// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/table_columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <system_error>

#include "base/suggest.hpp"
#include "data/label_matching.hpp"
#include "data/number_list.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace fs = std::filesystem;
namespace {

constexpr std::array<std::string_view, 8> kPathColumns{"file",  "filename",   "file_name", "path",
                                                       "image", "image_path", "audio",     "name"};
constexpr std::array<std::string_view, 4> kLabelColumns{"label", "labels", "target", "class"};

template <std::size_t kCount>
bool is_one_of(std::string_view name, const std::array<std::string_view, kCount>& known) {
  return std::find(known.begin(), known.end(), lower(std::string(trimmed_field(name)))) != known.end();
}

/// None if other characters than digits stand there.
std::optional<std::size_t> whole_number(std::string_view text) {
  std::size_t number = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (status != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::string_view trimmed_field(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool is_number(std::string_view field) { return NumberList().add(trimmed_field(field)); }

bool is_path_column(std::string_view name) { return is_one_of(name, kPathColumns); }
bool is_label_column(std::string_view name) { return is_one_of(name, kLabelColumns); }

bool begins_with_header(std::span<const CsvRecord> records, const std::string& wanted, const fs::path& folder) {
  const std::vector<std::string>& first = records.front().fields;
  const bool by_name = !wanted.empty() && !is_number(wanted);
  const auto is_name = [&](const std::string& field) {
    if (is_path_column(field) || is_label_column(field)) return true;
    return by_name && lower(std::string(trimmed_field(field))) == lower(wanted);
  };
  if (std::any_of(first.begin(), first.end(), is_name)) return true;
  std::error_code ignored;
  const std::string_view beginning = trimmed_field(first.front());
  if (!beginning.empty() && fs::is_regular_file(folder / beginning, ignored)) return false;
  if (std::none_of(first.begin(), first.end(), is_number)) return true;
  if (records.size() < 2) return false;
  const std::vector<std::string>& second = records[1].fields;
  for (std::size_t column = 0; column < std::min(first.size(), second.size()); ++column) {
    if (!trimmed_field(first[column]).empty() && !is_number(first[column]) && is_number(second[column])) return true;
  }
  return false;
}

std::size_t find_column(const std::string& wanted, const std::vector<std::string>& names, std::size_t width,
                        const std::string& where) {
  const auto found =
      std::find_if(names.begin(), names.end(), [&](const std::string& name) { return lower(name) == lower(wanted); });
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  if (!names.empty()) {
    throw Error(ErrorKind::input,
                fmt::format("{}: has no column '{}'; {}", where, wanted, base::did_you_mean(wanted, names)));
  }
  const std::optional<std::size_t> number = whole_number(wanted);
  if (!number || *number < 1 || *number > width) {
    throw Error(ErrorKind::input, fmt::format("{}: has no header, so no column '{}'; give its number, from 1 to {}",
                                              where, wanted, width));
  }
  return *number - 1;
}

std::vector<std::size_t> columns_of(const std::string& name, const std::vector<std::string>& names,
                                    std::optional<std::size_t> skipped, const std::string& where) {
  std::map<std::size_t, std::size_t> column_of_index;
  std::optional<std::size_t> whole;
  for (std::size_t column = 0; column < names.size(); ++column) {
    const std::string& called = names[column];
    if (column == skipped || !called.starts_with(name)) continue;
    const std::string_view rest = std::string_view(called).substr(name.size());
    if (rest.empty()) {
      if (whole) {
        throw Error(ErrorKind::input, fmt::format("{}: columns {} and {} are both called '{}'; call them {}[0], {}[1]",
                                                  where, *whole + 1, column + 1, name, name, name));
      }
      whole = column;
      continue;
    }
    if (!rest.starts_with('[') || !rest.ends_with(']')) continue;
    const std::optional<std::size_t> index = whole_number(rest.substr(1, rest.size() - 2));
    if (!index) {
      throw Error(ErrorKind::input, fmt::format("{}: column '{}' has no whole number as index; call the columns of "
                                                "'{}' {}[0], {}[1], ... in the order of its values",
                                                where, called, name, name, name));
    }
    const auto [entry, added] = column_of_index.emplace(*index, column);
    if (!added) {
      throw Error(ErrorKind::input,
                  fmt::format("{}: columns {} and {} are both called '{}[{}]'; give each its own index", where,
                              entry->second + 1, column + 1, name, *index));
    }
  }
  if (whole && !column_of_index.empty()) {
    throw Error(ErrorKind::input, fmt::format("{}: has a column '{}' and columns '{}[...]'; give all of them an index",
                                              where, name, name));
  }
  if (whole) return {*whole};
  std::vector<std::size_t> columns;
  for (const auto& [index, column] : column_of_index) {
    if (index != columns.size()) {
      throw Error(ErrorKind::input,
                  fmt::format("{}: has a column '{}[{}]' and none '{}[{}]'; number the columns of an input from 0, "
                              "without gaps",
                              where, name, index, name, columns.size()));
    }
    columns.push_back(column);
  }
  return columns;
}

}  // namespace octune::data
