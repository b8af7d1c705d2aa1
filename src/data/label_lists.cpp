// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/label_lists.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <string_view>

#include "base/suggest.hpp"
#include "data/csv.hpp"
#include "data/file_dataset.hpp"
#include "data/label_matching.hpp"
#include "data/table_columns.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace fs = std::filesystem;
using nlohmann::json;
namespace {

/// Which columns hold path and label; `header` if the first record says so itself.
struct Columns {
  std::optional<std::size_t> path;
  std::size_t label = 1;
  bool header = false;
};

Columns find_columns(const std::vector<CsvRecord>& records, const std::string& wanted, const fs::path& folder,
                     const std::string& where) {
  const auto& [line, first] = records.front();
  const auto column = [&](auto matches) -> std::optional<std::size_t> {
    const auto found = std::find_if(first.begin(), first.end(), matches);
    if (found == first.end()) return std::nullopt;
    return static_cast<std::size_t>(found - first.begin());
  };
  if (wanted.empty()) {
    if (const auto label = column(is_label_column)) return {column(is_path_column), *label, true};
    if (first.size() == 2) return {0, 1, false};
    throw Error(ErrorKind::input,
                fmt::format("{}:{}: the columns are not known: {}; write a header with 'file' and 'label', or "
                            "two columns, or name the labels' column, as {}:COLUMN",
                            where, line, fmt::join(first, ", "), where));
  }
  const bool header = begins_with_header(records, wanted, folder);
  std::vector<std::string> names;
  for (const std::string& field : first) {
    if (header) names.emplace_back(trimmed_field(field));
  }
  const std::size_t label = find_column(wanted, names, first.size(), fmt::format("{}:{}", where, line));
  if (header) return {column(is_path_column), label, true};
  // A row of numbers is known by its order.
  const bool begins_with_path = label != 0 && !is_number(first.front());
  return {begins_with_path ? std::optional<std::size_t>(0) : std::nullopt, label, false};
}

/// Without white space at both ends.
std::string trimmed(const std::string& line) {
  constexpr const char* kWhite = " \t";
  const std::size_t begin = line.find_first_not_of(kWhite);
  return begin == std::string::npos ? std::string() : line.substr(begin, line.find_last_not_of(kWhite) - begin + 1);
}

/// A JSON value as the text of a label.
std::string label_text(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "1" : "0";
  if (!value.is_array() || value.empty()) return value.dump();
  const bool numbers = std::all_of(value.begin(), value.end(), [](const json& item) { return item.is_number(); });
  if (!numbers) return value.dump();
  const bool whole = std::all_of(value.begin(), value.end(), [](const json& item) { return item.is_number_integer(); });
  std::vector<std::string> parts;
  for (const json& item : value) parts.push_back(item.dump());
  return fmt::format("{}", fmt::join(parts, whole ? "|" : " "));
}

/// The first of these keys that the object has.
std::optional<std::string> first_key(const json& object, std::span<const char* const> keys) {
  for (const char* key : keys) {
    if (object.contains(key)) return key;
  }
  return std::nullopt;
}

std::optional<std::string> path_of(const json& object) {
  static constexpr std::array<const char*, 7> kKeys{"file",  "file_name",  "filename", "path",
                                                    "image", "image_path", "audio"};
  for (const char* key : kKeys) {
    const auto found = object.find(key);
    if (found != object.end() && found->is_string()) return found->get<std::string>();
  }
  return std::nullopt;
}

std::string label_of(const json& object, const std::string& key, const std::string& where) {
  static constexpr std::array<const char*, 6> kKeys{"label", "text", "class", "labels", "classes", "value"};
  if (!key.empty()) {
    if (const auto found = object.find(key); found != object.end()) return label_text(*found);
    std::vector<std::string> known;
    for (const auto& [name, value] : object.items()) known.push_back(name);
    throw Error(ErrorKind::input, fmt::format("{}: has no key '{}'; {}", where, key, base::did_you_mean(key, known)));
  }
  // "mask" may as well be an input of numbers.
  const auto mask = object.find("mask");
  const bool has_mask = mask != object.end() && mask->is_string();
  if (object.contains("boxes") || object.contains("polygons") || has_mask) return object.dump();
  if (const auto found = first_key(object, kKeys)) return label_text(object[*found]);
  throw Error(ErrorKind::input,
              fmt::format("{}: has no label; write it under 'label', or name its key behind the file, as "
                          "labels.jsonl:KEY",
                          where));
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
  const bool separated_by_commas = std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
    const std::string word = trimmed(line);
    const std::size_t comma = word.find(',');
    if (comma == std::string::npos || comma == 0) return false;
    const std::string path = normal_path(word.substr(0, comma));
    return paths.contains(path) || paths.contains(base_name(path));
  });
  const bool labels_alone = !separated_by_commas && std::all_of(lines.begin(), lines.end(), [&](const auto& line) {
    const std::string word = trimmed(line);
    return word.find_first_of(" \t") == std::string::npos && !paths.contains(word);
  });
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::size_t begin = lines[i].find_first_not_of(" \t");
    if (begin == std::string::npos) continue;
    if (labels_alone) {
      entries.push_back({std::nullopt, trimmed(lines[i])});
      continue;
    }
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
      throw Error(ErrorKind::input, fmt::format("{}:{}: '{}' has no label; write 'path label' on each line{}", where,
                                                i + 1, line, separated_by_commas ? ", or name the file .csv" : ""));
    }
    entries.push_back({line.substr(0, end), line.substr(label)});
  }
  return entries;
}

std::vector<PathLabel> parse_label_csv(const std::string& text, const std::string& column, char separator,
                                       const fs::path& folder, const std::string& where) {
  const std::vector<CsvRecord> records = parse_csv(text, where, separator);
  if (records.empty()) return {};
  const Columns columns = find_columns(records, column, folder, where);
  std::vector<PathLabel> entries;
  for (std::size_t i = columns.header ? 1 : 0; i < records.size(); ++i) {
    const auto& [line, fields] = records[i];
    if (fields.size() != records.front().fields.size()) {
      throw Error(ErrorKind::input,
                  fmt::format("{}:{}: has {} columns, the first line has {}; quote fields with commas", where, line,
                              fields.size(), records.front().fields.size()));
    }
    entries.push_back({columns.path ? std::optional(fields[*columns.path]) : std::nullopt, fields[columns.label]});
  }
  return entries;
}

std::optional<std::vector<PathLabel>> parse_label_json_list(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos || text[first] != '[') return std::nullopt;
  const json list = json::parse(text, nullptr, false);
  if (!list.is_array()) return std::nullopt;
  std::vector<PathLabel> entries;
  for (const json& item : list) entries.push_back({std::nullopt, label_text(item)});
  return entries;
}

std::vector<PathLabel> parse_label_json_lines(const std::string& text, const std::string& key,
                                              const std::string& where) {
  std::vector<PathLabel> entries;
  const std::vector<std::string> lines = text_lines(text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].find_first_not_of(" \t") == std::string::npos) continue;
    const std::string line = fmt::format("{}:{}", where, i + 1);
    const json object = json::parse(lines[i], nullptr, false);
    if (!object.is_object()) {
      throw Error(ErrorKind::input, fmt::format("{}: is no JSON object; write one on each line", line));
    }
    entries.push_back({path_of(object), label_of(object, key, line)});
  }
  return entries;
}

Labels match_labels(const std::vector<PathLabel>& entries, const Dataset& dataset, const std::string& where) {
  Labels labels;
  const bool by_position = !entries.empty() && std::none_of(entries.begin(), entries.end(),
                                                            [](const PathLabel& entry) { return entry.path; });
  if (by_position) {
    if (entries.size() != dataset.size()) {
      throw Error(ErrorKind::input,
                  fmt::format("{}: has {} labels and no paths, the data set has {} samples; give one label a sample, "
                              "or paths",
                              where, entries.size(), dataset.size()));
    }
    for (const PathLabel& entry : entries) labels.emplace_back(entry.label);
    return labels;
  }
  std::vector<std::string> paths;
  std::map<std::string, std::string> label_of_path;
  for (const auto& [path, label] : entries) {
    paths.push_back(path.value_or(""));
    if (!path) continue;
    const auto [entry, added] = label_of_path.emplace(normal_path(*path), label);
    if (!added && entry->second != label) {
      throw Error(ErrorKind::input,
                  fmt::format("{}: '{}' has two labels, '{}' and '{}'; keep one", where, *path, entry->second, label));
    }
  }
  const auto matches = match_paths(paths, dataset, Extension::counts);
  require_all(matches, dataset, where, "label", "give a label for each path");
  for (const std::optional<std::size_t>& match : matches) labels.emplace_back(entries[*match].label);
  return labels;
}

}  // namespace octune::data
