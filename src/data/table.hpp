// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "data/open.hpp"
#include "data/source_spec.hpp"

namespace octune::data {

/// True for names that end in .csv (fields separated by commas) or .tsv (by tabs).
bool is_table_name(const std::filesystem::path& path);

/// A table as samples, a row each; what is a header is told by data/table_columns.hpp. Without one all columns are the
/// values of the only input; with one, columns called as an input (or as an input and an index, "x[0]", "x[1]", in any
/// order) are its values, or, if none is, all columns are those of the only input. A column "label", "labels", "target"
/// or "class", or the one named by the option "label=NAME" (without a header: "label=5", counted from 1), is left
/// alone. The values of a row take the input's shape if they are as many.
///
/// A table with a column file, filename, file_name, path, image, image_path, audio or name that holds no numbers, or
/// without a header and a file in its first column, is a list of files: the other columns are left alone.
///
/// Error{input} naming the line and the column. The whole table is held in memory.
std::unique_ptr<Dataset> open_table(const SourceSpec& source, const std::vector<InputInfo>& inputs,
                                    const Preprocess& preprocess);

}  // namespace octune::data
