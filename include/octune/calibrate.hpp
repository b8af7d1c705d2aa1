// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <openvino/core/model.hpp>
#include <span>
#include <string>
#include <vector>

#include "octune/dataset.hpp"
#include "octune/observer.hpp"
#include "octune/options.hpp"
#include "octune/quantize.hpp"
#include "octune/statistics.hpp"

namespace octune {

/// What statistics were made from. Equal keys give equal statistics.
struct StatisticsKey {
  std::string model;            ///< hash of the graph and its weights, in hexadecimal
  std::string runtime;          ///< version of OpenVINO, which normalises and computes
  std::string normalization;    ///< version of octune's own part of normalising
  std::size_t subset_size = 0;  ///< as asked for; 0: all
  bool shuffle = false;
  std::uint64_t seed = 0;  ///< counts only if shuffled
  std::size_t sequence_length = 1;
  std::string preprocessing;
  std::vector<std::uint64_t> samples;  ///< fingerprints of the samples used, in order

  bool operator==(const StatisticsKey&) const = default;
};

/// What differs between the key of a file and that of a run, each as a phrase for a message: "OpenVINO (2026.3.0 in the
/// file, 2026.4.1 in this run)", "12 of 300 samples". Empty if the statistics serve: how samples were chosen counts
/// only where they are others. Of statistics that were interrupted the key may hold the first samples only; compare it
/// with a key that holds as many.
std::vector<std::string> differences(const StatisticsKey& held, const StatisticsKey& wanted);

/// What a finding was told from: the samples, or what is kept of them (statistics and fingerprints). The latter is
/// judged anew when more is kept.
enum class Evidence { samples, kept };

/// Something odd about a data set that may make its statistics misleading.
struct DataFinding {
  Severity severity = Severity::warning;
  std::string text;  ///< one sentence, and what to do
  Evidence evidence = Evidence::samples;
};

/// Statistics and where they come from: what a file of statistics (.octs) holds.
struct Calibration {
  StatisticsKey key;
  Statistics statistics;
  std::vector<DataFinding> findings;
};

/// What calibrate() did.
struct CalibrateResult {
  Calibration calibration;
  std::size_t reused_samples = 0;           ///< whose results came from the file; samples() if nothing was collected
  std::size_t passes = 0;                   ///< over the samples, in this call
  std::map<std::string, double> timings_s;  ///< normalize, plan, compile, calibrate, statistics (reading and writing)
  std::vector<std::string> warnings;
};

/// Collects what quantize() with any preset, ignored scope and estimator, and quantize_auto(), would ask for and keeps
/// it in options.statistics, if that is given: what lies there already and fits is not collected again, and an
/// interrupted run goes on. Error: as quantize(); input for statistics of another model or other data.
CalibrateResult calibrate(const std::shared_ptr<const ov::Model>& model, const Dataset& dataset,
                          const QuantizeOptions& options = {}, Observer* observer = nullptr);

/// quantize() from statistics alone. Error{input} if they are of another model, incomplete, lack something that the
/// plan needs, or if the plan has to run the model (sequential bias correction).
QuantizeResult quantize(const std::shared_ptr<const ov::Model>& model, const Calibration& calibration,
                        const QuantizeOptions& options = {}, Observer* observer = nullptr);

/// The file format is described in docs/statistics_file.md. Error{io}: cannot be written; what was there stays.
void save_statistics(const Calibration& calibration, const std::filesystem::path& path);

/// Error{input}: missing, no such file, of a later version, truncated or corrupt; the message says which.
Calibration load_statistics(const std::filesystem::path& path);

/// Statistics of shards of a data set, put together as if one run had collected them in this order. Findings that were
/// told from what is kept are judged anew, others say which shard they are of. Error{input} if the shards are not of
/// one model and one preprocessing, or incomplete.
Calibration merge_statistics(std::span<const Calibration> shards);

}  // namespace octune
