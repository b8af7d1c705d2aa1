// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ctime>
#include <optional>

#include "base/file.hpp"
#include "base/measure.hpp"
#include "cli/calibration_data.hpp"
#include "cli/commands.hpp"
#include "cli/float_baseline.hpp"
#include "cli/model_file.hpp"
#include "cli/scoring.hpp"
#include "graph/model_hash.hpp"
#include "octune/calibrate.hpp"
#include "octune/choose.hpp"
#include "octune/error.hpp"
#include "octune/quantize.hpp"
#include "report/json.hpp"
#include "report/run_record.hpp"

namespace octune::cli {
namespace {

namespace fs = std::filesystem;

/// Fills in where the results go and makes sure, before any work, that they can be written there. The folder of what
/// the next run may use again.
fs::path prepare_output(config::RunConfig& config) {
  if (config.model.empty()) {
    throw Error(ErrorKind::input, "no model given; name a model file, as in 'octune quantize model.onnx'");
  }
  if (config.name.empty()) config.name = config.model.stem().string();
  if (config.name.empty() || config.name.find('/') != std::string::npos) {
    throw Error(ErrorKind::input, fmt::format("--name: '{}' cannot be a file name; give one without '/'", config.name));
  }
  const bool own_folder = config.output_dir.empty();
  if (own_folder) {
    const std::time_t now = std::time(nullptr);
    config.output_dir = fs::path("results") / fmt::format("{}_{}", config.name, fmt::join(config.algorithms, "_")) /
                        fmt::format("{:%Y-%m-%d_%H-%M-%S}", fmt::localtime(now));
  }
  const fs::path output = config.output_dir / (config.name + ".xml");
  std::error_code ignored;
  if (fs::equivalent(output, config.model, ignored)) {
    throw Error(ErrorKind::input, fmt::format("{}: is the input model and would be overwritten; choose another folder "
                                              "with -o or another name with --name",
                                              output.string()));
  }
  config.quantize.collection = config.collection.value_or(Collection::common);
  // A folder that is new in each run would never be found again.
  const fs::path folder = own_folder ? config.output_dir.parent_path() : config.output_dir;
  if (config.quantize.layerwise) config.quantize.layerwise->unfinished = folder / "layerwise.octl";
  if (!config.quantize.statistics) {
    config.quantize.statistics = StatisticsFile{folder / "statistics.octs", ForeignStatistics::replace};
  } else if (!fs::exists(config.quantize.statistics->path, ignored)) {
    throw Error(ErrorKind::input, fmt::format("--statistics: no such file '{}'; 'octune calibrate' makes one",
                                              config.quantize.statistics->path.string()));
  }
  return folder;
}

/// What made the model, for whoever finds it later. No paths and no times: the same run writes the same bytes.
void add_provenance(ov::Model& model, const config::RunConfig& config, const infer::Runtime& runtime) {
  nlohmann::json options = config::to_json(config);
  for (const char* path : {"model", "name", "output_dir", "data", "val_data", "labels", "dictionary", "threads",
                           "statistics", "collect", "max_memory"}) {
    options.erase(path);
  }
  model.set_rt_info(std::string(OCTUNE_VERSION), "octune", "version");
  model.set_rt_info(runtime.version(), "octune", "openvino_version");
  model.set_rt_info(options.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace), "octune", "options");
}

/// Writes the record as it is at this moment; what it wrote.
nlohmann::json write_record(report::RunRecord& record, const fs::path& path, const Invocation& call) {
  record.warnings = call.console.warnings();
  record.peak_rss_mib = base::peak_rss_mib();
  record.total_s = call.since_start.seconds();
  nlohmann::json document = report::to_json(record);
  try {
    base::write_file(path, report::text_of(document));
  } catch (const Error&) {
    // The record of an earlier run must not pass for this model's.
    std::error_code ignored;
    fs::remove(path, ignored);
    throw;
  }
  return document;
}

/// Messages of the library name no file: they would not tell which of several is meant.
QuantizeResult from_statistics(const std::shared_ptr<const ov::Model>& model, const Calibration& calibration,
                               const fs::path& file, const QuantizeOptions& options, Console& console) {
  try {
    return quantize(model, calibration, options, &console);
  } catch (Error& error) {
    if (error.kind() == ErrorKind::input) error.add_context(file.string());
    throw;
  }
}

/// Statistics are what they are: options that would change them change nothing, which must not go unnoticed.
/// Preprocessing belongs to the samples of --val-data where there are some.
void refuse_data_flags(const Flags& flags) {
  std::vector<std::string> given;
  const auto add = [&](bool is_given, const char* flag) {
    if (is_given) given.emplace_back(flag);
  };
  add(flags.subset_size.has_value(), "--subset-size");
  add(flags.shuffle.has_value(), "--shuffle");
  if (!flags.val_data) {
    add(flags.sequence_length.has_value(), "--sequence-length");
    add(flags.resize.has_value(), "--resize");
    add(flags.resize_mode.has_value(), "--resize-mode");
    add(flags.crop.has_value(), "--crop");
    add(flags.interp.has_value(), "--interp");
    add(flags.color.has_value(), "--color");
    add(flags.mean.has_value(), "--mean");
    add(flags.scale.has_value(), "--scale");
    add(flags.norm.has_value(), "--norm");
    add(flags.sample_rate.has_value(), "--sample-rate");
    add(flags.layout.has_value(), "--layout");
    add(flags.pad_value.has_value(), "--pad-value");
  }
  if (given.empty()) return;
  throw Error(ErrorKind::input, fmt::format("{}: the statistics of --statistics are made already; leave {} out, or "
                                            "collect others with --data",
                                            fmt::join(given, ", "), given.size() == 1 ? "it" : "them"));
}

/// Latencies that the folder's last run measured, if it was the same run on the same machine: the choice is repeated.
std::map<std::string, double> known_latencies(const fs::path& run_file, const ov::Model& model,
                                              const config::RunConfig& config, const infer::Runtime& runtime) {
  std::map<std::string, double> latencies;
  std::error_code ignored;
  if (!fs::exists(run_file, ignored)) return latencies;
  const nlohmann::json document = nlohmann::json::parse(base::read_file(run_file), nullptr, false);
  if (document.is_discarded() || !document.is_object()) return latencies;
  try {
    const bool same = document.at("configuration") == config::to_json(config) &&
                      document.at("versions").at("openvino") == runtime.version() &&
                      document.at("versions").at("octune") == OCTUNE_VERSION &&
                      document.at("cpu").at("name") == runtime.device_name() &&
                      document.at("statistics").at("model") == graph::model_hash(model);
    if (!same || document.at("choice").is_null()) return latencies;
    for (const nlohmann::json& candidate : document.at("choice").at("candidates")) {
      if (candidate.at("latency_ms").is_number())
        latencies[candidate.at("name").get<std::string>()] = candidate.at("latency_ms").get<double>();
    }
  } catch (const nlohmann::json::exception&) {
    latencies.clear();  // an earlier version's
  }
  return latencies;
}

/// Of the plans; 0 if none was judged to the end.
double least_divergence(const std::vector<Candidate>& candidates) {
  std::optional<double> least;
  for (const Candidate& candidate : candidates) {
    if (candidate.quantized_operations == 0 || !candidate.divergence) continue;
    least = std::min(least.value_or(candidate.divergence->mean), candidate.divergence->mean);
  }
  return least.value_or(0);
}

/// The model to be written, and what there is to tell of the choice.
QuantizeResult chosen_plan(const std::shared_ptr<ov::Model>& model, const Dataset& dataset,
                           const config::RunConfig& config, const infer::Runtime& runtime, report::RunRecord& record,
                           Console& console) {
  ChooseOptions options = *config.choose;
  options.latencies_ms = known_latencies(config.output_dir / "run.json", *model, config, runtime);
  ChooseResult result = quantize_auto(model, dataset, config.quantize, options, &console);
  record.choice = report::ChoiceRecord{
      result.chosen,          result.name,           result.within_limit,         config.max_divergence.has_value(),
      options.max_divergence, result.judged_samples, std::move(result.candidates)};
  if (const double closest = least_divergence(record.choice->candidates); closest > 1) {
    console.message(Severity::warning,
                    fmt::format("the outputs of every plan lie farther from the float model's than these from zero "
                                "(divergence {:.3g} at best): quantization breaks this model, or the runtime computes "
                                "it wrongly",
                                closest));
  } else if (!result.within_limit) {
    console.message(Severity::warning,
                    fmt::format("no plan keeps the outputs within {:g} of the float model's; this is the closest: "
                                "measure what it costs with --metric, or leave operations in float with "
                                "--ignored-names",
                                options.max_divergence));
  }
  if (result.chosen == Chosen::floating) {
    console.message(Severity::warning,
                    fmt::format("int8 does not pay for this model on this machine ({} is as good or better and "
                                "faster): the float model is written",
                                result.name));
    result.quantized.model = model->clone();
  }
  return std::move(result.quantized);
}

/// Where the float model was written, what was measured of it is no int8 model's: how it runs by default is told, what
/// it does in FP32 stands there already.
void name_as_float(std::vector<report::MetricRecord>& metrics) {
  std::erase_if(
      metrics, [](const report::MetricRecord& metric) { return metric.model == "int8" && metric.precision != "auto"; });
  for (report::MetricRecord& metric : metrics) metric.model = "float";
}

/// Limits that nothing is measured for would be kept in silence.
void require_no_criteria(const config::RunConfig& config) {
  const config::CriteriaOptions& criteria = config.criteria;
  if (!criteria.is_target() && criteria.expected.empty() && !config.race) return;
  const char* option = criteria.is_target() ? "--max-drop" : config.race ? "--race" : "--expect-baseline";
  throw Error(ErrorKind::input, fmt::format("{}: there is no metric to limit; name one with --metric", option));
}

}  // namespace

void run_quantize(const Invocation& call) {
  Console& console = call.console;
  report::RunRecord record;
  config::RunConfig config = effective_config(call.flags, PlanDefault::several);
  say_notes(config, console);
  const bool statistics_alone = config.quantize.statistics && config.data.empty();
  if (statistics_alone) refuse_data_flags(call.flags);
  const fs::path kept_folder = prepare_output(config);
  if (config.data.empty() && !statistics_alone) {
    throw Error(ErrorKind::input,
                "no calibration data given; name some with --data (a folder of images, .npz, .npy, or random to try), "
                "or statistics with --statistics");
  }

  const infer::Runtime runtime;
  std::shared_ptr<ov::Model> model;
  {
    const base::ScopedTiming timing(record.timings_s, "read");
    model = read_model(runtime, config.model, config.shape);
  }
  const auto dataset = statistics_alone ? nullptr : calibration_data(config, *model, console);
  const Scoring scoring(config, *model, console);
  base::require_writable_folder(config.output_dir);
  if (scoring.empty()) require_no_criteria(config);
  std::optional<FloatBaseline> baseline;
  if (!scoring.empty()) {
    // Before the work: a command that fails and a float model that is not as expected show at once.
    const base::ScopedTiming timing(record.timings_s, "evaluate");
    baseline.emplace(scoring, runtime, model, config,
                     scoring.measure_file({config.model, "f32"}, "float model", console),
                     kept_folder / "float_results.octf");
    if (baseline->is_expected()) baseline->measure(console);
  }

  const fs::path statistics_file = config.quantize.statistics->path;
  QuantizeResult result;
  if (statistics_alone && config.choose) {
    throw Error(ErrorKind::input,
                "--preset auto: plans are judged on samples, and there are statistics only; give --data, or a preset");
  }
  if (dataset && config.choose) {
    result = chosen_plan(model, *dataset, config, runtime, record, console);
  } else if (dataset) {
    result = quantize(model, *dataset, config.quantize, &console);
  } else {
    const base::Stopwatch watch;
    const Calibration calibration = load_statistics(statistics_file);
    record.timings_s["statistics"] += watch.seconds();
    // The record and the model tell how the statistics were made, not what this command would have done.
    config.quantize.subset_size = calibration.key.subset_size;
    config.quantize.shuffle = calibration.key.shuffle;
    if (calibration.key.shuffle) config.quantize.seed = calibration.key.seed;
    config.sequence_length = calibration.key.sequence_length;
    result = from_statistics(model, calibration, statistics_file, config.quantize, console);
  }
  for (const auto& [part, seconds] : result.timings_s) record.timings_s[part] += seconds;
  {
    const base::ScopedTiming timing(record.timings_s, "write");
    add_provenance(*result.model, config, runtime);
    infer::save_model(result.model, config.output_dir, config.name, config.model);
  }
  record.output_model = config.output_dir / (config.name + ".xml");
  result.model.reset();
  record.configuration = config::to_json(config);
  record.seed = config.quantize.seed;
  record.openvino_version = runtime.version();
  record.cpu = runtime.device_name();
  record.cpu_features = infer::cpu_features();
  record.samples_used = result.samples_used;
  record.samples_available = result.samples_available;
  record.statistics.file = statistics_file;
  record.statistics.bytes = report::model_bytes(statistics_file);
  record.statistics.model = result.model_hash;
  record.statistics.requests = result.requests;
  record.statistics.passes = result.passes;
  record.statistics.reused_samples = result.reused_samples;
  record.plan = std::move(result.plan);
  record.executed = std::move(result.executed);
  if (!result.tuned_layers.empty()) record.tuned_layers = std::move(result.tuned_layers);
  record.input_model = config.model;
  record.input_bytes = report::model_bytes(config.model);
  record.output_bytes = report::model_bytes(record.output_model);

  const fs::path run_file = config.output_dir / "run.json";
  nlohmann::json document = write_record(record, run_file, call);
  if (baseline) {
    // The folder is complete by now, whatever happens to the evaluation.
    {
      const base::ScopedTiming timing(record.timings_s, "evaluate");
      baseline->judge(record.output_model, record, console);
      if (report::keeps_float(record)) name_as_float(record.metrics);
    }
    document = write_record(record, run_file, call);
  }
  for (const std::string& line : report::summary(record, run_file)) console.print(line);
  console.print_json(document);
  constexpr int kNotQuantized = 3;
  constexpr int kTargetNotReached = 4;
  if (report::misses_target(record)) call.exit_code = kTargetNotReached;
  if (report::keeps_float(record)) call.exit_code = kNotQuantized;
}

}  // namespace octune::cli
