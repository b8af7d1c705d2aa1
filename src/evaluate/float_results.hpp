// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <istream>
#include <memory>
#include <openvino/core/model.hpp>
#include <openvino/runtime/compiled_model.hpp>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "octune/criterion.hpp"
#include "octune/dataset.hpp"
#include "octune/metric.hpp"
#include "octune/observer.hpp"

/// What every candidate is compared with: the float model's results, measured once and kept for all trials and runs.
namespace octune::evaluate {

/// What float results were measured from. Equal keys mean equal results.
struct FloatResultsKey {
  std::string program;        ///< version of octune, whose metrics may change
  std::string model;          ///< graph::model_hash() of the model as read
  std::string runtime;        ///< version of OpenVINO
  std::string precision;      ///< "f32"
  std::string data;           ///< hash of the samples' fingerprints, in order, and of the length of sequences
  std::string preprocessing;  ///< Dataset::preprocessing()
  std::string labels;         ///< hash of the labels
  std::string options;        ///< of the metrics, as text

  bool operator==(const FloatResultsKey&) const = default;
};

/// `options`: all that decides what the metrics are besides their names. `threads`: that read the samples (0: all
/// cores).
FloatResultsKey float_results_key(const ov::Model& model, const std::string& runtime, const std::string& precision,
                                  const Dataset& dataset, const Labels& labels, const std::string& options,
                                  int threads);

/// All that make_metric() makes of a name, as text.
std::string options_text(const MetricOptions& options);

/// The parts that differ, by name: "the model", "the labels"; empty if the keys are equal.
std::vector<std::string> differences(const FloatResultsKey& held, const FloatResultsKey& wanted);

struct FloatResults {
  FloatResultsKey key;
  /// Scores by sample. A metric that compares with the float model compares it with itself here: its value is the best
  /// possible.
  std::vector<MetricResult> metrics;
  /// By sample, in the element types of the model; empty unless a metric compares with them and all fit the limit.
  std::vector<Outputs> outputs;
};

struct FloatOptions {
  /// Of outputs that are kept, in bytes. Without them the float model runs again beside every candidate.
  std::uint64_t output_limit = std::uint64_t{256} << 20U;
  std::uint64_t seed = 0;                    ///< of the order of samples if a value is expected
  std::vector<ExpectedBaseline> expected{};  ///< measured against; each names one of the metrics
};

/// Runs the float model over the data set. The key is left empty. Throws what evaluate() does, and Error{input} as
/// require_expected(): after the last sample, or, of the mean of bounded scores, as soon as only one of a thousand data
/// sets as bad would turn out as expected in the end. Samples are taken in sample_order() if a value is expected.
FloatResults measure_float(const ov::CompiledModel& model, const Dataset& dataset, const Labels& labels,
                           std::span<const std::unique_ptr<Metric>> metrics, const FloatOptions& options,
                           Observer* observer);

/// The results of `metrics`, in their order, with the outputs if one of them needs these; none if `held` lacks a
/// metric.
std::optional<FloatResults> results_for(FloatResults held, std::span<const std::unique_ptr<Metric>> metrics);

/// Writes float_results.octf (docs/float_results.md): to a temporary file that takes the old one's place. Error{io}.
void save_float_results(const FloatResults& results, const std::filesystem::path& path);

/// Error{input}: missing, no such file, another format, truncated, damaged. Error{io}: cannot be read.
FloatResults load_float_results(const std::filesystem::path& path);

/// The same to and from streams that can seek. `where` begins messages.
void write_float_results(const FloatResults& results, std::ostream& out);
FloatResults read_float_results(std::istream& in, const std::string& where);

}  // namespace octune::evaluate
