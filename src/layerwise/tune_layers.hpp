// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <openvino/core/model.hpp>
#include <span>
#include <vector>

#include "infer/runtime.hpp"
#include "octune/dataset.hpp"
#include "octune/layerwise.hpp"
#include "octune/observer.hpp"

namespace octune::layerwise {

/// What octune::tune_layers() is given, and the samples it may draw from.
struct Tuning {
  const infer::Runtime& runtime;
  const std::shared_ptr<ov::Model>& quantized;
  const ov::Model& reference;
  const Dataset& data;
  std::span<const std::size_t> available;  ///< indices of samples
  const LayerwiseOptions& options;
  int threads = 0;  ///< 0: all cores
  Observer& observer;
};

/// Error{input}: options out of range; names them all.
void validate(const LayerwiseOptions& options);

/// See octune::tune_layers(). An interruption that leaves a file says so.
std::vector<TunedLayer> tune(const Tuning& tuning);

/// A run at a glance. Medians: over the layers that were tried, of loss over target_power; 0 if there are none.
struct Totals {
  std::size_t tried = 0;
  std::size_t kept = 0;
  double median_before = 0;
  double median_after = 0;
  std::uint64_t most_bytes = 0;  ///< of the rows of one layer
};
Totals totals(std::span<const TunedLayer> layers);

}  // namespace octune::layerwise
