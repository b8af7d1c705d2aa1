// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "octune/dataset.hpp"

namespace octune::data {

struct PathLabel {
  std::string path;
  std::string label;
};

/// The lines "path label" of a text: the path ends at the first tab, or else at the white space before which it is one
/// of `known` (paths may hold spaces), or else at the first white space. `where` names the text in messages.
/// Error{input} for a line without label.
std::vector<PathLabel> parse_label_lines(const std::string& text, const std::vector<std::string>& known,
                                         const std::string& where);

/// The rows of a CSV (RFC 4180: quotes, doubled quotes, line breaks inside quotes): a header with "label" and a column
/// called file, filename, file_name, path, image, image_path or name, or two columns without a header: path, label.
/// Error{input} naming the line.
std::vector<PathLabel> parse_label_csv(const std::string& text, const std::string& where);

/// The label of every sample: the entry with the sample's name, or else the one with the same base name if one entry
/// and one sample alone have it. Entries without a sample are left out. Error{input} listing how many samples have
/// none.
Labels match_labels(const std::vector<PathLabel>& entries, const Dataset& dataset, const std::string& where);

}  // namespace octune::data
