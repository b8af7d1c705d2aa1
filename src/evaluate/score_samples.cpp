// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/score_samples.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "evaluate/outputs.hpp"
#include "infer/finite.hpp"
#include "infer/run_samples.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {
namespace {

/// Passes everything on but progress: the blocks' own counts mean nothing to the caller.
class Quiet final : public Observer {
 public:
  explicit Quiet(Observer* inner) : inner_(inner) {}
  void message(Severity severity, std::string_view text) override {
    if (inner_ != nullptr) inner_->message(severity, text);
  }
  bool should_stop() const override { return enough || (inner_ != nullptr && inner_->should_stop()); }

  bool enough = false;  ///< no more samples are wanted

 private:
  Observer* inner_;
};

std::string output_name(const ov::CompiledModel& model, std::size_t index) {
  const auto& names = model.outputs()[index].get_names();
  return names.empty() ? std::to_string(index) : *std::min_element(names.begin(), names.end());
}

class Scorer {
 public:
  Scorer(const ScoringTask& task, std::span<const std::size_t> indices, Observer* observer, const OnScores& on_scores)
      : task_(task), indices_(indices), observer_(observer), quiet_(observer), on_scores_(on_scores) {}

  void run_all() {
    report_progress(0);
    const bool float_model_runs =
        compare_with_float(task_.metrics) && task_.float_outputs.empty() && task_.float_model != nullptr;
    if (!float_model_runs) {
      run_model(0, indices_.size(), {});
      return;
    }
    // One sample (or sequence) first: the size of its outputs, which a dynamic model does not tell before, says how
    // many fit a block.
    constexpr std::size_t kBlockSamples = 32;
    constexpr std::size_t kBlockBytes = std::size_t{128} << 20U;
    std::size_t block_size = whole_sequences(1);
    std::size_t largest = 1;
    for (std::size_t begin = 0; begin < indices_.size() && !quiet_.enough;) {
      const std::size_t count = std::min(block_size, indices_.size() - begin);
      const std::vector<Outputs> references = run_float_model(indices_.subspan(begin, count));
      for (const Outputs& outputs : references) largest = std::max(largest, byte_size(outputs));
      run_model(begin, count, references);
      begin += count;
      block_size = whole_sequences(std::clamp(kBlockBytes / largest, std::size_t{1}, kBlockSamples));
    }
  }

 private:
  /// A block ends with a sequence: the next one would start from the initial state.
  std::size_t whole_sequences(std::size_t samples) const {
    const std::size_t length = std::max<std::size_t>(task_.dataset.sequence_length(), 1);
    return std::max(samples / length, std::size_t{1}) * length;
  }

  std::vector<Outputs> run_float_model(std::span<const std::size_t> block) {
    std::vector<Outputs> kept(block.size());
    infer::run_samples(*task_.float_model, task_.dataset, block, kStage, &quiet_,
                       [&](std::size_t position, ov::InferRequest& request) {
                         kept[position] =
                             copies_of(outputs_of(*task_.float_model, request, "float model", block[position]));
                       });
    return kept;
  }

  /// `references`: the float model's outputs for these samples, if it ran.
  void run_model(std::size_t begin, std::size_t count, std::span<const Outputs> references) {
    const std::span<const std::size_t> block = indices_.subspan(begin, count);
    const auto on_result = [&](std::size_t position, ov::InferRequest& request) {
      if (quiet_.enough) return;  // was in flight when the last one was scored
      const std::size_t sample = block[position];
      const Outputs outputs = outputs_of(task_.model, request, task_.whose, sample);
      const Outputs& reference = !references.empty()            ? references[position]
                                 : !task_.float_outputs.empty() ? task_.float_outputs[sample]
                                                                : outputs;
      const std::size_t done = begin + position + 1;
      quiet_.enough = on_scores_(done - 1, score(sample, outputs, reference), outputs) == Next::stop;
      report_progress(done);
    };
    try {
      infer::run_samples(task_.model, task_.dataset, block, kStage, &quiet_, on_result);
    } catch (const Interrupted&) {
      if (!quiet_.enough) throw;
    }
  }

  std::vector<Score> score(std::size_t sample, const Outputs& outputs, const Outputs& reference) const {
    std::vector<Score> scores;
    try {
      for (const auto& metric : task_.metrics) {
        scores.push_back(metric->reference() == MetricReference::labels ? metric->score(outputs, task_.labels[sample])
                                                                        : metric->score(outputs, reference));
      }
    } catch (Error& error) {
      error.add_context(task_.dataset.name(sample));
      throw;
    }
    return scores;
  }

  /// The request's outputs, not copied.
  Outputs outputs_of(const ov::CompiledModel& model, ov::InferRequest& request, std::string_view whose,
                     std::size_t sample) const {
    Outputs outputs;
    for (std::size_t i = 0; i < model.outputs().size(); ++i) {
      outputs.push_back(request.get_output_tensor(i));
      const infer::Finiteness found = infer::finiteness(outputs.back());
      if (found == infer::Finiteness::finite) continue;
      throw Error(ErrorKind::input,
                  fmt::format("{}: output '{}' of the {} holds {}; metrics need finite outputs",
                              task_.dataset.name(sample), output_name(model, i), whose, infer::text(found)));
    }
    return outputs;
  }

  /// Whoever has enough is told that all is done.
  void report_progress(std::size_t done) {
    if (observer_ != nullptr) observer_->progress(kStage, done, quiet_.enough ? done : indices_.size());
  }

  const ScoringTask& task_;
  std::span<const std::size_t> indices_;
  Observer* observer_;
  Quiet quiet_;
  const OnScores& on_scores_;
};

}  // namespace

void score_samples(const ScoringTask& task, std::span<const std::size_t> indices, Observer* observer,
                   const OnScores& on_scores) {
  Scorer(task, indices, observer, on_scores).run_all();
}

std::vector<MetricResult> empty_results(std::span<const std::unique_ptr<Metric>> metrics) {
  std::vector<MetricResult> results;
  for (const auto& metric : metrics) {
    MetricResult result;
    result.name = metric->name();
    result.higher_is_better = metric->higher_is_better();
    result.unit = metric->unit();
    results.push_back(std::move(result));
  }
  return results;
}

void complete(std::span<MetricResult> results, std::span<const std::unique_ptr<Metric>> metrics) {
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    results[m].samples = results[m].scores.size();
    results[m].value = metrics[m]->value(results[m].scores);
  }
}

bool compare_with_float(std::span<const std::unique_ptr<Metric>> metrics) {
  return std::any_of(metrics.begin(), metrics.end(), [](const std::unique_ptr<Metric>& metric) {
    return metric->reference() == MetricReference::float_outputs;
  });
}

void require_samples_and_labels(const Dataset& dataset, const Labels& labels,
                                std::span<const std::unique_ptr<Metric>> metrics) {
  if (dataset.size() == 0) {
    throw Error(ErrorKind::input, "evaluation: the data set is empty; at least one sample is needed");
  }
  for (const auto& metric : metrics) {
    if (metric->reference() == MetricReference::float_outputs) continue;
    if (labels.empty()) {
      throw Error(ErrorKind::input, fmt::format("evaluation: metric '{}' needs labels, none were given; give one a "
                                                "sample or take a metric that compares with the float model",
                                                metric->name()));
    }
    if (labels.size() != dataset.size()) {
      throw Error(ErrorKind::input, fmt::format("evaluation: {} labels for {} samples; give one label a sample",
                                                labels.size(), dataset.size()));
    }
  }
}

}  // namespace octune::evaluate
