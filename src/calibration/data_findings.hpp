// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "calibration/watched_samples.hpp"
#include "octune/calibrate.hpp"
#include "octune/statistics.hpp"

namespace octune::calibration {

/// What is odd about samples and statistics, by the rules of docs/data_quality.md: warnings first, at most six.
std::vector<DataFinding> data_findings(const WatchedSamples& watched, const Statistics& statistics);

}  // namespace octune::calibration
