// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "data/npy.hpp"
#include "data/open.hpp"

namespace octune::data {

/// A data set of arrays, one a model input, whose first axis counts the samples. `spec`: "a.npy", "file.npz",
/// "file.npz:key", "a.bin:f32[8,3]" or "name=a.npy,name2=file.npz:key". All errors of open_dataset() that concern
/// arrays.
std::unique_ptr<Dataset> open_arrays(const std::string& spec, const std::vector<InputInfo>& inputs,
                                     const Preprocess& preprocess);

/// The same of arrays in the order of the inputs; samples are called "<source>[i]".
std::unique_ptr<Dataset> dataset_of_arrays(std::vector<NpyArray> arrays, const std::vector<InputInfo>& inputs,
                                           const Preprocess& preprocess, const std::string& source);

/// One part "name=value" of a mapping.
struct NamedSource {
  std::string input;
  std::string source;
};

/// Splits "name=a.npy,name2=b.npy" at commas. Names of inputs may hold '=', and paths may hold commas and '='; a part
/// that names no input is kept for the caller to report. Empty if `spec` is no mapping.
std::vector<NamedSource> split_mapping(const std::string& spec, const std::vector<InputInfo>& inputs);

}  // namespace octune::data
