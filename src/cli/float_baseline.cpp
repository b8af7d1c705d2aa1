// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/float_baseline.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "base/assert.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "cli/named_stage.hpp"
#include "evaluate/score_samples.hpp"
#include "octune/error.hpp"

namespace octune::cli {
namespace {

/// Of a race, to either side.
constexpr double kRaceError = 0.02;

/// All that decides what the metrics measure besides their names: the options, and the files of libraries.
std::string metric_options_text(const Scoring& scoring, const config::RunConfig& config) {
  std::string text = evaluate::options_text(scoring.options());
  for (const std::string& name : config.metrics) {
    constexpr std::string_view kLibrary = "lib:";
    const std::size_t end = name.rfind(':');
    if (!name.starts_with(kLibrary) || end < kLibrary.size()) continue;
    base::Hash content;
    content.add(std::string_view(base::read_file(name.substr(kLibrary.size(), end - kLibrary.size()))));
    text += fmt::format(", {} {}", name, content.text());
  }
  return text;
}

void turn_round(std::vector<MetricResult>& results, const config::CriteriaOptions& criteria) {
  for (MetricResult& result : results)
    result.higher_is_better = criteria.higher_is_better.value_or(result.higher_is_better);
}

}  // namespace

FloatBaseline::FloatBaseline(const Scoring& scoring, const infer::Runtime& runtime,
                             std::shared_ptr<const ov::Model> model, const config::RunConfig& config,
                             std::vector<MetricResult> by_command, std::filesystem::path file)
    : scoring_(scoring),
      runtime_(runtime),
      model_(std::move(model)),
      config_(config),
      by_command_(std::move(by_command)),
      file_(std::move(file)) {
  turn_round(by_command_, config.criteria);
  std::vector<std::string> names;
  for (const auto& metric : scoring.metrics()) names.push_back(metric->name());
  for (const MetricResult& result : by_command_) names.push_back(result.name);
  criteria_ = config::criteria_of(config.criteria, names);
  for (ExpectedBaseline& expected : config::expected_of(config.criteria, names)) {
    const auto command = std::find_if(by_command_.begin(), by_command_.end(),
                                      [&](const MetricResult& result) { return result.name == expected.metric; });
    if (command == by_command_.end()) {
      expected_.push_back(std::move(expected));
    } else {
      require_expected(expected, command->value, command->samples, command->samples);
    }
  }
}

ov::CompiledModel FloatBaseline::compile(const std::shared_ptr<const ov::Model>& model,
                                         infer::Precision precision) const {
  // A sequence keeps its state in one request: more than one at a time would only take threads from it.
  const bool one_by_one = scoring_.dataset().sequence_length() > 1;
  return runtime_.compile(model,
                          {.precision = precision,
                           .threads = config_.quantize.threads,
                           .goal = one_by_one ? infer::PerformanceGoal::latency : infer::PerformanceGoal::throughput});
}

std::optional<evaluate::FloatResults> FloatBaseline::kept(const evaluate::FloatResultsKey& key,
                                                          Console& console) const {
  std::error_code ignored;
  if (file_.empty() || !std::filesystem::exists(file_, ignored)) return std::nullopt;
  try {
    evaluate::FloatResults held = evaluate::load_float_results(file_);
    const std::vector<std::string> others = evaluate::differences(held.key, key);
    if (!others.empty()) {
      console.message(Severity::debug,
                      fmt::format("{}: measured anew, as others are {}", file_.string(), fmt::join(others, ", ")));
      return std::nullopt;
    }
    auto results = evaluate::results_for(std::move(held), scoring_.metrics());
    if (!results)
      console.message(Severity::debug, fmt::format("{}: measured anew, for metrics it lacks", file_.string()));
    return results;
  } catch (const Error& error) {
    console.message(Severity::debug, error.what());
    return std::nullopt;
  }
}

evaluate::FloatResults FloatBaseline::measured(const evaluate::FloatResultsKey& key, Console& console) {
  NamedStage observer("float model", console);
  compiled_ = compile(model_, infer::Precision::f32);
  evaluate::FloatResults results =
      evaluate::measure_float(*compiled_, scoring_.dataset(), scoring_.labels(), scoring_.metrics(),
                              {.seed = config_.quantize.seed, .expected = expected_}, &observer);
  results.key = key;
  // It runs again only beside candidates whose outputs have nothing else to be compared with.
  if (!evaluate::compare_with_float(scoring_.metrics()) || !results.outputs.empty()) compiled_.reset();
  if (file_.empty()) return results;
  try {
    evaluate::save_float_results(results, file_);
  } catch (const Error& error) {
    console.message(Severity::warning, fmt::format("the float model's results are not kept: {}", error.what()));
  }
  return results;
}

void FloatBaseline::measure(Console& console) {
  if (results_ || !scoring_.judges_outputs()) return;
  const evaluate::FloatResultsKey key =
      evaluate::float_results_key(*model_, runtime_.version(), "f32", scoring_.dataset(), scoring_.labels(),
                                  metric_options_text(scoring_, config_), config_.quantize.threads);
  results_ = kept(key, console);
  reused_ = results_.has_value();
  if (!reused_) {
    results_ = measured(key, console);
    return;
  }
  console.message(Severity::debug, fmt::format("the float model's results are those of {}", file_.string()));
  for (const ExpectedBaseline& expected : expected_) {
    for (const MetricResult& result : results_->metrics) {
      if (result.name == expected.metric) require_expected(expected, result.value, result.samples, result.samples);
    }
  }
}

std::vector<std::size_t> FloatBaseline::limited_metrics() const {
  std::vector<std::size_t> limited;
  for (std::size_t m = 0; m < scoring_.metrics().size(); ++m) {
    const Metric& metric = *scoring_.metrics()[m];
    // Unless somebody asked how near the outputs have to be.
    const bool has_limit =
        std::any_of(config_.criteria.max_drop.begin(), config_.criteria.max_drop.end(),
                    [&](const auto& limit) { return limit.metric.empty() || limit.metric == metric.name(); });
    if (has_limit || metric.reference() == MetricReference::labels) limited.push_back(m);
  }
  return limited;
}

evaluate::Judgement FloatBaseline::judgement(const std::shared_ptr<const ov::Model>& model, infer::Precision precision,
                                             std::string_view stage, Console& console) {
  if (evaluate::compare_with_float(scoring_.metrics()) && results_->outputs.empty() && !compiled_)
    compiled_ = compile(model_, infer::Precision::f32);
  NamedStage observer(stage, console);
  evaluate::JudgeOptions options{.seed = config_.quantize.seed};
  const std::vector<std::size_t> limited = limited_metrics();
  std::vector<Criterion> own;
  for (const std::size_t m : limited) own.push_back(criteria_[m]);
  // Both outcomes are looked for: whoever asks for a race wants to know, not to search.
  if (config_.race && !own.empty())
    options.race = evaluate::RaceOptions{.reject_error = kRaceError, .accept_error = kRaceError};
  return evaluate::judge(compile(model, precision),
                         {.dataset = scoring_.dataset(),
                          .labels = scoring_.labels(),
                          .metrics = scoring_.metrics(),
                          .criteria = own,
                          .float_results = *results_,
                          .float_model = compiled_ ? &*compiled_ : nullptr},
                         options, &observer);
}

std::vector<MetricResult> FloatBaseline::baseline_of(const evaluate::Judgement& judgement) const {
  std::vector<MetricResult> baseline = results_->metrics;
  if (judgement.used.size() != judgement.samples.available) {
    for (MetricResult& result : baseline) {
      std::vector<Score> scores;
      for (const std::size_t sample : judgement.used) scores.push_back(std::move(result.scores[sample]));
      result.scores = std::move(scores);
    }
    evaluate::complete(baseline, scoring_.metrics());
  }
  turn_round(baseline, config_.criteria);
  return baseline;
}

void FloatBaseline::add_float_metrics(const evaluate::Judgement& judgement, report::RunRecord& record) const {
  std::vector<report::MetricRecord> metrics = Scoring::records(baseline_of(judgement), "float", "f32");
  // Metrics that compare with the float model say nothing about it.
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    if (scoring_.metrics()[m]->reference() == MetricReference::labels) record.metrics.push_back(std::move(metrics[m]));
  }
}

void FloatBaseline::add_metrics(const evaluate::Judgement& judgement, const std::string& precision,
                                report::RunRecord& record) const {
  std::vector<MetricResult> results = judgement.results;
  turn_round(results, config_.criteria);
  std::vector<MetricResult> baseline = baseline_of(judgement);
  std::erase_if(baseline, [&](const MetricResult& result) {
    return std::any_of(scoring_.metrics().begin(), scoring_.metrics().end(), [&](const auto& metric) {
      return metric->name() == result.name && metric->reference() == MetricReference::float_outputs;
    });
  });
  for (auto& metric : scoring_.compare(results, baseline, precision, config_.quantize.seed))
    record.metrics.push_back(std::move(metric));
}

void FloatBaseline::add_criteria(const evaluate::Judgement& judgement, report::RunRecord& record,
                                 Console& console) const {
  const std::vector<MetricResult> baseline = baseline_of(judgement);
  const std::vector<std::size_t> limited = limited_metrics();
  OCTUNE_ASSERT(limited.size() == judgement.criteria.size(), "a criterion without a metric");
  for (std::size_t i = 0; i < limited.size(); ++i) {
    const std::size_t m = limited[i];
    const Metric& metric = *scoring_.metrics()[m];
    const CriterionResult& result = judgement.criteria[i];
    if (const auto warning = fall_back_warning(criteria_[m], result.baseline))
      console.message(Severity::warning, *warning);
    record.criteria.push_back({result,
                               evaluate::paired_drop_interval(baseline[m].scores, judgement.results[m].scores, metric,
                                                              result, config_.quantize.seed),
                               judgement.samples});
  }
}

void FloatBaseline::judge_by_command(const evaluate::ModelFile& file, report::RunRecord& record,
                                     Console& console) const {
  for (auto& metric : Scoring::records(by_command_, "float", "f32")) record.metrics.push_back(std::move(metric));
  std::vector<MetricResult> results = scoring_.measure_file(file, "int8", console);
  turn_round(results, config_.criteria);
  for (auto& metric : Scoring::compare_files(results, by_command_, file.precision, config_.quantize.seed, console))
    record.metrics.push_back(std::move(metric));
  for (const MetricResult& before : by_command_) {
    const auto named = [&](const auto& other) { return other.name == before.name; };
    const auto after = std::find_if(results.begin(), results.end(), named);
    if (after == results.end()) {
      throw Error(ErrorKind::input, fmt::format("metric '{}': the command gave it for the float model only; it has to "
                                                "give the same metrics for every model",
                                                before.name));
    }
    const auto criterion = std::find_if(criteria_.begin(), criteria_.end(),
                                        [&](const Criterion& other) { return other.metric == before.name; });
    const CriterionResult result = judge_drop(*criterion, before.value, after->value, before.higher_is_better);
    if (const auto warning = fall_back_warning(*criterion, before.value)) console.message(Severity::warning, *warning);
    record.criteria.push_back({result,
                               evaluate::paired_mean_drop_interval(before, *after, result, config_.quantize.seed),
                               {after->samples, after->samples}});
  }
}

void FloatBaseline::judge(const std::filesystem::path& written, report::RunRecord& record, Console& console) {
  record.target = config_.criteria.is_target();
  if (scoring_.judges_outputs()) {
    measure(console);
    record.float_results = report::FloatResultsRecord{file_, reused_};
    const std::shared_ptr<const ov::Model> model = runtime_.read_model(written);
    const evaluate::Judgement in_f32 = judgement(model, infer::Precision::f32, "int8 in f32", console);
    // Only where the CPU has BF16 does the default differ from f32.
    const evaluate::Judgement by_default =
        infer::cpu_features().bf16 ? judgement(model, infer::Precision::automatic, "int8", console) : in_f32;
    add_float_metrics(by_default, record);
    add_metrics(by_default, "auto", record);
    add_metrics(in_f32, "f32", record);
    add_criteria(by_default, record, console);
  }
  judge_by_command({written, "auto"}, record, console);
}

void FloatBaseline::judge_in(infer::Precision precision, const evaluate::ModelFile& file,
                             const std::shared_ptr<const ov::Model>& model, report::RunRecord& record,
                             Console& console) {
  record.target = config_.criteria.is_target();
  if (scoring_.judges_outputs()) {
    measure(console);
    record.float_results = report::FloatResultsRecord{file_, reused_};
    const evaluate::Judgement judged = judgement(model, precision, "model", console);
    add_float_metrics(judged, record);
    add_metrics(judged, file.precision, record);
    add_criteria(judged, record, console);
  }
  judge_by_command(file, record, console);
}

}  // namespace octune::cli
