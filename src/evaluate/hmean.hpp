// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "octune/metric.hpp"

namespace octune::evaluate {

/// "hmean": text regions found and wanted, 2 * matched / (found + wanted) over all samples: the harmonic mean of
/// precision and recall, as ICDAR 2015 has it. Output: the first, by the decoder "db_text" (evaluate/db_text.hpp).
/// Label: polygons (evaluate/object_label.hpp).
///
/// Pairs of regions with an intersection over union of 0.5 or more match one to one, those that overlap most first. A
/// region that is found does not count if more than half of it lies in one wanted region marked "ignore", unless it
/// matches another; regions marked so do not count either.
///
/// Aggregation::sums; the score of a sample is matched, found, wanted. No regions at all: 0.
/// Error{input}: no such output or label.
std::unique_ptr<Metric> make_hmean(const MetricOptions& options);

}  // namespace octune::evaluate
