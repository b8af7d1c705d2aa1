// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "report/benchmark_record.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report/json.hpp"

namespace octune::report {
namespace {

using nlohmann::json;

json candidate_json(const BenchmarkRecord& record, std::size_t i) {
  const BenchmarkedModel& model = record.candidates[i];
  return {{"label", model.label},
          {"model", model.model},
          {"precision", model.precision},
          {"quantized", model.quantized},
          {"bytes", model.bytes}};
}

json to_json(const evaluate::Throughput& rate) {
  return {{"median_per_s", rate.median_per_s},
          {"p10_per_s", rate.p10_per_s},
          {"p90_per_s", rate.p90_per_s},
          {"iqr_per_s", rate.iqr_per_s},
          {"rounds", rate.rounds},
          {"requests", rate.requests},
          {"ratio", rate.ratio},
          {"ratio_low", rate.ratio_low},
          {"ratio_high", rate.ratio_high}};
}

json to_json(const evaluate::LayerTime& time) {
  return {{"name", time.layer.name},           {"kind", time.layer.layer_type},
          {"primitive", time.layer.primitive}, {"precision", time.layer.precision},
          {"ms", time.milliseconds},           {"operations", time.layer.original_names}};
}

json names_of(const std::vector<evaluate::LayerTime>& layers) {
  json names = json::array();
  for (const evaluate::LayerTime& time : layers) names.push_back(time.layer.name);
  return names;
}

json layers_json(const BenchmarkRecord& record) {
  json models = json::array();
  for (std::size_t i = 0; i < record.layers.size(); ++i) {
    json layers = json::array();
    for (const evaluate::LayerTime& time : record.layers[i]) layers.push_back(to_json(time));
    models.push_back({{"label", record.candidates[i].label},
                      {"total_ms", evaluate::total_of(record.layers[i])},
                      {"layers", std::move(layers)}});
  }
  json kinds = json::array();
  for (const evaluate::KindTime& kind : evaluate::times_by_kind(record.layers)) {
    kinds.push_back({{"kind", kind.kind}, {"layers", kind.layers}, {"ms", kind.milliseconds}});
  }
  json comparisons = json::array();
  for (const LayersAgainstFloat& comparison : record.layers_against_float) {
    json groups = json::array();
    for (const evaluate::LayerGroup& group : comparison.groups) {
      groups.push_back({{"name", group.name},
                        {"float_ms", group.float_ms},
                        {"quantized_ms", group.quantized_ms},
                        {"reason", group.reason},
                        {"float_layers", names_of(group.floats)},
                        {"quantized_layers", names_of(group.integers)}});
    }
    comparisons.push_back({{"quantized", record.candidates[comparison.quantized].label},
                           {"float", record.candidates[comparison.best_float].label},
                           {"groups", std::move(groups)}});
  }
  return {{"models", std::move(models)}, {"kinds", std::move(kinds)}, {"comparisons", std::move(comparisons)}};
}

double worth(const BenchmarkRecord& record, std::size_t i) {
  return record.latency.empty() ? record.throughput[i].median_per_s : -record.latency[i].median_ms;
}

evaluate::Ratio ratio_of(const BenchmarkRecord& record, std::size_t i, std::size_t first) {
  return record.latency.empty()
             ? evaluate::paired_ratio(record.throughput[i].rates_per_s, record.throughput[first].rates_per_s)
             : evaluate::paired_ratio(record.latency[i].times_ms, record.latency[first].times_ms);
}

}  // namespace

std::vector<AgainstFloat> against_best_float(const BenchmarkRecord& record) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < record.candidates.size(); ++i) {
    if (!record.candidates[i].quantized && (!best || worth(record, i) > worth(record, *best))) best = i;
  }
  std::vector<AgainstFloat> result;
  for (std::size_t i = 0; best && i < record.candidates.size(); ++i) {
    if (record.candidates[i].quantized) result.push_back({i, *best, ratio_of(record, i, *best)});
  }
  return result;
}

std::string verdict(const evaluate::Ratio& ratio, Better better) {
  if (evaluate::within_noise(ratio)) return "within noise";
  return (ratio.value < 1) == (better == Better::smaller) ? "faster" : "slower";
}

json to_json(const BenchmarkRecord& record) {
  const bool timed = !record.latency.empty();
  const Better better = timed ? Better::smaller : Better::larger;
  json measured = json::array();
  for (std::size_t i = 0; i < record.candidates.size(); ++i) {
    json entry = timed ? to_json(record.latency[i]) : to_json(record.throughput[i]);
    const evaluate::Ratio ratio{entry["ratio"], entry["ratio_low"], entry["ratio_high"]};
    entry["verdict"] = i == 0 ? "reference" : verdict(ratio, better);
    entry.update(candidate_json(record, i));
    measured.push_back(std::move(entry));
  }
  json against = json::array();
  for (const AgainstFloat& comparison : record.against_float) {
    against.push_back({{"quantized", record.candidates[comparison.quantized].label},
                       {"float", record.candidates[comparison.best_float].label},
                       {"ratio", comparison.ratio.value},
                       {"ratio_low", comparison.ratio.low},
                       {"ratio_high", comparison.ratio.high},
                       {"verdict", verdict(comparison.ratio, better)}});
  }
  json skipped = json::array();
  for (const SkippedModel& model : record.skipped) {
    skipped.push_back({{"model", model.model}, {"precision", model.precision}, {"reason", model.reason}});
  }
  json document{{"schema", "octune.benchmark/1"},
                {"command", "benchmark"},
                {"mode", timed ? "latency" : "throughput"},
                {"cpu", record.cpu},
                {"cpu_features", to_json(record.cpu_features)},
                {"threads", record.threads},
                {"versions", {{"octune", OCTUNE_VERSION}, {"openvino", record.openvino_version}}},
                {"data", record.data},
                {"samples", record.samples},
                {timed ? "latency" : "throughput", std::move(measured)},
                {"against_float", std::move(against)},
                {"skipped", std::move(skipped)},
                {"warnings", record.warnings}};
  if (!record.layers.empty()) document["layers"] = layers_json(record);
  return document;
}

}  // namespace octune::report
