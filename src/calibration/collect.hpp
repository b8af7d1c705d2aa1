// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <openvino/core/model.hpp>
#include <span>
#include <string>
#include <vector>

#include "infer/runtime.hpp"
#include "octune/dataset.hpp"
#include "octune/observer.hpp"
#include "octune/statistics.hpp"

namespace octune::calibration {

struct CollectOptions {
  int threads = 0;               ///< 0: all cores
  std::uint64_t max_memory = 0;  ///< bytes of resident memory; 0: no limit
};

/// Looks at every sample that is collected from. Called from the threads that decode, several at once and in any order.
class SampleWatcher {
 public:
  virtual ~SampleWatcher() = default;

  /// `decoded` is what the data set gave, `fitted` what the model is fed.
  virtual void sample(std::size_t position, std::size_t index, const Sample& decoded, const Sample& fitted) = 0;
};

/// Which samples are used: the first `subset_size` (0: all), or a random subset drawn with `seed`. Sequences of
/// `sequence_length` samples are taken whole: as many as hold `subset_size` samples.
std::vector<std::size_t> choose_samples(std::size_t available, std::size_t subset_size, bool shuffle,
                                        std::uint64_t seed, std::size_t sequence_length = 1);

/// Runs `model` (in f32) over the samples `indices` and collects every request that is not complete in `statistics`,
/// which were made for as many samples. Minima, maxima and means are reduced inside the graph; quantiles and histograms
/// on the host from the tensor, which is dropped at once. The same statistics for any number of threads: one thread a
/// stream, results taken in sample order.
///
/// One pass, unless requests have seen different numbers of samples, or would take more memory together than allowed:
/// then one pass for each group of them. On Interrupted (also inside a pass) the statistics hold what was collected so
/// far, and another call goes on behind the last sample they have seen.
///
/// Times are added to timings_s["compile"] and ["calibrate"]. Returns the number of passes. Error{input}: a sample does
/// not fit, or a tensor holds NaN or infinity (the first such tensor is named).
std::size_t collect(const infer::Runtime& runtime, const std::shared_ptr<const ov::Model>& model,
                    std::span<const StatisticRequest> requests, const Dataset& dataset,
                    std::span<const std::size_t> indices, const CollectOptions& options, Statistics& statistics,
                    std::map<std::string, double>& timings_s, Observer* observer, SampleWatcher* watcher = nullptr);

/// All of it, from nothing.
Statistics collect(const infer::Runtime& runtime, const std::shared_ptr<const ov::Model>& model,
                   std::span<const StatisticRequest> requests, const Dataset& dataset,
                   std::span<const std::size_t> indices, const CollectOptions& options,
                   std::map<std::string, double>& timings_s, Observer* observer);

/// Statistics for these samples, empty, that keep long rows in a temporary file.
Statistics empty_statistics(std::size_t samples, std::size_t sequence_length);

}  // namespace octune::calibration
