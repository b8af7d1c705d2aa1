// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "octune/metric.hpp"

namespace octune::evaluate {

/// Reads what a command says of a model: a number, one object with "value" and perhaps "name", "higher_is_better",
/// "samples" and "per_sample", or {"metrics": [...]} of such objects, each with a name then. `name` is that of a metric
/// which gives none.
///
/// "per_sample" names a file: .npy, .json (a list) or text (a number a line), one value a sample. They become scores
/// only if their mean is the value, up to 0.1 %, which is told in `warnings` otherwise.
///
/// Error{input} "<where>: ..." for everything else: other JSON, keys that are near misses, NaN, a file that is missing
/// or holds something else.
std::vector<MetricResult> parse_command_output(const std::string& line, const std::string& where,
                                               const std::string& name, std::vector<std::string>& warnings);

/// The values of a per-sample file.
std::vector<double> read_per_sample(const std::filesystem::path& path, const std::string& where);

}  // namespace octune::evaluate
