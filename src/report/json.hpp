// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "evaluate/latency.hpp"
#include "infer/runtime.hpp"
#include "octune/error.hpp"
#include "octune/plan.hpp"
#include "octune/quantize.hpp"

/// The values of a run as JSON: one spelling for run.json and for what --json prints.
namespace octune::report {

nlohmann::json to_json(const Plan& plan);
nlohmann::json to_json(std::span<const ExecutedOperation> operations);
nlohmann::json to_json(const evaluate::Latency& latency);
nlohmann::json to_json(const infer::CpuFeatures& features);

/// The seconds of the parts of a run, in `names` those that every document has (0 if they did not happen), and
/// "other" and "total", to which all add up.
nlohmann::json timings(std::span<const char* const> names, const std::map<std::string, double>& parts, double total_s);

/// {"error": {"kind": ..., "message": ...}, "exit_code": ...}
nlohmann::json failure(std::string_view kind, std::string_view message, int exit_code);
nlohmann::json failure(const Error& error);

/// The text of a document, indented, ending in a newline. Bytes that are not UTF-8 (file names may hold such) are
/// replaced; NaN and infinity become null.
std::string text_of(const nlohmann::json& document);

/// "input", "unsupported", "io", "runtime" or "internal".
std::string_view kind_name(ErrorKind kind);

}  // namespace octune::report
