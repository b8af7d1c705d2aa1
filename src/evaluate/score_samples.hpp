// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <openvino/runtime/compiled_model.hpp>
#include <span>
#include <string_view>
#include <vector>

#include "octune/dataset.hpp"
#include "octune/metric.hpp"
#include "octune/observer.hpp"

namespace octune::evaluate {

/// The stage that progress is reported under.
inline constexpr std::string_view kStage = "evaluation";

/// What is to be scored. All is borrowed.
struct ScoringTask {
  const ov::CompiledModel& model;
  std::string_view whose = "evaluated model";  ///< how messages call it
  const Dataset& dataset;
  const Labels& labels;  ///< may be empty if no metric wants them
  std::span<const std::unique_ptr<Metric>> metrics;
  /// What metrics that compare with the float model compare with: its outputs, one a sample of the data set, or else
  /// the float model, or else the outputs of `model` themselves.
  std::span<const Outputs> float_outputs{};
  const ov::CompiledModel* float_model = nullptr;
};

enum class Next { sample, stop };

/// Gets the scores of the sample `indices[position]`, one a metric, and the outputs they come from, which live only
/// during the call. Called in the order of `indices`, from the calling thread.
using OnScores = std::function<Next(std::size_t position, std::vector<Score> scores, const Outputs& outputs)>;

/// Runs the samples `indices` through the model, as infer::run_samples() does, and scores each. When a call of
/// `on_scores` wants to stop, it was the last one; at most the requests in flight are waited for.
///
/// A float model that has to run goes first, in blocks of up to 32 samples and about 128 MiB of outputs, so that memory
/// does not grow with the data set; every sample is then decoded twice.
///
/// Progress is reported under kStage. Throws Interrupted when the observer asks to stop and Error{input} for an output
/// that holds NaN or infinity (output and sample are named) and for what metrics and samples cause, with the sample's
/// name in front.
void score_samples(const ScoringTask& task, std::span<const std::size_t> indices, Observer* observer,
                   const OnScores& on_scores);

/// One result a metric, with its name and properties but without scores.
std::vector<MetricResult> empty_results(std::span<const std::unique_ptr<Metric>> metrics);

/// Gives results that have their scores number of samples and value.
void complete(std::span<MetricResult> results, std::span<const std::unique_ptr<Metric>> metrics);

/// Whether a metric compares with the float model's outputs.
bool compare_with_float(std::span<const std::unique_ptr<Metric>> metrics);

/// Error{input}: no samples, labels missing or not one a sample.
void require_samples_and_labels(const Dataset& dataset, const Labels& labels,
                                std::span<const std::unique_ptr<Metric>> metrics);

}  // namespace octune::evaluate
