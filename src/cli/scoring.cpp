// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/scoring.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/model_file.hpp"
#include "data/sequences.hpp"
#include "evaluate/dictionary.hpp"
#include "evaluate/evaluate.hpp"
#include "evaluate/interval.hpp"
#include "octune/error.hpp"

namespace octune::cli {
namespace {

MetricOptions metric_options(const config::RunConfig& config, const ov::Model& model, Console& console) {
  MetricOptions options;
  options.ignore_spaces = config.ignore_spaces;
  if (!config.dictionary.empty()) {
    options.dictionary = evaluate::read_dictionary(config.dictionary);
  } else if (options.dictionary = evaluate::dictionary_of(model); !options.dictionary.empty()) {
    console.message(Severity::debug,
                    fmt::format("text is decoded with the {} characters the model carries", options.dictionary.size()));
  }
  return options;
}

/// Hands everything on to the console, under a stage name that tells which model is meant.
class NamedStage : public Observer {
 public:
  NamedStage(std::string_view stage, Console& console) : stage_(stage), console_(console) {}

  void message(Severity severity, std::string_view text) override { console_.message(severity, text); }
  void progress(std::string_view /*stage*/, std::size_t done, std::size_t total) override {
    console_.progress(stage_, done, total);
  }
  bool should_stop() const override { return console_.should_stop(); }

 private:
  std::string_view stage_;
  Console& console_;
};

bool wants_labels(const std::unique_ptr<Metric>& metric) { return metric->reference() == MetricReference::labels; }

}  // namespace

Scoring::Scoring(const config::RunConfig& config, const ov::Model& float_model, Console& console) {
  if (config.metrics.empty()) {
    if (!config.val_data.empty()) {
      console.message(Severity::warning, "--val-data is given but no --metric: nothing is evaluated");
    }
    return;
  }
  const MetricOptions options = metric_options(config, float_model, console);
  for (const std::string& name : config.metrics) {
    metrics_.push_back(make_metric(name, options));
    if (wants_labels(metrics_.back())) label_metrics_.push_back(make_metric(name, options));
  }
  const std::string& spec = config.val_data.empty() ? config.data : config.val_data;
  if (spec.empty()) {
    throw Error(ErrorKind::input, fmt::format("--metric {}: there are no samples to measure on; give --val-data",
                                              config.metrics.front()));
  }
  dataset_ =
      data::as_sequences(data::open_dataset(spec, inputs_of(float_model), config.preprocess), config.sequence_length);
  if (label_metrics_.empty()) return;
  if (config.labels.empty()) {
    throw Error(ErrorKind::input, fmt::format("--metric {}: needs labels; give --labels (file.npz:key, .npy, a text of "
                                              "'path label' lines, .csv, or 'folders')",
                                              label_metrics_.front()->name()));
  }
  labels_ = data::read_labels(config.labels, *dataset_);
}

bool Scoring::needs_reference() const { return !std::all_of(metrics_.begin(), metrics_.end(), wants_labels); }

std::vector<MetricResult> Scoring::measure(const ov::CompiledModel& model, const ov::CompiledModel* reference,
                                           std::string_view stage, Console& console) const {
  NamedStage observer(stage, console);
  return evaluate::evaluate(model, reference, *dataset_, labels_, metrics_, &observer);
}

std::vector<MetricResult> Scoring::measure_float(const ov::CompiledModel& model, Console& console) const {
  if (label_metrics_.empty()) return {};
  NamedStage observer("float model", console);
  return evaluate::evaluate(model, nullptr, *dataset_, labels_, label_metrics_, &observer);
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

}  // namespace octune::cli
