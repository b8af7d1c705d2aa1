// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <limits>

#include "base/suggest.hpp"
#include "cli/benchmark_candidates.hpp"
#include "cli/commands.hpp"
#include "cli/model_file.hpp"
#include "octune/error.hpp"
#include "report/benchmark_record.hpp"

namespace octune::cli {
namespace {

constexpr std::size_t kSamples = 16;
constexpr double kSeconds = 3;
constexpr double kMostSeconds = 3600;
constexpr std::size_t kLeastRounds = 6;  // see evaluate::median_interval()

infer::PerformanceGoal parse_mode(const std::string& name) {
  if (name == "latency") return infer::PerformanceGoal::latency;
  if (name == "throughput") return infer::PerformanceGoal::throughput;
  const std::vector<std::string> known{"latency", "throughput"};
  throw Error(ErrorKind::input, fmt::format("--mode: unknown value '{}'; {}", name, base::did_you_mean(name, known)));
}

evaluate::RoundOptions round_options(const Flags& flags) {
  evaluate::RoundOptions options;
  const double otherwise = flags.rounds ? std::numeric_limits<double>::infinity() : kSeconds;
  options.seconds = flags.seconds.value_or(otherwise);
  if (flags.seconds && !(*flags.seconds > 0 && *flags.seconds <= kMostSeconds)) {
    throw Error(ErrorKind::input, fmt::format("--seconds: {} is out of range; give more than 0, at most {:.0f}",
                                              *flags.seconds, kMostSeconds));
  }
  if (flags.rounds) {
    if (*flags.rounds < kLeastRounds) {
      throw Error(ErrorKind::input, fmt::format("--rounds: {} is out of range; give {} or more, fewer say nothing with "
                                                "95 % confidence",
                                                *flags.rounds, kLeastRounds));
    }
    options.max_rounds = *flags.rounds;
  }
  return options;
}

std::vector<Sample> first_samples(const Dataset& dataset) {
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < std::min(dataset.size(), kSamples); ++i) samples.push_back(dataset.sample(i));
  return samples;
}

/// Data that only a run.json names may be gone since; `spec` becomes "random:1" then.
std::unique_ptr<Dataset> open_data(std::string& spec, const config::RunConfig& config, const ov::Model& model,
                                   const std::filesystem::path& data_of_run, Console& console) {
  const std::vector<data::InputInfo> inputs = inputs_of(model);
  try {
    return data::open_dataset(spec, inputs, config.preprocess, config.quantize.seed);
  } catch (const Error& error) {
    if (data_of_run.empty()) throw;
    console.message(Severity::warning, fmt::format("the data that {} names cannot be read, inputs are random: {}",
                                                   data_of_run.string(), error.what()));
    spec = "random:1";
    return data::open_dataset(spec, inputs, config.preprocess, config.quantize.seed);
  }
}

std::string describe_data(const std::string& spec, std::size_t samples) {
  if (spec.starts_with("random")) return "random inputs";
  const bool is_path = spec.find('=') == std::string::npos;  // not x=a.npy,y=b.npy
  return fmt::format("{} sample{} of {}", samples, samples == 1 ? "" : "s",
                     is_path ? std::filesystem::path(spec).filename().string() : spec);
}

void measure(const infer::Runtime& runtime, const std::vector<BenchmarkCandidate>& candidates,
             const std::vector<Sample>& samples, const evaluate::RoundOptions& options, infer::PerformanceGoal goal,
             Console& console, report::BenchmarkRecord& record) {
  std::vector<evaluate::LatencyCandidate> for_latency;
  std::vector<evaluate::ThroughputCandidate> for_throughput;
  for (const BenchmarkCandidate& candidate : candidates) {
    ov::CompiledModel compiled = runtime.compile(candidate.model, candidate.options);
    if (goal == infer::PerformanceGoal::latency) {
      for_latency.push_back({candidate.record.label, std::move(compiled)});
    } else {
      for_throughput.push_back({candidate.record.label, std::move(compiled)});
    }
  }
  record.latency = evaluate::measure_latency(for_latency, samples, options, &console);
  record.throughput = evaluate::measure_throughput(for_throughput, samples, options, &console);
}

void measure_layers(const infer::Runtime& runtime, const std::vector<BenchmarkCandidate>& candidates,
                    const std::vector<Sample>& samples, double seconds, Console& console,
                    report::BenchmarkRecord& record) {
  std::vector<evaluate::LayerCandidate> to_measure;
  for (const BenchmarkCandidate& candidate : candidates) {
    to_measure.push_back({candidate.record.label, candidate.model, candidate.options});
    // One request at a time, whatever the mode: layers of several requests would wait for each other.
    to_measure.back().options.goal = infer::PerformanceGoal::latency;
  }
  record.layers = evaluate::measure_layers(runtime, to_measure, samples, {.seconds = seconds}, &console);
  for (const report::AgainstFloat& pair : record.against_float) {
    const evaluate::QuantizedPlaces places = evaluate::quantized_places(*candidates[pair.quantized].model);
    record.layers_against_float.push_back(
        {pair.quantized, pair.best_float,
         evaluate::compare_layers(record.layers[pair.best_float], record.layers[pair.quantized], places)});
  }
}

}  // namespace

void run_benchmark(const Invocation& call) {
  Console& console = call.console;
  const infer::PerformanceGoal goal = parse_mode(call.flags.mode);
  const evaluate::RoundOptions options = round_options(call.flags);
  Flags flags = call.flags;
  const BenchmarkFiles files = benchmark_files(flags);
  for (const std::string& note : files.notes) console.message(Severity::warning, note);
  flags.models.clear();
  const config::RunConfig config = effective_config(flags);

  const infer::Runtime runtime;
  const BenchmarkCandidates found =
      benchmark_candidates(runtime, files.files, config.shape, {.threads = config.quantize.threads, .goal = goal});
  for (const report::SkippedModel& skipped : found.skipped) {
    console.message(Severity::warning,
                    fmt::format("{} in {} is not measured: {}", skipped.model, skipped.precision, skipped.reason));
  }
  std::string data = config.data.empty() ? "random:1" : config.data;
  const auto dataset = open_data(data, config, *found.candidates.front().model, files.data_of_run, console);
  const std::vector<Sample> samples = first_samples(*dataset);

  report::BenchmarkRecord record;
  record.cpu = runtime.device_name();
  record.cpu_features = infer::cpu_features();
  record.openvino_version = runtime.version();
  record.threads = config.quantize.threads;
  record.data = describe_data(data, samples.size());
  record.samples = samples.size();
  for (const BenchmarkCandidate& candidate : found.candidates) record.candidates.push_back(candidate.record);
  record.skipped = found.skipped;

  measure(runtime, found.candidates, samples, options, goal, console, record);
  record.against_float = report::against_best_float(record);
  if (call.flags.layers) {
    measure_layers(runtime, found.candidates, samples, call.flags.seconds.value_or(kSeconds), console, record);
  }
  record.warnings = console.warnings();
  for (const std::string& line : report::summary(record)) console.print(line);
  console.print_json(report::to_json(record));
}

}  // namespace octune::cli
