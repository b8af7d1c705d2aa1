// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "base/file.hpp"
#include "base/measure.hpp"
#include "base/suggest.hpp"
#include "cli/commands.hpp"
#include "cli/float_baseline.hpp"
#include "cli/model_file.hpp"
#include "cli/scoring.hpp"
#include "octune/error.hpp"
#include "report/json.hpp"
#include "report/metric_text.hpp"
#include "report/run_record.hpp"

namespace octune::cli {
namespace {

infer::Precision parse_precision(const std::string& name) {
  if (name.empty() || name == "auto") return infer::Precision::automatic;
  if (name == "f32") return infer::Precision::f32;
  const std::vector<std::string> known{"auto", "f32"};
  throw Error(ErrorKind::input,
              fmt::format("--precision: unknown value '{}'; {}", name, base::did_you_mean(name, known)));
}

/// A request leaves no core idle if the samples are independent of each other.
infer::CompileOptions compile_options(infer::Precision precision, const config::RunConfig& config) {
  return {.precision = precision,
          .threads = config.quantize.threads,
          .goal = config.sequence_length > 1 ? infer::PerformanceGoal::latency : infer::PerformanceGoal::throughput};
}

/// What only makes sense beside a float model would go unnoticed without one.
void require_reference(const Flags& flags, const config::RunConfig& config, Console& console) {
  const char* option = !flags.max_drop.empty()          ? "--max-drop"
                       : flags.drop_type                ? "--drop-type"
                       : flags.higher_is_better         ? "--higher-is-better"
                       : !flags.expect_baseline.empty() ? "--expect-baseline"
                       : flags.race.value_or(false)     ? "--race"
                       : flags.float_results            ? "--float-results"
                                                        : nullptr;
  if (flags.reference) return;
  // A configuration file is for other commands as well.
  const bool in_file = config.criteria.is_target() || !config.criteria.expected.empty() || config.race;
  if (option == nullptr && in_file) {
    console.message(Severity::warning,
                    "the limits of the configuration file are not looked at: there is no float model to compare with; "
                    "name it with --reference");
  }
  if (option == nullptr) return;
  throw Error(ErrorKind::input,
              fmt::format("{}: there is no float model to compare with; name it with --reference", option));
}

/// What is written to a file that the user names must not take the place of something else. Before the work.
void require_float_results(const std::filesystem::path& file) {
  std::error_code ignored;
  if (std::filesystem::exists(file, ignored)) {
    evaluate::load_float_results(file);
  } else {
    base::require_writable_folder(file.has_parent_path() ? file.parent_path() : std::filesystem::path("."));
  }
}

/// One run of the command; all but the timings is borrowed.
struct Evaluation {
  const config::RunConfig& config;
  const infer::Runtime& runtime;
  const Scoring& scoring;
  std::shared_ptr<ov::Model> model;
  std::shared_ptr<ov::Model> float_model;  ///< may be null
  infer::Precision precision;
  evaluate::ModelFile file;
  std::map<std::string, double> timings_s{};

  std::vector<report::MetricRecord> metrics(const std::vector<MetricResult>& float_by_command, Console& console);
};

/// Of the model, and of a float model beside it, on all samples.
std::vector<report::MetricRecord> Evaluation::metrics(const std::vector<MetricResult>& float_by_command,
                                                      Console& console) {
  std::vector<MetricResult> float_results;
  std::optional<ov::CompiledModel> reference;
  if (float_model && scoring.judges_outputs()) {
    const base::ScopedTiming timing(timings_s, "reference");
    reference = runtime.compile(float_model, compile_options(infer::Precision::f32, config));
    float_results = scoring.measure_float(*reference, console);
  }
  const std::vector<MetricResult> by_command = scoring.measure_file(file, "model", console);
  std::vector<MetricResult> results;
  if (scoring.judges_outputs()) {
    std::optional<ov::CompiledModel> compiled;
    {
      const base::ScopedTiming timing(timings_s, "compile");
      compiled = runtime.compile(model, compile_options(precision, config));
    }
    const base::ScopedTiming timing(timings_s, "evaluate");
    results = scoring.measure(*compiled, reference ? &*reference : nullptr, "model", console);
  }
  std::vector<report::MetricRecord> records =
      scoring.compare(results, float_results, file.precision, config.quantize.seed);
  for (report::MetricRecord& record :
       Scoring::compare_files(by_command, float_by_command, file.precision, config.quantize.seed, console)) {
    records.push_back(std::move(record));
  }
  return records;
}

nlohmann::json to_json(const report::MetricRecord& metric) {
  nlohmann::json entry{{"name", metric.name},
                       {"value", metric.value},
                       {"samples", metric.samples},
                       {"higher_is_better", metric.higher_is_better}};
  if (metric.difference) entry["difference"] = *metric.difference;
  if (metric.confidence) entry["confidence_95"] = {metric.confidence->low, metric.confidence->high};
  return entry;
}

std::string to_text(const report::MetricRecord& metric) {
  std::string line = report::metric_text(metric);
  if (metric.samples > 0) line += fmt::format("  ({} samples)", metric.samples);
  if (metric.difference) line += fmt::format("  against the reference {}", report::difference_text(metric));
  return line;
}

}  // namespace

void run_evaluate(const Invocation& call) {
  Console& console = call.console;
  const config::RunConfig config = effective_config(call.flags);
  say_notes(config, console);
  const infer::Precision precision = parse_precision(call.flags.precision);
  if (config.metrics.empty()) {
    throw Error(ErrorKind::input, "no metric given; name one with --metric ('octune list metrics' shows them)");
  }
  if (call.flags.data && config.checker_labels && !call.flags.labels && !call.flags.val_data && !call.flags.val_split) {
    throw Error(ErrorKind::input,
                "--data: the labels of the Accuracy Checker's configuration are those of its own samples; leave --data "
                "out, or name samples for the metrics with --val-data");
  }
  require_reference(call.flags, config, console);
  if (call.flags.float_results) require_float_results(*call.flags.float_results);
  const infer::Runtime runtime;
  std::map<std::string, double> timings_s;
  std::shared_ptr<ov::Model> model;
  std::shared_ptr<ov::Model> float_model;
  {
    const base::ScopedTiming timing(timings_s, "read");
    model = read_model(runtime, config.model, config.shape);
    if (call.flags.reference) float_model = read_model(runtime, *call.flags.reference, config.shape);
  }

  const Scoring scoring(config, *model, console);
  if (scoring.needs_reference() && !float_model) {
    throw Error(ErrorKind::input, fmt::format("--metric {}: compares with the float model; name it with --reference",
                                              config.metrics.front()));
  }
  Evaluation run{config,
                 runtime,
                 scoring,
                 model,
                 float_model,
                 precision,
                 {config.model, precision == infer::Precision::f32 ? "f32" : "auto"},
                 std::move(timings_s)};
  std::vector<MetricResult> float_by_command;
  if (float_model) float_by_command = scoring.measure_file({*call.flags.reference, "f32"}, "float model", console);
  report::RunRecord record;
  const bool judged = float_model && (config.criteria.is_target() || !config.criteria.expected.empty() || config.race ||
                                      config.criteria.higher_is_better || call.flags.float_results);
  if (judged) {
    const base::ScopedTiming timing(run.timings_s, "evaluate");
    FloatBaseline baseline(scoring, runtime, float_model, config, std::move(float_by_command),
                           call.flags.float_results.value_or(""));
    baseline.judge_in(precision, run.file, model, record, console);
    std::erase_if(record.metrics, [](const report::MetricRecord& metric) { return metric.model == "float"; });
  } else {
    record.metrics = run.metrics(float_by_command, console);
  }

  nlohmann::json document{{"command", "evaluate"},
                          {"model", config.model.string()},
                          {"precision", run.file.precision},
                          {"versions", {{"octune", OCTUNE_VERSION}, {"openvino", runtime.version()}}},
                          {"metrics", nlohmann::json::array()}};
  for (const report::MetricRecord& metric : record.metrics) {
    console.print(to_text(metric));
    document["metrics"].push_back(to_json(metric));
  }
  if (judged) {
    document["criteria"] = nlohmann::json::array();
    for (const report::CriterionRecord& criterion : record.criteria) {
      console.print(report::limit_text(criterion));
      document["criteria"].push_back(report::to_json(criterion));
    }
    constexpr int kTargetNotReached = 4;
    if (report::misses_target(record)) call.exit_code = kTargetNotReached;
  }
  run.timings_s["total"] = call.since_start.seconds();
  document["timings_s"] = run.timings_s;
  console.print_json(document);
}

}  // namespace octune::cli
