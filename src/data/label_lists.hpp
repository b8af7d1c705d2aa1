// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "octune/dataset.hpp"

/// Labels from lists; data/open.hpp reads labels of every kind.
namespace octune::data {

/// An entry of a list. Without a path it is the label of the sample at the same position.
struct PathLabel {
  std::optional<std::string> path;
  std::string label;
};

/// The lines "path label" of a text: the path ends at the first tab, or else at the white space before which it is one
/// of `known` (paths may hold spaces), or else at the first white space. Lines of one word each, none of them known,
/// are labels without paths, unless a known path stands before a comma of them. `where` names the text in messages.
/// Error{input} for a line without label.
std::vector<PathLabel> parse_label_lines(const std::string& text, const std::vector<std::string>& known,
                                         const std::string& where);

/// The rows of a CSV (data/csv.hpp), its columns known as those of samples are (data/table_columns.hpp). The label
/// stands in the column `column`, a name in any case or, without a header, a number counted from 1 (empty: label,
/// labels, target or class); the path in one with a usual name, if there is one. Without a header: two columns path,
/// label, or, if `column` is given, the path first unless that is a number. `folder` is that of the file. Error{input}
/// naming the line.
std::vector<PathLabel> parse_label_csv(const std::string& text, const std::string& column, char separator,
                                       const std::filesystem::path& folder, const std::string& where);

/// A JSON list with one label an item, as those of json lines; nothing if `text` is no JSON list.
std::optional<std::vector<PathLabel>> parse_label_json_list(const std::string& text);

/// One JSON object a line. The label is the value of the key `key` (empty: label, text, class, labels, classes, value,
/// or the whole object if it holds boxes, polygons or a mask); the path that of file, file_name, filename, path, image,
/// image_path or audio, if there is one. Whole numbers of a list are joined by '|' (classes), others by blanks; an
/// object stays JSON. Error{input} naming the line.
std::vector<PathLabel> parse_label_json_lines(const std::string& text, const std::string& key,
                                              const std::string& where);

/// The label of every sample: by name (match_paths), or by position if no entry has a path. Entries without a sample
/// are left out. Error{input} listing how many samples have none.
Labels match_labels(const std::vector<PathLabel>& entries, const Dataset& dataset, const std::string& where);

}  // namespace octune::data
