// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/scoring.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cli/model_file.hpp"
#include "cli/named_stage.hpp"
#include "cli/split_data.hpp"
#include "data/split.hpp"
#include "evaluate/command_metric.hpp"
#include "evaluate/decoder.hpp"
#include "evaluate/dictionary.hpp"
#include "evaluate/evaluate.hpp"
#include "evaluate/interval.hpp"
#include "evaluate/judged_output.hpp"
#include "octune/error.hpp"

namespace octune::cli {
namespace {

MetricOptions metric_options(const config::RunConfig& config, const ov::Model& model, Console& console) {
  MetricOptions options;
  options.ignore_spaces = config.ignore_spaces;
  if (!config.judged_output.empty()) options.output = evaluate::output_index(model, config.judged_output);
  options.threshold = config.threshold;
  options.positive_class = config.positive_class;
  options.data_range = config.data_range;
  options.decoder = evaluate::parse_decoder(config.decoder, "--decoder");
  if (!config.dictionary.empty()) {
    options.dictionary = evaluate::read_dictionary(config.dictionary);
  } else if (options.dictionary = evaluate::dictionary_of(model); !options.dictionary.empty()) {
    console.message(Severity::debug,
                    fmt::format("text is decoded with the {} characters the model carries", options.dictionary.size()));
  }
  return options;
}

/// A metric on samples that also calibrate looks better than it is.
void warn_about_overlap(const config::RunConfig& config, const ov::Model& model, const Dataset& validation,
                        Console& console) {
  if (config.data.empty() || config.val_data.empty() || config.data == config.val_data) return;
  const DataPart calibration = calibrating_part(config, model);
  const data::Overlap overlap = data::find_overlap(*calibration.part, validation);
  if (overlap.common == 0) return;
  const auto& [first, second] = overlap.examples.front();
  console.message(Severity::warning,
                  fmt::format("{} of {} validation samples are calibration samples as well ('{}' is '{}'): metrics "
                              "look better than they are; take others, or --val-split",
                              overlap.common, overlap.compared, second, first));
}

bool wants_labels(const std::unique_ptr<Metric>& metric) { return metric->reference() == MetricReference::labels; }

}  // namespace

Scoring::Scoring(const config::RunConfig& config, const ov::Model& float_model, Console& console) {
  if (config.metrics.empty()) {
    if (!config.val_data.empty()) {
      console.message(Severity::warning, "--val-data is given but no --metric: nothing is evaluated");
    }
    return;
  }
  options_ = metric_options(config, float_model, console);
  std::set<std::string> names;
  for (const std::string& name : config.metrics) {
    if (evaluate::is_command(name)) {
      model_metrics_.push_back(evaluate::make_command_metric(name, config.metric_timeout));
      continue;
    }
    metrics_.push_back(make_metric(name, options_));
    if (!names.insert(metrics_.back()->name()).second) {
      throw Error(ErrorKind::input,
                  fmt::format("--metric {}: there is another metric called '{}'; leave one of them out", name,
                              metrics_.back()->name()));
    }
    if (wants_labels(metrics_.back())) label_metrics_.push_back(make_metric(name, options_));
  }
  if (metrics_.empty()) return;
  const std::string& spec = config.val_data.empty() ? config.data : config.val_data;
  if (spec.empty()) {
    throw Error(ErrorKind::input, fmt::format("--metric {}: there are no samples to measure on; give --val-data",
                                              metrics_.front()->name()));
  }
  DataPart part = validating_part(config, float_model);
  dataset_ = std::move(part.part);
  if (data::is_random(spec)) {
    console.message(Severity::warning,
                    "the samples for the metrics are random: their values say nothing about the model on real data");
  }
  warn_about_overlap(config, float_model, *dataset_, console);
  if (label_metrics_.empty()) return;
  if (config.labels.empty()) {
    throw Error(ErrorKind::input, fmt::format("--metric {}: needs labels; give --labels (file.npz:key, .npy, a text of "
                                              "'path label' lines, .csv, or 'folders')",
                                              label_metrics_.front()->name()));
  }
  labels_ = part.whole ? data::subset(data::read_labels(config.labels, *part.whole, &console), part.indices)
                       : data::read_labels(config.labels, *dataset_, &console);
}

bool Scoring::needs_reference() const { return !std::all_of(metrics_.begin(), metrics_.end(), wants_labels); }

std::vector<MetricResult> Scoring::measure(const ov::CompiledModel& model, const ov::CompiledModel* reference,
                                           std::string_view stage, Console& console) const {
  if (metrics_.empty()) return {};
  NamedStage observer(stage, console);
  return evaluate::evaluate(model, reference, *dataset_, labels_, metrics_, &observer);
}

std::vector<MetricResult> Scoring::measure_float(const ov::CompiledModel& model, Console& console) const {
  if (label_metrics_.empty()) return {};
  NamedStage observer("float model", console);
  return evaluate::evaluate(model, nullptr, *dataset_, labels_, label_metrics_, &observer);
}

std::vector<MetricResult> Scoring::measure_file(const evaluate::ModelFile& model, std::string_view stage,
                                                Console& console) const {
  std::set<std::string> names;
  for (const auto& metric : metrics_) names.insert(metric->name());
  std::vector<MetricResult> results;
  for (std::size_t i = 0; i < model_metrics_.size(); ++i) {
    console.progress(stage, i, model_metrics_.size());
    for (MetricResult& result : model_metrics_[i]->measure(model, &console)) {
      if (!names.insert(result.name).second) {
        throw Error(ErrorKind::input, fmt::format("{}: calls its metric '{}', as another one is called; give it a "
                                                  "'name' of its own",
                                                  model_metrics_[i]->name(), result.name));
      }
      results.push_back(std::move(result));
    }
  }
  if (!model_metrics_.empty()) console.progress(stage, model_metrics_.size(), model_metrics_.size());
  return results;
}

std::vector<report::MetricRecord> Scoring::records(const std::vector<MetricResult>& results, const std::string& model,
                                                   const std::string& precision) {
  std::vector<report::MetricRecord> records;
  for (const MetricResult& result : results) {
    report::MetricRecord record;
    record.name = result.name;
    record.model = model;
    record.precision = precision;
    record.value = result.value;
    record.samples = result.samples;
    record.higher_is_better = result.higher_is_better;
    record.unit = result.unit;
    records.push_back(std::move(record));
  }
  return records;
}

std::vector<report::MetricRecord> Scoring::compare(const std::vector<MetricResult>& results,
                                                   const std::vector<MetricResult>& float_results,
                                                   const std::string& precision, std::uint64_t seed) const {
  std::vector<report::MetricRecord> compared = records(results, "int8", precision);
  for (std::size_t i = 0; i < results.size(); ++i) {
    const auto before = std::find_if(float_results.begin(), float_results.end(),
                                     [&](const MetricResult& other) { return other.name == results[i].name; });
    if (before == float_results.end()) continue;
    compared[i].difference = results[i].value - before->value;
    compared[i].confidence = evaluate::paired_interval(results[i].scores, before->scores, *metrics_[i], seed);
  }
  return compared;
}

std::vector<report::MetricRecord> Scoring::compare_files(const std::vector<MetricResult>& results,
                                                         const std::vector<MetricResult>& float_results,
                                                         const std::string& precision, std::uint64_t seed,
                                                         Console& console) {
  std::vector<report::MetricRecord> compared = records(results, "int8", precision);
  for (std::size_t i = 0; i < results.size(); ++i) {
    const auto before = std::find_if(float_results.begin(), float_results.end(),
                                     [&](const MetricResult& other) { return other.name == results[i].name; });
    if (before == float_results.end()) continue;
    compared[i].difference = results[i].value - before->value;
    evaluate::require_same_direction(*before, results[i]);
    if (const auto warning = evaluate::unpaired_warning(*before, results[i]))
      console.message(Severity::warning, *warning);
    compared[i].confidence = evaluate::paired_mean_interval(results[i], *before, seed);
  }
  return compared;
}

}  // namespace octune::cli
