// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <openvino/core/model.hpp>
#include <span>
#include <string>
#include <vector>

#include "cli/console.hpp"
#include "config/run_config.hpp"
#include "data/open.hpp"
#include "evaluate/model_metric.hpp"
#include "infer/runtime.hpp"
#include "octune/dataset.hpp"
#include "octune/metric.hpp"
#include "report/run_record.hpp"

namespace octune::cli {

/// The metrics of a run with all that they need, opened before any work starts so that mistakes show at once.
class Scoring {
 public:
  /// Opens data and labels and makes the metrics that `config` names. Without metrics it is empty. Error{input} for an
  /// unknown metric, for labels or a dictionary that are missing, and whatever opening the data finds.
  Scoring(const config::RunConfig& config, const ov::Model& float_model, Console& console);

  bool empty() const { return metrics_.empty() && model_metrics_.empty(); }

  /// Whether any metric judges outputs, so that measure() needs a compiled model.
  bool judges_outputs() const { return !metrics_.empty(); }

  /// The metrics that judge outputs and what they were made with; where there are any, samples and labels, too.
  std::span<const std::unique_ptr<Metric>> metrics() const { return metrics_; }
  const MetricOptions& options() const { return options_; }
  const Dataset& dataset() const { return *dataset_; }
  const Labels& labels() const { return labels_; }

  /// What the commands among the metrics say of a model's file; nothing without any. Progress is reported under
  /// `stage`.
  std::vector<MetricResult> measure_file(const evaluate::ModelFile& model, std::string_view stage,
                                         Console& console) const;

  /// The metrics of one model, which progress is reported of under the name `stage`. `reference` may be null if no
  /// metric compares with the float model.
  std::vector<MetricResult> measure(const ov::CompiledModel& model, const ov::CompiledModel* reference,
                                    std::string_view stage, Console& console) const;

  /// Those of the metrics that say something about the float model on its own.
  std::vector<MetricResult> measure_float(const ov::CompiledModel& model, Console& console) const;

  bool needs_reference() const;

  /// `results` as records, each with its difference from the float model's of the same name, if there is one.
  std::vector<report::MetricRecord> compare(const std::vector<MetricResult>& results,
                                            const std::vector<MetricResult>& float_results,
                                            const std::string& precision, std::uint64_t seed) const;

  /// The same of results of measure_file(). Warns of values of samples that cannot be paired. Error{input} if a command
  /// says that more is better for one model and less for the other.
  static std::vector<report::MetricRecord> compare_files(const std::vector<MetricResult>& results,
                                                         const std::vector<MetricResult>& float_results,
                                                         const std::string& precision, std::uint64_t seed,
                                                         Console& console);

  /// The float model's results as records.
  static std::vector<report::MetricRecord> records(const std::vector<MetricResult>& results, const std::string& model,
                                                   const std::string& precision);

 private:
  std::unique_ptr<Dataset> dataset_;
  Labels labels_;
  MetricOptions options_;
  std::vector<std::unique_ptr<Metric>> metrics_;
  std::vector<std::unique_ptr<evaluate::ModelMetric>> model_metrics_;
  std::vector<std::unique_ptr<Metric>> label_metrics_;  ///< the same, only those against labels
};

}  // namespace octune::cli
