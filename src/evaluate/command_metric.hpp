// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "evaluate/model_metric.hpp"

namespace octune::evaluate {

/// Whether a metric's name is a command: "cmd:...".
bool is_command(std::string_view metric);

/// "cmd:./eval.sh {model}": /bin/sh runs the command, {model} in it stands for the path of the model. The last line it
/// writes to standard output is JSON; docs/own_metrics.md describes it. The command runs with the rights of this
/// process, may take `time_limit_s` (0: as long as it wants) and finds OCTUNE_MODEL, OCTUNE_DEVICE and OCTUNE_PRECISION
/// in its environment.
///
/// measure() throws Error{input} when the command fails, takes too long or writes anything else than finite numbers.
/// Error{input} at once for an empty command.
std::unique_ptr<ModelMetric> make_command_metric(const std::string& spec, double time_limit_s);

/// Error{input} if a command says that more is better for one of two models and less for the other.
void require_same_direction(const MetricResult& float_model, const MetricResult& judged);

/// That both models have values of samples, but not as many, so that they cannot be paired; nothing otherwise.
std::optional<std::string> unpaired_warning(const MetricResult& float_model, const MetricResult& judged);

}  // namespace octune::evaluate
