// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <openvino/core/model.hpp>
#include <span>
#include <string>
#include <vector>

#include "infer/runtime.hpp"
#include "octune/calibrate.hpp"
#include "octune/dataset.hpp"
#include "octune/observer.hpp"
#include "octune/options.hpp"
#include "octune/statistics.hpp"

/// Statistics from the file of an earlier run where they fit, from the data otherwise.
namespace octune::quantization {

/// What statistics are made from. The references outlive the call.
struct CalibrationSource {
  const ov::Model& model;                   ///< as read: the file is recognised by it
  std::shared_ptr<const ov::Model> normal;  ///< what runs
  const Dataset& dataset;
  std::span<const std::size_t> indices;  ///< samples used, in order
};

struct Wanted {
  std::vector<StatisticRequest> now;  ///< if one is missing, a pass is made
  /// Collected in a pass that is made anyway, and asked for only then; may be empty.
  std::function<std::vector<StatisticRequest>()> later;
};

struct Gathered {
  std::shared_ptr<const Calibration> calibration;
  std::size_t reused_samples = 0;  ///< that were not run again
  std::size_t passes = 0;
  std::vector<std::string> warnings;
  /// What was collected is written to options.statistics meanwhile: why that failed, empty if it did not. Not valid if
  /// there is nothing to write. Destroying it waits.
  std::future<std::string> saving;
};

/// The statistics `wanted` asks for. Of options.statistics, if it exists, its key is compared with that of model and
/// data: what fits is reused, what lacks samples goes on behind them, what is missing is collected in one pass; what
/// does not fit is Error{input} or replaced, as options.statistics.foreign says. If something was collected, all is
/// written back. Without options.statistics all is collected.
///
/// Interrupted: what was collected until then is in the file, and what() says so.
/// Errors: of calibration::collect(), and Error{io} before any inference if the file's folder cannot be written.
Gathered gather(const infer::Runtime& runtime, const CalibrationSource& source, const Wanted& wanted,
                const QuantizeOptions& options, std::map<std::string, double>& timings_s, Observer& observer);

/// Adds warnings among `findings` to `warnings`, which are told at the end; others are told at once.
void tell(std::span<const DataFinding> findings, std::vector<std::string>& warnings, Observer& observer);

/// The requests of `requests` that are not there or lack samples.
std::vector<StatisticRequest> missing(const Statistics& statistics, std::span<const StatisticRequest> requests);

/// Each of either, once, in order.
std::vector<StatisticRequest> united(std::span<const StatisticRequest> some, std::span<const StatisticRequest> others);

/// Nothing but `requests`, which have been collected: what else a file holds must not change a result.
Statistics only(const Statistics& statistics, std::span<const StatisticRequest> requests);

}  // namespace octune::quantization
