// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "data/open.hpp"

namespace octune::data {

/// True for names that end in .jsonl or .ndjson.
bool is_json_lines_name(const std::filesystem::path& path);

/// A text with one JSON object a line as samples; empty lines are left out. The key of an input's name holds its
/// numbers (a number, or lists in lists, as long as the input's shape says) or the path of a file for it (an image, a
/// sound, .npy, .npz with its name as key); without such a key, "file", "path", "image" or "audio" names a file as in a
/// list. Paths are relative to the text's folder. Other keys are left alone.
///
/// Error{input} naming the line; lines behind the first are read when their sample is.
std::unique_ptr<Dataset> open_json_lines(const std::filesystem::path& path, const std::vector<InputInfo>& inputs,
                                         const Preprocess& preprocess);

}  // namespace octune::data
