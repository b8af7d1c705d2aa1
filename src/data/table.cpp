// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <numeric>
#include <optional>
#include <set>
#include <system_error>

#include "base/file.hpp"
#include "base/suggest.hpp"
#include "data/array_dataset.hpp"
#include "data/array_input.hpp"
#include "data/csv.hpp"
#include "data/file_dataset.hpp"
#include "data/number_list.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace fs = std::filesystem;
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

template <std::size_t kCount>
bool is_one_of(const std::string& name, const std::array<std::string_view, kCount>& known) {
  return std::find(known.begin(), known.end(), lower(name)) != known.end();
}

constexpr std::array<std::string_view, 8> kPathColumns{"file",  "filename",   "file_name", "path",
                                                       "image", "image_path", "audio",     "name"};
constexpr std::array<std::string_view, 4> kLabelColumns{"label", "labels", "target", "class"};

bool is_number(std::string_view text) { return NumberList().add(trimmed(text)); }

/// True if the first row holds names: no number at all, or a text above a number.
bool begins_with_header(const std::vector<CsvRecord>& rows) {
  const std::vector<std::string>& first = rows.front().fields;
  if (std::none_of(first.begin(), first.end(), [](const std::string& field) { return is_number(field); })) return true;
  if (rows.size() < 2) return false;
  const std::vector<std::string>& second = rows[1].fields;
  for (std::size_t column = 0; column < std::min(first.size(), second.size()); ++column) {
    if (!trimmed(first[column]).empty() && !is_number(first[column]) && is_number(second[column])) return true;
  }
  return false;
}

/// The table, read and with its columns named.
struct Table {
  std::string where;
  std::vector<std::string> names;  ///< empty: no header
  std::vector<CsvRecord> rows;
};

Table read_table(const fs::path& path) {
  Table table{path.string(), {}, {}};
  table.rows = parse_csv(base::read_file(path), table.where, lower(path.extension().string()) == ".tsv" ? '\t' : ',');
  if (!table.rows.empty() && begins_with_header(table.rows)) {
    for (const std::string& field : table.rows.front().fields) table.names.emplace_back(trimmed(field));
  }
  return table;
}

/// The column that names files; none if the table holds numbers.
std::optional<std::size_t> path_column(const Table& table, const fs::path& folder) {
  if (table.rows.empty() || table.names.empty()) return std::nullopt;
  for (std::size_t column = 0; column < table.names.size(); ++column) {
    if (!is_one_of(table.names[column], kPathColumns)) continue;
    const bool numbers =
        table.rows.size() > 1 && column < table.rows[1].fields.size() && is_number(table.rows[1].fields[column]);
    if (!numbers) return column;
  }
  std::error_code ignored;
  if (fs::is_regular_file(folder / table.names.front(), ignored)) return 0;
  return std::nullopt;
}

std::unique_ptr<Dataset> open_listed(const Table& table, std::size_t column, const fs::path& path,
                                     const std::vector<InputInfo>& inputs, const Preprocess& preprocess) {
  const bool header = is_one_of(table.names[column], kPathColumns);
  std::vector<ListedPath> paths;
  for (std::size_t row = header ? 1 : 0; row < table.rows.size(); ++row) {
    const auto& [line, fields] = table.rows[row];
    if (column >= fields.size()) {
      throw Error(ErrorKind::input, fmt::format("{}:{}: has {} columns, the path is the {}; quote fields with commas",
                                                table.where, line, fields.size(), column + 1));
    }
    paths.push_back({line, std::string(trimmed(fields[column]))});
  }
  if (paths.empty()) {
    throw Error(ErrorKind::input, fmt::format("{}: has a header and no rows; give at least one sample", table.where));
  }
  return open_files(listed_files(paths, path), inputs, preprocess);
}

/// The column whose values are labels: the one the option names, or else one with a usual name.
std::optional<std::size_t> label_column(const Table& table, const SourceSpec& source) {
  constexpr std::string_view kOption = "label=";
  if (source.option.empty()) {
    const auto found = std::find_if(table.names.begin(), table.names.end(),
                                    [](const std::string& name) { return is_one_of(name, kLabelColumns); });
    if (found == table.names.end()) return std::nullopt;
    return static_cast<std::size_t>(found - table.names.begin());
  }
  if (!source.option.starts_with(kOption)) {
    throw Error(ErrorKind::input, fmt::format("{}:{}: '{}' says nothing about a table; write {}:label=COLUMN",
                                              table.where, source.option, source.option, table.where));
  }
  const std::string name = source.option.substr(kOption.size());
  const auto found = std::find(table.names.begin(), table.names.end(), name);
  if (found != table.names.end()) return static_cast<std::size_t>(found - table.names.begin());
  if (table.names.empty()) {
    const std::size_t width = table.rows.front().fields.size();
    std::size_t number = 0;
    const auto [end, status] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (status == std::errc() && end == name.data() + name.size() && number >= 1 && number <= width) return number - 1;
    throw Error(ErrorKind::input, fmt::format("{}: has no header, so no column '{}'; give its number, from 1 to {}",
                                              table.where, name, width));
  }
  throw Error(ErrorKind::input,
              fmt::format("{}: has no column '{}'; {}", table.where, name, base::did_you_mean(name, table.names)));
}

/// The columns of each input, in their order.
std::vector<std::vector<std::size_t>> columns_of_inputs(const Table& table, std::optional<std::size_t> label,
                                                        const std::vector<InputInfo>& inputs) {
  std::vector<std::vector<std::size_t>> columns(inputs.size());
  std::vector<std::string> missing;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    for (std::size_t column = 0; column < table.names.size(); ++column) {
      const std::string& name = table.names[column];
      const bool indexed = name.starts_with(inputs[i].name + "[") && name.back() == ']';
      if (column != label && (name == inputs[i].name || indexed)) columns[i].push_back(column);
    }
    if (columns[i].empty()) missing.push_back("'" + inputs[i].name + "'");
  }
  if (missing.empty()) return columns;
  if (inputs.size() == 1) {
    for (std::size_t column = 0; column < table.rows.front().fields.size(); ++column) {
      if (column != label) columns.front().push_back(column);
    }
    return columns;
  }
  throw Error(
      ErrorKind::input,
      fmt::format("{}: has no column for {}; name columns as the inputs ({}), several of one input as x[0], x[1]"
                  "{}",
                  table.where, fmt::join(missing, ", "), quoted_names(inputs),
                  table.names.empty() ? std::string() : fmt::format(" (columns: {})", fmt::join(table.names, ", "))));
}

/// The lengths of a row: the input's behind its first axis if the values are as many, otherwise one axis.
std::vector<std::size_t> row_shape(const InputInfo& input, std::size_t count) {
  if (input.shape.rank().is_static() && input.shape.size() > 1) {
    std::vector<std::size_t> shape;
    for (std::size_t axis = 1; axis < input.shape.size() && input.shape[axis].is_static(); ++axis) {
      shape.push_back(static_cast<std::size_t>(input.shape[axis].get_length()));
    }
    const std::size_t product = std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>());
    if (shape.size() + 1 == input.shape.size() && product == count) return shape;
  }
  return {count};
}

}  // namespace

bool is_table_name(const fs::path& path) {
  const std::string extension = lower(path.extension().string());
  return extension == ".csv" || extension == ".tsv";
}

std::unique_ptr<Dataset> open_table(const SourceSpec& source, const std::vector<InputInfo>& inputs,
                                    const Preprocess& preprocess) {
  const Table table = read_table(source.path);
  if (table.rows.empty()) {
    throw Error(ErrorKind::input, fmt::format("{}: is empty; give at least one row", table.where));
  }
  if (const auto column = path_column(table, source.path.parent_path())) {
    if (!source.option.empty()) label_column(table, source);  // an unknown name is a mistake here, too
    return open_listed(table, *column, source.path, inputs, preprocess);
  }
  const std::optional<std::size_t> label = label_column(table, source);
  const std::vector<std::vector<std::size_t>> columns = columns_of_inputs(table, label, inputs);
  const std::size_t first = table.names.empty() ? 0 : 1;
  if (table.rows.size() == first) {
    throw Error(ErrorKind::input, fmt::format("{}: has a header and no rows; give at least one sample", table.where));
  }
  const std::size_t width = table.rows.front().fields.size();
  std::vector<NpyArray> arrays;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    NumberList values;
    for (std::size_t row = first; row < table.rows.size(); ++row) {
      const auto& [line, fields] = table.rows[row];
      if (fields.size() != width) {
        throw Error(ErrorKind::input, fmt::format("{}:{}: has {} columns, the first line has {}; give all rows as many",
                                                  table.where, line, fields.size(), width));
      }
      for (const std::size_t column : columns[i]) {
        if (values.add(trimmed(fields[column]))) continue;
        const std::string name = table.names.empty() ? std::to_string(column + 1) : "'" + table.names[column] + "'";
        throw Error(ErrorKind::input,
                    fmt::format("{}:{}: column {} holds '{}', which is no number; a column of labels is named by "
                                "{}:label=COLUMN",
                                table.where, line, name, fields[column], table.where));
      }
    }
    std::vector<std::size_t> shape = row_shape(inputs[i], columns[i].size());
    shape.insert(shape.begin(), table.rows.size() - first);
    arrays.push_back(std::move(values).array(shape, table.where));
  }
  return dataset_of_arrays(std::move(arrays), inputs, preprocess, source.path.filename().string());
}

}  // namespace octune::data
