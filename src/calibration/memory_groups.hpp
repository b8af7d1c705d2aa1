// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <openvino/core/model.hpp>
#include <span>
#include <string>
#include <vector>

#include "octune/dataset.hpp"
#include "octune/statistics.hpp"

namespace octune::calibration {

/// What one pass over the samples may take beside bare inference, and how it runs.
struct MemoryBudget {
  std::uint64_t bytes = 0;
  std::size_t streams = 1;
  std::size_t requests_in_flight = 2;
};

/// Requests that are collected in one pass each.
struct MemoryGroups {
  std::vector<std::vector<StatisticRequest>> passes;
  std::uint64_t bytes = 0;  ///< about what the largest pass and all that it leaves take
  std::string largest;      ///< the tensor of that pass that takes most; empty if none leaves the runtime
};

/// Splits `requests` so that each pass takes at most budget.bytes, by an estimate, or as much as the largest tensor
/// needs alone. Tensors wanted whole (for quantiles and histograms) count once for every request in flight and every
/// stream, as the runtime keeps them; rows and histograms stay in memory over all passes.
///
/// Sizes that the model leaves open are those it has for the shapes of `first` (fitted); a tensor inside a Loop or
/// TensorIterator counts as often as it is computed. What neither tells is taken for the longest axis of `first`.
MemoryGroups split_by_memory(const ov::Model& model, std::span<const StatisticRequest> requests, const Sample& first,
                             const MemoryBudget& budget);

}  // namespace octune::calibration
