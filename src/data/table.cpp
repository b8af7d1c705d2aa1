// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <system_error>

#include "base/file.hpp"
#include "data/array_dataset.hpp"
#include "data/array_input.hpp"
#include "data/csv.hpp"
#include "data/file_dataset.hpp"
#include "data/label_matching.hpp"
#include "data/number_list.hpp"
#include "data/table_columns.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace fs = std::filesystem;
namespace {

/// The table, read and with its columns named.
struct Table {
  std::string where;
  std::vector<std::string> names;  ///< empty: no header
  std::vector<CsvRecord> rows;
};

/// Before the name of the labels' column in an option.
constexpr std::string_view kLabelOption = "label=";

Table read_table(const SourceSpec& source) {
  const fs::path& path = source.path;
  const std::string label = source.option.starts_with(kLabelOption) ? source.option.substr(kLabelOption.size()) : "";
  Table table{path.string(), {}, {}};
  table.rows = parse_csv(base::read_file(path), table.where, lower(path.extension().string()) == ".tsv" ? '\t' : ',');
  if (!table.rows.empty() && begins_with_header(table.rows, label, path.parent_path())) {
    for (const std::string& field : table.rows.front().fields) table.names.emplace_back(trimmed_field(field));
  }
  return table;
}

/// The column that names files; none if the table holds numbers.
std::optional<std::size_t> path_column(const Table& table, const fs::path& folder) {
  if (table.rows.empty()) return std::nullopt;
  for (std::size_t column = 0; column < table.names.size(); ++column) {
    if (!is_path_column(table.names[column])) continue;
    const bool numbers =
        table.rows.size() > 1 && column < table.rows[1].fields.size() && is_number(table.rows[1].fields[column]);
    if (!numbers) return column;
  }
  const std::string_view first = trimmed_field(table.rows.front().fields.front());
  std::error_code ignored;
  if (table.names.empty() && !is_number(first) && fs::is_regular_file(folder / first, ignored)) return 0;
  return std::nullopt;
}

std::unique_ptr<Dataset> open_listed(const Table& table, std::size_t column, const fs::path& path,
                                     const std::vector<InputInfo>& inputs, const Preprocess& preprocess) {
  std::vector<ListedPath> paths;
  for (std::size_t row = table.names.empty() ? 0 : 1; row < table.rows.size(); ++row) {
    const auto& [line, fields] = table.rows[row];
    if (column >= fields.size()) {
      throw Error(ErrorKind::input, fmt::format("{}:{}: has {} columns, the path is the {}; quote fields with commas",
                                                table.where, line, fields.size(), column + 1));
    }
    paths.push_back({line, std::string(trimmed_field(fields[column]))});
  }
  if (paths.empty()) {
    throw Error(ErrorKind::input, fmt::format("{}: has a header and no rows; give at least one sample", table.where));
  }
  return open_files(listed_files(paths, path), inputs, preprocess);
}

/// The column whose values are labels: the one the option names, or else one with a usual name.
std::optional<std::size_t> label_column(const Table& table, const SourceSpec& source) {
  if (source.option.empty()) {
    const auto found = std::find_if(table.names.begin(), table.names.end(), is_label_column);
    if (found == table.names.end()) return std::nullopt;
    return static_cast<std::size_t>(found - table.names.begin());
  }
  if (!source.option.starts_with(kLabelOption)) {
    throw Error(ErrorKind::input, fmt::format("{}:{}: '{}' says nothing about a table; write {}:label=COLUMN",
                                              table.where, source.option, source.option, table.where));
  }
  return find_column(source.option.substr(kLabelOption.size()), table.names, table.rows.front().fields.size(),
                     table.where);
}

/// The columns of each input, in the order of its values.
std::vector<std::vector<std::size_t>> columns_of_inputs(const Table& table, std::optional<std::size_t> label,
                                                        const std::vector<InputInfo>& inputs) {
  std::vector<std::vector<std::size_t>> columns(inputs.size());
  std::vector<std::string> missing;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    columns[i] = columns_of(inputs[i].name, table.names, label, table.where);
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
  const Table table = read_table(source);
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
        if (values.add(trimmed_field(fields[column]))) continue;
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
