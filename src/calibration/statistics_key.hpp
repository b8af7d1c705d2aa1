// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <openvino/core/model.hpp>
#include <span>
#include <string>
#include <vector>

#include "octune/calibrate.hpp"
#include "octune/dataset.hpp"
#include "octune/options.hpp"

namespace octune::calibration {

/// The key of statistics of `model` (as read, not normalised), without the fingerprints of samples.
StatisticsKey key_without_samples(const ov::Model& model, const std::string& runtime_version, const Dataset& dataset,
                                  const QuantizeOptions& options);

/// Where two keys are from, as a phrase behind a value: "in the file", "in 'b.octs'".
struct Sides {
  std::string held;
  std::string wanted;
};

/// As octune::differences(), of keys that are not those of a file and a run.
std::vector<std::string> differences(const StatisticsKey& held, const StatisticsKey& wanted, const Sides& sides);

/// Fingerprints of the samples `indices`, in order, computed by `threads` threads (0: all cores).
std::vector<std::uint64_t> fingerprints(const Dataset& dataset, std::span<const std::size_t> indices, int threads);

}  // namespace octune::calibration
