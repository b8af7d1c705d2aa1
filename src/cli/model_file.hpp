// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <openvino/core/model.hpp>
#include <string>
#include <vector>

#include "data/open.hpp"
#include "infer/runtime.hpp"

namespace octune::cli {

/// Reads a model and gives its inputs the shapes of `shape` ("1,3,48,320" for an only input, "x[1,3],y[1,?]"; empty: as
/// they are). Error{input} for a missing name, an unknown input, a wrong rank or a shape the model cannot have.
std::shared_ptr<ov::Model> read_model(const infer::Runtime& runtime, const std::filesystem::path& path,
                                      const std::string& shape);

/// What the data has to fit.
std::vector<data::InputInfo> inputs_of(const ov::Model& model);

}  // namespace octune::cli
