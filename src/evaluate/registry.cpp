// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/registry.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "base/suggest.hpp"
#include "evaluate/accuracy.hpp"
#include "evaluate/fidelity.hpp"
#include "evaluate/text_metrics.hpp"
#include "octune/error.hpp"

namespace octune {
namespace evaluate {
namespace {

constexpr std::string_view kAccuracy = "accuracy@top";

/// The N of "accuracy@topN", N >= 1.
std::optional<std::size_t> top_of(std::string_view name) {
  if (!name.starts_with(kAccuracy)) return std::nullopt;
  const std::string_view digits = name.substr(kAccuracy.size());
  std::size_t top = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), top);
  if (error != std::errc{} || end != digits.data() + digits.size() || top == 0) return std::nullopt;
  return top;
}

}  // namespace

std::span<const MetricEntry> metric_entries() {
  static const std::vector<MetricEntry> entries{
      {"accuracy@top1", "share of samples whose most probable class is the label, or one of several labels",
       [](const MetricOptions&) { return make_accuracy(1); }},
      {"accuracy@top5", "share of samples with the label among the 5 most probable classes (any accuracy@topN)",
       [](const MetricOptions&) { return make_accuracy(5); }},
      {"exact_match", "share of texts read without any error (CTC greedy decoding; needs a dictionary)",
       [](const MetricOptions& options) { return make_exact_match(options); }},
      {"cer",
       "character error rate: edits divided by the characters of the labels (CTC, needs a dictionary); less is "
       "better",
       [](const MetricOptions& options) { return make_cer(options); }},
      {"cosine", "cosine similarity to the float model's outputs, mean over the samples; no labels",
       [](const MetricOptions&) { return make_cosine(); }},
      {"sqnr", "signal to quantization noise ratio against the float model's outputs in dB; no labels",
       [](const MetricOptions&) { return make_sqnr(); }},
      {"top1_agreement", "share of samples whose largest output is where the float model's is; no labels",
       [](const MetricOptions&) { return make_top1_agreement(); }}};
  return entries;
}

}  // namespace evaluate

std::unique_ptr<Metric> make_metric(std::string_view name, const MetricOptions& options) {
  std::vector<std::string> names;
  for (const evaluate::MetricEntry& entry : evaluate::metric_entries()) {
    if (entry.name == name) return entry.make(options);
    names.push_back(entry.name);
  }
  if (const auto top = evaluate::top_of(name)) return evaluate::make_accuracy(*top);
  throw Error(ErrorKind::input, fmt::format("metric: unknown name '{}'; {}", name, base::did_you_mean(name, names)));
}

}  // namespace octune
