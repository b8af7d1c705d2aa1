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

/// Scores `model` on the whole data set. `labels` may be empty if no metric wants them; `float_model` may be null if no
/// metric compares with it. A non-finite output is Error{input} that names the output and the sample.
std::vector<MetricResult> evaluate(const ov::CompiledModel& model, const ov::CompiledModel* float_model,
                                   const Dataset& dataset, const Labels& labels,
                                   std::span<const std::unique_ptr<Metric>> metrics, Observer* observer);

}  // namespace octune::evaluate
