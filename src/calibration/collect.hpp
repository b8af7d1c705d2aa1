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
  int threads = 0;  ///< 0: all cores
};

/// Which samples are used: the first `subset_size` (0: all), or a random subset drawn with `seed`. Sequences of
/// `sequence_length` samples are taken whole: as many as hold `subset_size` samples.
std::vector<std::size_t> choose_samples(std::size_t available, std::size_t subset_size, bool shuffle,
                                        std::uint64_t seed, std::size_t sequence_length = 1);

/// Runs `model` (in f32) once over the samples `indices` and collects every request. Minima, maxima and means are
/// reduced inside the graph; quantiles and histograms on the host from the tensor, which is dropped at once. The same
/// statistics for any number of threads: one thread a stream, results taken in sample order. Times are added to
/// timings_s["compile"] and ["calibrate"]. Error{input}: a sample does not fit, or a tensor holds NaN or infinity (the
/// first such tensor is named).
Statistics collect(const infer::Runtime& runtime, const std::shared_ptr<const ov::Model>& model,
                   std::span<const StatisticRequest> requests, const Dataset& dataset,
                   std::span<const std::size_t> indices, const CollectOptions& options,
                   std::map<std::string, double>& timings_s, Observer* observer);

}  // namespace octune::calibration
