// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace octune::data {

/// The names of classes 0, 1, ...: the lines of a text file, or the list `names` itself, "cat,dog", if there is no such
/// file. A word without '.' and '/' is a list of one; a comma at the end ("Dr. No,") makes any name one. Error{input}:
/// an empty file; Error{io}: one that cannot be read.
std::vector<std::string> class_names(const std::filesystem::path& names);

}  // namespace octune::data
