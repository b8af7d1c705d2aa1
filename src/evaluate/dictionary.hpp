// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <openvino/core/model.hpp>
#include <string>
#include <vector>

namespace octune::evaluate {

/// The characters of a CTC recognition model, one a line, UTF-8: line n is class n, class 0 is the blank. A byte order
/// mark and carriage returns are dropped; an empty line is a class that writes nothing (dropping it would shift all
/// that follow). Error{io} if the file cannot be read, Error{input} if it is empty or not UTF-8.
std::vector<std::string> read_dictionary(const std::filesystem::path& path);

/// The dictionary that PaddleOCR's models carry in their metadata (rt_info framework/character, kept by IR files), with
/// lines separated by a newline or by the two characters "\n"; empty if the model has none.
std::vector<std::string> dictionary_of(const ov::Model& model);

}  // namespace octune::evaluate
