// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <openvino/runtime/compiled_model.hpp>
#include <span>
#include <vector>

#include "octune/dataset.hpp"
#include "octune/metric.hpp"
#include "octune/observer.hpp"

namespace octune::evaluate {

/// Scores `model` on the whole data set; one result a metric, in the order of `metrics`. `labels` may be empty if no
/// metric wants them; `float_model` may be null if no metric compares with it.
///
/// When a metric compares with the float model, samples go in blocks: first through the float model, whose outputs are
/// kept, then through `model`. A block holds up to 32 samples and about 128 MiB of outputs, so memory does not grow
/// with the data set; every sample is then decoded twice.
///
/// Progress is reported under "evaluation", one step a sample. Throws Interrupted when the observer asks to stop and
/// Error{input}: no samples, labels missing or not one a sample, an output that holds NaN or infinity (output and
/// sample are named), and what metrics and samples cause, with the sample's name in front.
std::vector<MetricResult> evaluate(const ov::CompiledModel& model, const ov::CompiledModel* float_model,
                                   const Dataset& dataset, const Labels& labels,
                                   std::span<const std::unique_ptr<Metric>> metrics, Observer* observer);

}  // namespace octune::evaluate
