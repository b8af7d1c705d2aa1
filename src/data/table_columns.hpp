// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/csv.hpp"

/// How the columns of a table are known. Samples and labels are read by the same rules, so that one file may be both.
namespace octune::data {

/// Without blanks and tabs at both ends.
std::string_view trimmed_field(std::string_view text);

/// True if the field holds a number, blanks around it aside.
bool is_number(std::string_view field);

/// file, filename, file_name, path, image, image_path, audio or name, in any case.
bool is_path_column(std::string_view name);

/// label, labels, target or class, in any case.
bool is_label_column(std::string_view name);

/// True if the first of these records, of which there is at least one, names the columns: it holds one of the usual
/// names, or the text `wanted` (empty: none) that is no number, or no number at all, or a text above a number; and, but
/// for the names, it does not begin with a file that lies in `folder`.
bool begins_with_header(std::span<const CsvRecord> records, const std::string& wanted,
                        const std::filesystem::path& folder);

/// The column called `wanted`: by its name in any case if the table has `names`, otherwise by its number, counted from
/// 1, of `width` columns. Error{input} "<where>: ...".
std::size_t find_column(const std::string& wanted, const std::vector<std::string>& names, std::size_t width,
                        const std::string& where);

/// Which of the columns hold the values called `name`, in the order of the values: the one of that name, or those
/// called "name[0]", "name[1]", ... in the order of the indices, wherever they stand. `skipped` is not looked at. Empty
/// if there are none. Error{input} "<where>: ..." for indices that are no numbers, repeat, or leave one out.
std::vector<std::size_t> columns_of(const std::string& name, const std::vector<std::string>& names,
                                    std::optional<std::size_t> skipped, const std::string& where);

}  // namespace octune::data
