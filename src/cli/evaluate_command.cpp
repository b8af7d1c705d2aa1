// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/suggest.hpp"
#include "cli/commands.hpp"
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

}  // namespace

void run_evaluate(const Invocation& call) {
  Console& console = call.console;
  const config::RunConfig config = effective_config(call.flags);
  const infer::Precision precision = parse_precision(call.flags.precision);
  if (config.metrics.empty()) {
    throw Error(ErrorKind::input, "no metric given; name one with --metric ('octune list metrics' shows them)");
  }
  const infer::Runtime runtime;
  const int threads = config.quantize.threads;
  const std::shared_ptr<ov::Model> model = read_model(runtime, config.model, config.shape);
  std::shared_ptr<ov::Model> float_model;
  if (call.flags.reference) float_model = read_model(runtime, *call.flags.reference, config.shape);

  const Scoring scoring(config, *model, console);
  if (scoring.needs_reference() && !float_model) {
    throw Error(ErrorKind::input, fmt::format("--metric {}: compares with the float model; name it with --reference",
                                              config.metrics.front()));
  }
  std::vector<MetricResult> float_results;
  std::vector<MetricResult> float_by_command;
  std::optional<ov::CompiledModel> reference;
  if (float_model) float_by_command = scoring.measure_file({*call.flags.reference, "f32"}, "float model", console);
  if (float_model && scoring.judges_outputs()) {
    reference = runtime.compile(float_model, {.threads = threads});
    float_results = scoring.measure_float(*reference, console);
  }
  const std::string precision_name = precision == infer::Precision::f32 ? "f32" : "auto";
  const std::vector<MetricResult> by_command = scoring.measure_file({config.model, precision_name}, "model", console);
  std::vector<MetricResult> results;
  if (scoring.judges_outputs()) {
    const ov::CompiledModel compiled = runtime.compile(model, {.precision = precision, .threads = threads});
    results = scoring.measure(compiled, reference ? &*reference : nullptr, "model", console);
  }

  nlohmann::json document{{"command", "evaluate"},
                          {"model", config.model.string()},
                          {"precision", precision_name},
                          {"versions", {{"octune", OCTUNE_VERSION}, {"openvino", runtime.version()}}},
                          {"metrics", nlohmann::json::array()}};
  std::vector<report::MetricRecord> records =
      scoring.compare(results, float_results, precision_name, config.quantize.seed);
  for (report::MetricRecord& record :
       Scoring::compare_files(by_command, float_by_command, precision_name, config.quantize.seed)) {
    records.push_back(std::move(record));
  }
  for (const report::MetricRecord& metric : records) {
    std::string line = report::metric_text(metric);
    if (metric.samples > 0) line += fmt::format("  ({} samples)", metric.samples);
    nlohmann::json entry{{"name", metric.name},
                         {"value", metric.value},
                         {"samples", metric.samples},
                         {"higher_is_better", metric.higher_is_better}};
    if (metric.difference) {
      line += fmt::format("  against the reference {}", report::difference_text(metric));
      entry["difference"] = *metric.difference;
    }
    if (metric.confidence) entry["confidence_95"] = {metric.confidence->low, metric.confidence->high};
    console.print(line);
    document["metrics"].push_back(std::move(entry));
  }
  console.print_json(document);
}

}  // namespace octune::cli
