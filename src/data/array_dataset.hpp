// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "data/open.hpp"

namespace octune::data {

/// A data set of arrays, one a model input, whose first axis counts the samples. `spec`: "a.npy", "file.npz",
/// "file.npz:key" or "name=a.npy,name2=file.npz:key". All errors of open_dataset() that concern arrays.
std::unique_ptr<Dataset> open_arrays(const std::string& spec, const std::vector<InputInfo>& inputs,
                                     const Preprocess& preprocess);

/// One part "name=value" of a mapping.
struct NamedSource {
  std::string input;
  std::string source;
};

/// Splits "name=a.npy,name2=b.npy" at commas. Names of inputs may hold '=', and paths may hold commas and '='; a part
/// that names no input is kept for the caller to report. Empty if `spec` is no mapping.
std::vector<NamedSource> split_mapping(const std::string& spec, const std::vector<InputInfo>& inputs);

}  // namespace octune::data
