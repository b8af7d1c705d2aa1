// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <openvino/core/model.hpp>
#include <vector>

#include "octune/plan.hpp"
#include "octune/statistics.hpp"
#include "quantize/ranges.hpp"

namespace octune::quantization {

/// Everything that applying `plan` reads of the data, each once.
std::vector<StatisticRequest> required_statistics(const Plan& plan);

/// The extent of an activation quantizer from the statistics. Statistics that were collected per channel serve a
/// per-tensor quantizer too.
Extent activation_extent(const Quantizer& quantizer, const Plan& plan, const Statistics& statistics);

/// The range of every activation quantizer, same order as plan.quantizers (weights: empty). Quantizers of one group get
/// one range from their merged extents: merging ranges afterwards could leave zero off the grid. The same for any
/// number of threads (0: all cores).
std::vector<Range> activation_ranges(const Plan& plan, const Statistics& statistics, int threads = 0);

}  // namespace octune::quantization
