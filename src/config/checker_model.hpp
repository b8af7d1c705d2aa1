// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/run_config.hpp"
#include "config/section.hpp"

namespace octune::config {

/// What decides how outputs are read: the Accuracy Checker's adapter and what its postprocessing adds.
struct CheckerOutputs {
  std::string decoder;  ///< its name with us; empty: the metric's own
  std::map<std::string, double> options;
  int class_offset = 0;  ///< for detections
  bool known = true;     ///< false: the adapter has no counterpart, which is reported
  bool shares = false;   ///< boxes are shares of the image's size, as the adapter leaves them
};

/// Reads `adapter` of a launcher: a name, or an object with options. Problems are noted by the section.
CheckerOutputs read_checker_adapter(Section& launcher, RunConfig& config);

/// Reads the steps of `postprocessing`.
void read_checker_postprocessing(std::vector<Section> steps, CheckerOutputs& outputs, RunConfig& config);

/// Reads the entries of `metrics` and adds their names with us to the run's.
void read_checker_metrics(std::vector<Section> metrics, RunConfig& config);

/// The run's decoder, as evaluate::parse_decoder() takes it.
std::string decoder_text(const CheckerOutputs& outputs);

}  // namespace octune::config
