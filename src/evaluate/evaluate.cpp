// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/evaluate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/assert.hpp"
#include "infer/finite.hpp"
#include "infer/run_samples.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {
namespace {

constexpr std::string_view kStage = "evaluation";

/// Passes everything on but progress: the blocks' own counts mean nothing to the caller.
class WithoutProgress final : public Observer {
 public:
  explicit WithoutProgress(Observer* inner) : inner_(inner) {}
  void message(Severity severity, std::string_view text) override {
    if (inner_ != nullptr) inner_->message(severity, text);
  }
  bool should_stop() const override { return inner_ != nullptr && inner_->should_stop(); }

 private:
  Observer* inner_;
};

std::string output_name(const ov::CompiledModel& model, std::size_t index) {
  const auto& names = model.outputs()[index].get_names();
  return names.empty() ? std::to_string(index) : *std::min_element(names.begin(), names.end());
}

/// Judges the candidate's outputs one sample at a time.
class Scorer {
 public:
  Scorer(const ov::CompiledModel& model, const ov::CompiledModel* float_model, const Dataset& dataset,
         const Labels& labels, std::span<const std::unique_ptr<Metric>> metrics, Observer* observer)
      : model_(model),
        float_model_(float_model),
        dataset_(dataset),
        labels_(labels),
        metrics_(metrics),
        observer_(observer) {
    for (const auto& metric : metrics_) {
      results_.push_back({metric->name(), 0, dataset_.size(), metric->higher_is_better(), {}});
      results_.back().scores.reserve(dataset_.size());
    }
  }

  void run_all() {
    std::vector<std::size_t> indices(dataset_.size());
    std::iota(indices.begin(), indices.end(), std::size_t{0});
    report_progress(0);
    if (float_model_ == nullptr) {
      run_candidate(indices, {});
      return;
    }
    // One sample (or sequence) first: the size of its outputs, which a dynamic model does not tell before, says how
    // many fit a block.
    constexpr std::size_t kBlockSamples = 32;
    constexpr std::size_t kBlockBytes = std::size_t{128} << 20U;
    std::size_t block_size = whole_sequences(1);
    std::size_t largest = 1;
    for (std::size_t begin = 0; begin < indices.size();) {
      const auto block =
          std::span<const std::size_t>(indices).subspan(begin, std::min(block_size, indices.size() - begin));
      const std::vector<Outputs> references = float_outputs(block);
      for (const Outputs& outputs : references) {
        std::size_t bytes = 0;
        for (const ov::Tensor& output : outputs) bytes += output.get_byte_size();
        largest = std::max(largest, bytes);
      }
      run_candidate(block, references);
      begin += block.size();
      block_size = whole_sequences(std::clamp(kBlockBytes / largest, std::size_t{1}, kBlockSamples));
    }
  }

  /// A block ends with a sequence: the next one would start from the initial state.
  std::size_t whole_sequences(std::size_t samples) const {
    const std::size_t length = std::max<std::size_t>(dataset_.sequence_length(), 1);
    return std::max(samples / length, std::size_t{1}) * length;
  }

  std::vector<MetricResult> results() && {
    for (std::size_t m = 0; m < metrics_.size(); ++m) results_[m].value = metrics_[m]->value(results_[m].scores);
    return std::move(results_);
  }

 private:
  std::vector<Outputs> float_outputs(std::span<const std::size_t> block) {
    std::vector<Outputs> kept(block.size());
    WithoutProgress quiet(observer_);
    infer::run_samples(
        *float_model_, dataset_, block, kStage, &quiet, [&](std::size_t position, ov::InferRequest& request) {
          for (const ov::Tensor& output : outputs_of(*float_model_, request, "float model", block[position])) {
            ov::Tensor copy(output.get_element_type(), output.get_shape());
            output.copy_to(copy);
            kept[position].push_back(std::move(copy));
          }
        });
    return kept;
  }

  void run_candidate(std::span<const std::size_t> block, std::span<const Outputs> references) {
    WithoutProgress quiet(observer_);
    infer::run_samples(model_, dataset_, block, kStage, &quiet, [&](std::size_t position, ov::InferRequest& request) {
      const std::size_t sample = block[position];
      const Outputs outputs = outputs_of(model_, request, "evaluated model", sample);
      try {
        for (std::size_t m = 0; m < metrics_.size(); ++m) {
          const Metric& metric = *metrics_[m];
          Score score = metric.reference() == MetricReference::labels ? metric.score(outputs, labels_[sample])
                                                                      : metric.score(outputs, references[position]);
          results_[m].scores.push_back(std::move(score));
        }
      } catch (Error& error) {
        error.add_context(dataset_.name(sample));
        throw;
      }
      report_progress(sample + 1);
    });
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
                  fmt::format("{}: output '{}' of the {} holds {}; metrics need finite outputs", dataset_.name(sample),
                              output_name(model, i), whose, infer::text(found)));
    }
    return outputs;
  }

  void report_progress(std::size_t done) {
    if (observer_ != nullptr) observer_->progress(kStage, done, dataset_.size());
  }

  const ov::CompiledModel& model_;
  const ov::CompiledModel* float_model_;  ///< null: no metric compares with it
  const Dataset& dataset_;
  const Labels& labels_;
  std::span<const std::unique_ptr<Metric>> metrics_;
  Observer* observer_;
  std::vector<MetricResult> results_;
};

}  // namespace

std::vector<MetricResult> evaluate(const ov::CompiledModel& model, const ov::CompiledModel* float_model,
                                   const Dataset& dataset, const Labels& labels,
                                   std::span<const std::unique_ptr<Metric>> metrics, Observer* observer) {
  if (metrics.empty()) return {};
  if (dataset.size() == 0) {
    throw Error(ErrorKind::input, "evaluation: the data set is empty; at least one sample is needed");
  }
  bool with_float = false;
  for (const auto& metric : metrics) {
    if (metric->reference() == MetricReference::float_outputs) {
      with_float = true;
      continue;
    }
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
  OCTUNE_ASSERT(!with_float || float_model != nullptr, "a metric compares with the float model, which is null");
  Scorer scorer(model, with_float ? float_model : nullptr, dataset, labels, metrics, observer);
  scorer.run_all();
  return std::move(scorer).results();
}

}  // namespace octune::evaluate
