// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <openvino/core/model.hpp>

#include "cli/console.hpp"
#include "config/run_config.hpp"
#include "octune/dataset.hpp"

namespace octune::cli {

/// The samples that statistics are collected from, and what there is to say about them. Error{input} if none are named.
std::unique_ptr<Dataset> calibration_data(const config::RunConfig& config, const ov::Model& model, Console& console);

}  // namespace octune::cli
