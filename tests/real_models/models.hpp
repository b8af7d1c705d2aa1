// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <openvino/core/model.hpp>
#include <string>
#include <vector>

#include "octune/dataset.hpp"

namespace octune::real_models {

/// A published network, shapes for its inputs, and inputs that make sense to it.
struct RealModel {
  std::string name;                                 ///< of the tests
  std::string file;                                 ///< below the folder of models
  std::map<std::string, ov::PartialShape> shapes;   ///< fixed before use; an input that is not named stays as it is
  std::function<Sample(std::size_t index)> sample;  ///< deterministic
  double least_sqnr_db = 0;  ///< what the quantized model keeps at least: sqnr_db() on samples it was
                             ///< not calibrated with, of the outputs before_softmax()
};

/// Every network that the runtime can read and that has something to quantize, in all formats.
const std::vector<RealModel>& real_models();
const RealModel& real_model(const std::string& name);

/// What googletest prints for a parameter and puts into the names of tests.
void PrintTo(const RealModel& model, std::ostream* out);

/// The file or folder `name` among the fetched models. Throws, naming scripts/setup, if it is not there.
std::filesystem::path model_path(const std::string& name);

/// The folder of rendered text lines: "calibration", "test" with labels.txt.
std::filesystem::path text_lines();

/// Read afresh, with its shapes.
std::shared_ptr<ov::Model> read(const RealModel& model);

/// `count` samples, the first of them number `first`.
std::unique_ptr<Dataset> samples(const RealModel& model, std::size_t count, std::size_t first = 0);

/// Text lines as PP-OCR wants them: BGR, -1 to 1, [1,3,height,width], the rest of the width 0.
Sample text_line(std::size_t index, std::size_t height, std::size_t width);

}  // namespace octune::real_models
