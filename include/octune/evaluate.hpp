// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <openvino/core/model.hpp>
#include <span>
#include <vector>

#include "octune/dataset.hpp"
#include "octune/metric.hpp"
#include "octune/observer.hpp"

namespace octune {

/// In what precision a model computes what it holds in floating point.
enum class InferencePrecision {
  f32,
  automatic  ///< the runtime's default, as a deployed model runs: BF16 where the CPU has it
};

struct MeasureOptions {
  /// For metrics that compare with its outputs (MetricReference::float_outputs); it runs in f32. Null: there are none.
  std::shared_ptr<const ov::Model> float_model{};
  InferencePrecision precision = InferencePrecision::automatic;
  int threads = 0;  ///< 0: all cores
};

/// Runs `model` on the whole data set and lets the metrics judge its outputs; one result a metric, in their order, with
/// the scores of every sample. `labels` may be empty if no metric wants them. Memory does not grow with the data set
/// but for the scores.
///
/// Progress is reported under "evaluation", one step a sample. Throws Interrupted when the observer asks to stop;
/// Error: input (no samples, labels missing or not one a sample, samples that do not fit, an output that holds NaN or
/// infinity, a metric that wants the float model where there is none), runtime.
std::vector<MetricResult> measure(const std::shared_ptr<const ov::Model>& model, const Dataset& dataset,
                                  const Labels& labels, std::span<const std::unique_ptr<Metric>> metrics,
                                  const MeasureOptions& options = {}, Observer* observer = nullptr);

}  // namespace octune
