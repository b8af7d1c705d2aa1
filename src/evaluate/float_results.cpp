// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/float_results.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/assert.hpp"
#include "base/dataset_fingerprint.hpp"
#include "base/hash.hpp"
#include "base/parallel.hpp"
#include "evaluate/outputs.hpp"
#include "evaluate/race.hpp"
#include "evaluate/score_samples.hpp"
#include "graph/model_hash.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {
namespace {

template <class Value>
std::string text_of(const std::optional<Value>& value) {
  return value ? fmt::format("{}", *value) : "-";
}

bool holds_strings(const Outputs& outputs) {
  return std::any_of(outputs.begin(), outputs.end(),
                     [](const ov::Tensor& output) { return output.get_element_type() == ov::element::string; });
}

/// Keeps the outputs of all samples while they fit.
class OutputKeeper {
 public:
  OutputKeeper(std::size_t samples, std::uint64_t limit) : left_(limit), kept_(samples) {}

  void add(std::size_t sample, const Outputs& outputs) {
    if (kept_.empty()) return;
    const std::size_t bytes = byte_size(outputs);
    if (bytes > left_ || holds_strings(outputs)) {
      kept_ = {};
      return;
    }
    left_ -= bytes;
    kept_[sample] = copies_of(outputs);
  }

  std::vector<Outputs> take() { return std::move(kept_); }

 private:
  std::uint64_t left_;
  std::vector<Outputs> kept_;
};

/// Watches the value of one metric drift away from what is expected.
class ExpectedWatch {
 public:
  ExpectedWatch(const ExpectedBaseline& expected, std::size_t metric, const ScoreBounds& bounds, std::size_t samples)
      : expected_(expected),
        metric_(metric),
        samples_(samples),
        range_(std::max(std::abs(expected.value - bounds.low), std::abs(expected.value - bounds.high))),
        too_low_(samples, tolerance_of(expected) / range_ + kRounding),
        too_high_(samples, tolerance_of(expected) / range_ + kRounding) {}

  /// Throws when it is certain enough that all samples will not give the expected value.
  void add(const std::vector<Score>& scores) {
    const double score = scores[metric_].front();
    sum_ += score;
    ++seen_;
    const double below = std::clamp((expected_.value - score) / range_, -1.0, 1.0);
    too_low_.add(below);
    too_high_.add(-below);
    constexpr std::size_t kLookEvery = 25;
    constexpr double kError = 0.0005;  // to either side
    if (seen_ == samples_ || seen_ % kLookEvery != 0) return;
    if (!too_low_.is_won(kError) && !too_high_.is_won(kError)) return;
    throw unexpected(expected_, sum_ / static_cast<double>(seen_), seen_, samples_);
  }

 private:
  /// A mean that is as far off as allowed is not too far off, however it is rounded.
  static constexpr double kRounding = 1e-9;

  const ExpectedBaseline& expected_;
  std::size_t metric_, samples_;
  double range_;
  Bet too_low_, too_high_;
  double sum_ = 0;
  std::size_t seen_ = 0;
};

std::size_t index_of(const std::string& name, std::span<const std::unique_ptr<Metric>> metrics) {
  const auto found =
      std::find_if(metrics.begin(), metrics.end(), [&](const auto& metric) { return metric->name() == name; });
  OCTUNE_ASSERT(found != metrics.end(), "a value is expected of a metric that is not measured");
  return static_cast<std::size_t>(found - metrics.begin());
}

std::vector<ExpectedWatch> watches(const FloatOptions& options, const Dataset& dataset,
                                   std::span<const std::unique_ptr<Metric>> metrics) {
  std::vector<ExpectedWatch> watches;
  // The samples of a sequence are no random draw.
  if (dataset.sequence_length() > 1) return watches;
  for (const ExpectedBaseline& expected : options.expected) {
    const std::size_t index = index_of(expected.metric, metrics);
    const Metric& metric = *metrics[index];
    const auto bounds = metric.bounds();
    if (metric.aggregation() != Aggregation::mean || !bounds) continue;
    watches.emplace_back(expected, index, *bounds, dataset.size());
  }
  return watches;
}

}  // namespace

FloatResultsKey float_results_key(const ov::Model& model, const std::string& runtime, const std::string& precision,
                                  const Dataset& dataset, const Labels& labels, const std::string& options,
                                  int threads) {
  FloatResultsKey key;
  key.program = OCTUNE_VERSION;
  key.model = graph::model_hash(model);
  key.runtime = runtime;
  key.precision = precision;
  key.preprocessing = dataset.preprocessing();
  key.options = options;

  std::vector<std::uint64_t> samples(dataset.size());
  base::parallel_for(samples.size(), threads, [&](std::size_t i) { samples[i] = base::fingerprint(dataset, i); });
  base::Hash data;
  data.add(std::uint64_t{dataset.sequence_length()}).add(std::as_bytes(std::span(samples)));
  key.data = data.text();

  base::Hash hash;
  for (const Label& label : labels) {
    hash.add(label.text).add(std::uint8_t{static_cast<bool>(label.values)});
    if (!label.values) continue;
    hash.add(label.values.get_element_type().get_type_name()).add(std::uint64_t{label.values.get_shape().size()});
    base::add_content(hash, label.values);
  }
  key.labels = hash.text();
  return key;
}

std::string options_text(const MetricOptions& options) {
  const DecoderOptions& decoder = options.decoder;
  // Other members stop this from compiling: they have to be written, too.
  [[maybe_unused]] const auto& [o1, o2, o3, o4, o5, o6, o7] = options;
  [[maybe_unused]] const auto& [d1, d2, d3, d4, d5, d6, d7, d8] = decoder;
  return fmt::format(
      "decoder {} {} {} {} {} {} {} {}, dictionary {}, ignore_spaces {}, output {}, threshold {}, positive_class {}, "
      "data_range {}",
      decoder.name, text_of(decoder.score_threshold), text_of(decoder.iou_threshold), text_of(decoder.max_detections),
      decoder.class_offset, text_of(decoder.normalized), text_of(decoder.box_threshold), text_of(decoder.unclip_ratio),
      options.dictionary, options.ignore_spaces, text_of(options.output), text_of(options.threshold),
      options.positive_class, text_of(options.data_range));
}

std::vector<std::string> differences(const FloatResultsKey& held, const FloatResultsKey& wanted) {
  std::vector<std::string> names;
  const auto compare = [&](const std::string& a, const std::string& b, const char* name) {
    if (a != b) names.emplace_back(name);
  };
  compare(held.program, wanted.program, "the version of octune");
  compare(held.model, wanted.model, "the model");
  compare(held.runtime, wanted.runtime, "the version of OpenVINO");
  compare(held.precision, wanted.precision, "the precision");
  compare(held.data, wanted.data, "the samples");
  compare(held.preprocessing, wanted.preprocessing, "the preprocessing");
  compare(held.labels, wanted.labels, "the labels");
  compare(held.options, wanted.options, "the metrics' options");
  return names;
}

FloatResults measure_float(const ov::CompiledModel& model, const Dataset& dataset, const Labels& labels,
                           std::span<const std::unique_ptr<Metric>> metrics, const FloatOptions& options,
                           Observer* observer) {
  require_samples_and_labels(dataset, labels, metrics);
  FloatResults results;
  results.metrics = empty_results(metrics);
  for (MetricResult& result : results.metrics) result.scores.resize(dataset.size());

  std::vector<std::size_t> order(dataset.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (!options.expected.empty()) order = sample_order(dataset.size(), options.seed, dataset.sequence_length());
  std::vector<ExpectedWatch> watched = watches(options, dataset, metrics);
  OutputKeeper keeper(compare_with_float(metrics) ? dataset.size() : 0, options.output_limit);
  const ScoringTask task{
      .model = model, .whose = "float model", .dataset = dataset, .labels = labels, .metrics = metrics};
  score_samples(task, order, observer, [&](std::size_t position, std::vector<Score> scores, const Outputs& outputs) {
    for (ExpectedWatch& watch : watched) watch.add(scores);
    keeper.add(order[position], outputs);
    for (std::size_t m = 0; m < metrics.size(); ++m) results.metrics[m].scores[order[position]] = std::move(scores[m]);
    return Next::sample;
  });
  complete(results.metrics, metrics);
  for (const ExpectedBaseline& expected : options.expected) {
    require_expected(expected, results.metrics[index_of(expected.metric, metrics)].value, dataset.size(),
                     dataset.size());
  }
  results.outputs = keeper.take();
  return results;
}

std::optional<FloatResults> results_for(FloatResults held, std::span<const std::unique_ptr<Metric>> metrics) {
  FloatResults results;
  for (const auto& metric : metrics) {
    const auto found = std::find_if(held.metrics.begin(), held.metrics.end(),
                                    [&](const MetricResult& result) { return result.name == metric->name(); });
    if (found == held.metrics.end()) return std::nullopt;
    results.metrics.push_back(*found);
  }
  results.key = std::move(held.key);
  if (compare_with_float(metrics)) results.outputs = std::move(held.outputs);
  return results;
}

}  // namespace octune::evaluate
