// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <openvino/core/model.hpp>
#include <vector>

#include "config/run_config.hpp"
#include "octune/dataset.hpp"

namespace octune::cli {

/// What of --data a part of the run reads.
struct DataPart {
  std::shared_ptr<const Dataset> whole;  ///< null if there is no --val-split: `part` is the data set then
  std::vector<std::size_t> indices;      ///< of `whole`
  std::unique_ptr<Dataset> part;
};

/// The samples of --data that calibrate: all but those that --val-split takes.
DataPart calibrating_part(const config::RunConfig& config, const ov::Model& model);

/// The samples that metrics are measured on: --val-data, else what --val-split takes of --data, else --data.
DataPart validating_part(const config::RunConfig& config, const ov::Model& model);

}  // namespace octune::cli
