// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/labels.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <map>
#include <optional>
#include <set>

#include "base/file.hpp"
#include "data/bytes.hpp"
#include "data/file_dataset.hpp"
#include "data/npy.hpp"
#include "data/open.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace fs = std::filesystem;
namespace {

std::string normal_path(const std::string& path) { return fs::path(path).lexically_normal().generic_string(); }
std::string base_name(const std::string& path) { return fs::path(path).filename().string(); }

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::vector<std::string> sample_names(const Dataset& dataset) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < dataset.size(); ++i) names.push_back(dataset.name(i));
  return names;
}

/// The records of a CSV with the line on which each begins.
struct Record {
  std::size_t line = 1;
  std::vector<std::string> fields;
};

std::vector<Record> parse_csv(std::string_view text, const std::string& where) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::vector<Record> records;
  std::size_t line = 1;
  std::size_t at = 0;
  while (at < text.size()) {
    Record record{line, {}};
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
        if (at < text.size() && text[at] != ',' && text[at] != '\n' && text[at] != '\r') {
          throw Error(
              ErrorKind::input,
              fmt::format("{}:{}: text follows a closing quote; double the quotes inside a field", where, line));
        }
      } else {
        const std::size_t end = std::min(text.find_first_of(",\n", at), text.size());
        field = text.substr(at, end - at);
        at = end;
      }
      const bool ends_line = at >= text.size() || text[at] != ',';
      if (ends_line && !field.empty() && field.back() == '\r') field.pop_back();
      record.fields.push_back(std::move(field));
      more = !ends_line;
      if (!ends_line) ++at;
    }
    if (at < text.size() && text[at] == '\r') ++at;
    if (at < text.size() && text[at] == '\n') ++at;
    ++line;
    const bool empty = record.fields.size() == 1 && record.fields.front().empty();
    if (!empty) records.push_back(std::move(record));
  }
  return records;
}

/// Which columns hold path and label; `header` if the first record says so itself.
struct Columns {
  std::size_t path = 0;
  std::size_t label = 1;
  bool header = false;
};

Columns find_columns(const Record& first, const std::string& where) {
  static constexpr std::array<std::string_view, 7> kPathColumns{"file",  "filename",   "file_name", "path",
                                                                "image", "image_path", "name"};
  const auto column = [&](auto matches) -> std::optional<std::size_t> {
    const auto found = std::find_if(first.fields.begin(), first.fields.end(),
                                    [&](const std::string& field) { return matches(lower(field)); });
    if (found == first.fields.end()) return std::nullopt;
    return static_cast<std::size_t>(found - first.fields.begin());
  };
  const auto path = column([](const std::string& name) {
    return std::find(kPathColumns.begin(), kPathColumns.end(), name) != kPathColumns.end();
  });
  const auto label = column([](const std::string& name) { return name == "label"; });
  if (path && label) return {*path, *label, true};
  if (first.fields.size() == 2) return {};
  throw Error(ErrorKind::input,
              fmt::format("{}:{}: the columns are not known: {}; write a header with 'file' and 'label', or "
                          "two columns",
                          where, first.line, fmt::join(first.fields, ", ")));
}

Labels labels_of_array(const NpyArray& array, const Dataset& dataset) {
  if (array.rows() != dataset.size()) {
    throw Error(ErrorKind::input, fmt::format("{}: has {} labels, the data set has {} samples; give one label a sample",
                                              array.where(), array.rows(), dataset.size()));
  }
  if (!array.type().is_number() && array.row_size() != 1) {
    throw Error(ErrorKind::input,
                fmt::format("{}: holds {} strings a row; give one label a sample", array.where(), array.row_size()));
  }
  Labels labels;
  for (std::size_t row = 0; row < array.rows(); ++row) labels.push_back(array.row_text(row));
  return labels;
}

Labels labels_of_folders(const Dataset& dataset) {
  Labels labels;
  for (const std::string& name : sample_names(dataset)) {
    std::string folder = fs::path(normal_path(name)).parent_path().filename().string();
    if (folder.empty()) {
      throw Error(
          ErrorKind::input,
          fmt::format("folders: '{}' lies in no folder below the data; put the samples of each label into a folder "
                      "of its name",
                      name));
    }
    labels.push_back(std::move(folder));
  }
  return labels;
}

}  // namespace

std::vector<PathLabel> parse_label_lines(const std::string& text, const std::vector<std::string>& known,
                                         const std::string& where) {
  std::set<std::string> paths;
  for (const std::string& name : known) {
    paths.insert(normal_path(name));
    paths.insert(base_name(name));
  }
  std::vector<PathLabel> entries;
  const std::vector<std::string> lines = text_lines(text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::size_t begin = lines[i].find_first_not_of(" \t");
    if (begin == std::string::npos) continue;
    const std::string line = lines[i].substr(begin);
    std::size_t end = line.find('\t');
    if (end == std::string::npos) {
      for (std::size_t at = line.find(' '); at != std::string::npos && end == std::string::npos;
           at = line.find(' ', at + 1)) {
        const std::string path = normal_path(line.substr(0, at));
        if (paths.contains(path) || paths.contains(base_name(path))) end = at;
      }
      if (end == std::string::npos) end = line.find(' ');
    }
    const std::size_t label = end == std::string::npos ? end : line.find_first_not_of(" \t", end);
    if (label == std::string::npos) {
      throw Error(ErrorKind::input,
                  fmt::format("{}:{}: '{}' has no label; write 'path label' on each line", where, i + 1, line));
    }
    entries.push_back({line.substr(0, end), line.substr(label)});
  }
  return entries;
}

std::vector<PathLabel> parse_label_csv(const std::string& text, const std::string& where) {
  const std::vector<Record> records = parse_csv(text, where);
  if (records.empty()) return {};
  const Columns columns = find_columns(records.front(), where);
  std::vector<PathLabel> entries;
  for (std::size_t i = columns.header ? 1 : 0; i < records.size(); ++i) {
    const auto& [line, fields] = records[i];
    if (fields.size() != records.front().fields.size()) {
      throw Error(ErrorKind::input,
                  fmt::format("{}:{}: has {} columns, the first line has {}; quote fields with commas", where, line,
                              fields.size(), records.front().fields.size()));
    }
    entries.push_back({fields[columns.path], fields[columns.label]});
  }
  return entries;
}

Labels match_labels(const std::vector<PathLabel>& entries, const Dataset& dataset, const std::string& where) {
  std::map<std::string, std::string> by_path;
  std::multimap<std::string, std::string> by_base_name;
  for (const auto& [path, label] : entries) {
    const auto [entry, added] = by_path.emplace(normal_path(path), label);
    if (!added && entry->second != label) {
      throw Error(ErrorKind::input,
                  fmt::format("{}: '{}' has two labels, '{}' and '{}'; keep one", where, path, entry->second, label));
    }
    if (added) by_base_name.emplace(base_name(path), label);
  }
  const std::vector<std::string> names = sample_names(dataset);
  std::map<std::string, std::size_t> samples_of_base_name;
  for (const std::string& name : names) ++samples_of_base_name[base_name(name)];

  Labels labels;
  std::vector<std::string> missing;
  for (const std::string& name : names) {
    const std::string base = base_name(name);
    if (const auto exact = by_path.find(normal_path(name)); exact != by_path.end()) {
      labels.push_back(exact->second);
    } else if (by_base_name.count(base) == 1 && samples_of_base_name[base] == 1) {
      labels.push_back(by_base_name.find(base)->second);
    } else {
      missing.push_back("'" + name + "'");
    }
  }
  if (!missing.empty()) {
    constexpr std::size_t kShown = 3;
    const auto shown = std::span(missing).first(std::min(kShown, missing.size()));
    throw Error(ErrorKind::input, fmt::format("{}: {} of {} samples have no label: {}{}; give a label for each path",
                                              where, missing.size(), names.size(), fmt::join(shown, ", "),
                                              missing.size() > kShown ? ", ..." : ""));
  }
  return labels;
}

Labels read_labels(const std::string& spec, const Dataset& dataset) {
  if (spec.empty()) throw Error(ErrorKind::input, "labels: nothing is named; give a file or folders");
  if (spec == "folders") return labels_of_folders(dataset);
  const fs::path path(spec);
  if (!path_exists(path)) {
    if (const auto split = split_npz_key(spec)) return labels_of_array(NpzFile(split->file).array(split->key), dataset);
    throw Error(ErrorKind::input, fmt::format("{}: does not exist; check the path", spec));
  }
  if (path.extension() == ".npz") {
    throw Error(ErrorKind::input, fmt::format("{}: names no key; give {}:KEY (keys: {})", spec, spec,
                                              fmt::join(NpzFile(path).keys(), ", ")));
  }
  if (path.extension() == ".npy") return labels_of_array(NpyArray::open(path), dataset);
  const std::string text = base::read_file(path);
  const bool csv = lower(path.extension().string()) == ".csv";
  return match_labels(csv ? parse_label_csv(text, spec) : parse_label_lines(text, sample_names(dataset), spec), dataset,
                      spec);
}

}  // namespace octune::data
