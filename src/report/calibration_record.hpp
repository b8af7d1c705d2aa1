// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "octune/calibrate.hpp"

namespace octune::report {

/// What `octune calibrate` tells of its work and --json prints.
struct CalibrationRecord {
  std::filesystem::path file;
  std::uintmax_t bytes = 0;
  std::string model;  ///< hash of the model
  std::size_t samples = 0;
  std::size_t reused_samples = 0;
  std::size_t tensors = 0;
  std::size_t requests = 0;  ///< statistics in the file
  std::size_t passes = 0;
  std::map<std::string, double> timings_s;  ///< the parts
  double total_s = 0;
  double peak_rss_mib = 0;
  std::vector<DataFinding> findings;
  std::vector<std::string> warnings;
};

/// What a calibration says of itself; file, times and memory are left out.
CalibrationRecord record_of(const Calibration& calibration);

/// The document of docs/schema/calibration.schema.json.
nlohmann::json to_json(const CalibrationRecord& record);

/// What a user sees at the end.
std::vector<std::string> summary(const CalibrationRecord& record);

}  // namespace octune::report
