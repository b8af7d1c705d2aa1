// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "calibration/watched_samples.hpp"
#include "octune/calibrate.hpp"
#include "octune/statistics.hpp"

namespace octune::calibration {

/// Warnings first, at most six.
std::vector<DataFinding> most_important(std::vector<DataFinding> findings);

/// What is odd about samples and statistics, by the rules of docs/data_quality.md, most_important(). Of samples that
/// are not watched it says what statistics and fingerprints tell.
std::vector<DataFinding> data_findings(const WatchedSamples& watched, const Statistics& statistics);

}  // namespace octune::calibration
