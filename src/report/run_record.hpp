// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "evaluate/interval.hpp"
#include "evaluate/judge.hpp"
#include "infer/runtime.hpp"
#include "octune/choose.hpp"
#include "octune/criterion.hpp"
#include "octune/layerwise.hpp"
#include "octune/plan.hpp"
#include "octune/quantize.hpp"

namespace octune::report {

/// The value of one metric for one form of the model.
struct MetricRecord {
  std::string name;
  std::string model;      ///< "float" or "int8"
  std::string precision;  ///< "f32", or "auto": as the runtime computes by default
  double value = 0;
  std::size_t samples = 0;
  bool higher_is_better = true;
  std::optional<double> difference;              ///< int8 - float, where both were measured
  std::optional<evaluate::Interval> confidence;  ///< 95 % interval of the difference, paired by sample
  std::string unit;                              ///< of the value, where it has one
};

/// Where the statistics came from.
struct StatisticsRecord {
  std::filesystem::path file;
  std::uintmax_t bytes = 0;  ///< 0: not written
  std::string model;         ///< hash of the input model
  std::size_t requests = 0;  ///< how many the plan asked for
  std::size_t passes = 0;    ///< over the samples, in this run
  std::size_t reused_samples = 0;
};

/// What became of a criterion, judged as the model runs by default.
struct CriterionRecord {
  CriterionResult result;
  std::optional<evaluate::Interval> confidence;  ///< 95 % interval of the drop, paired by sample
  evaluate::SampleCount samples;
};

/// How the plan was chosen.
struct ChoiceRecord {
  Chosen chosen = Chosen::quantized;
  std::string name;  ///< of the candidate
  bool within_limit = true;
  bool limit_given = false;  ///< the user set the limit: missing it is a target not reached
  double max_divergence = 0;
  std::size_t judged_samples = 0;
  std::vector<Candidate> candidates;
};

/// Where the float model's results came from.
struct FloatResultsRecord {
  std::filesystem::path file;
  bool reused = false;  ///< an earlier run measured them
};

/// All that a quantization leaves to be read later: what run.json holds and --json prints.
struct RunRecord {
  nlohmann::json configuration;  ///< effective: defaults, file and command line
  std::uint64_t seed = 0;
  std::string openvino_version;
  std::string cpu;
  infer::CpuFeatures cpu_features;

  std::map<std::string, double> timings_s;  ///< the parts
  double total_s = 0;                       ///< wall clock of the whole run
  double peak_rss_mib = 0;

  std::size_t samples_used = 0;
  std::size_t samples_available = 0;
  StatisticsRecord statistics;

  std::optional<ChoiceRecord> choice;  ///< none: one plan was made
  Plan plan;                           ///< of the best quantized model, also where the float model was kept
  std::vector<ExecutedOperation> executed;
  std::optional<std::vector<TunedLayer>> tuned_layers;  ///< none: layers were not tuned
  std::vector<std::string> warnings;
  std::vector<MetricRecord> metrics;
  std::vector<CriterionRecord> criteria;
  bool target = false;                              ///< the user set limits; otherwise the criteria only inform
  std::optional<FloatResultsRecord> float_results;  ///< none: no metric judges outputs

  std::filesystem::path input_model;
  std::filesystem::path output_model;
  std::uintmax_t input_bytes = 0;
  std::uintmax_t output_bytes = 0;
};

/// How many operations the plan and the runtime gave integers. What is fused into another operation is not counted.
struct OperationCounts {
  std::size_t total = 0;        ///< of the normalised model, without constants, parameters and results
  std::size_t quantizable = 0;  ///< the target could execute them in integers
  std::size_t quantized = 0;    ///< the plan does
  std::size_t in_float = 0;     ///< quantized, but executed in floating point
};
OperationCounts count_operations(const Plan& plan, std::span<const ExecutedOperation> executed);

/// Whether the float model was written, because no plan that is good enough is faster.
bool keeps_float(const RunRecord& record);

/// Whether a target was set and a criterion of it, or the limit of the divergence, is not met.
bool misses_target(const RunRecord& record);

/// The document of docs/schema/run.schema.json. The parts of timings_s add up to its "total": what is not accounted for
/// is "other", and parts that did not happen are 0.
nlohmann::json to_json(const RunRecord& record);

/// A criterion as it stands there.
nlohmann::json to_json(const CriterionRecord& criterion);

/// Size of a model's files in bytes: with an IR's .xml its .bin, with an ONNX file only itself; 0 if unknown.
std::uintmax_t model_bytes(const std::filesystem::path& model);

/// What a user sees at the end: at most 12 lines of at most about 120 characters, and one for each plan that was tried.
std::vector<std::string> summary(const RunRecord& record, const std::filesystem::path& run_file);

/// "10.9 MB"
std::string size_text(std::uintmax_t bytes);

}  // namespace octune::report
