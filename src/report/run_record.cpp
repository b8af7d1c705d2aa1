// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "report/run_record.hpp"

#include <algorithm>
#include <array>

#include "evaluate/criterion_names.hpp"
#include "layerwise/tune_layers.hpp"
#include "report/json.hpp"

namespace octune::report {
namespace {

using nlohmann::json;

/// Every run.json has these, in the order in which they happen.
constexpr std::array<const char*, 12> kTimings{"read",  "normalize", "plan",   "statistics", "compile", "calibrate",
                                               "apply", "layerwise", "verify", "choose",     "write",   "evaluate"};

json to_json(const StatisticsRecord& statistics) {
  return {{"reused", statistics.passes == 0},
          {"file", statistics.file.string()},
          {"bytes", statistics.bytes},
          {"model", statistics.model},
          {"requests", statistics.requests},
          {"passes", statistics.passes},
          {"samples_reused", statistics.reused_samples}};
}

json to_json(const MetricRecord& metric) {
  json result{{"name", metric.name},   {"model", metric.model},     {"precision", metric.precision},
              {"value", metric.value}, {"samples", metric.samples}, {"higher_is_better", metric.higher_is_better}};
  if (metric.difference) result["difference"] = *metric.difference;
  if (metric.confidence) result["confidence_95"] = {metric.confidence->low, metric.confidence->high};
  return result;
}

json to_json(const std::optional<FloatResultsRecord>& results) {
  if (!results) return nullptr;
  return {{"file", results->file.string()}, {"reused", results->reused}};
}

json to_json(const std::optional<ChoiceRecord>& choice) {
  if (!choice) return nullptr;
  json candidates = json::array();
  for (const Candidate& candidate : choice->candidates) {
    json entry{{"name", candidate.name},
               {"summary", candidate.summary},
               {"quantized_operations", candidate.quantized_operations},
               {"compile_s", candidate.compile_s},
               {"divergence", nullptr},
               {"latency_ms", candidate.latency_ms ? json(*candidate.latency_ms) : json(nullptr)},
               {"verdict", candidate.verdict}};
    // JSON has no infinity: a model whose outputs are not finite has null numbers.
    if (candidate.divergence)
      entry["divergence"] = {{"mean", candidate.divergence->mean}, {"worst_tenth", candidate.divergence->worst}};
    candidates.push_back(std::move(entry));
  }
  return {{"chosen", choice->name},
          {"within_limit", choice->within_limit},
          {"max_divergence", choice->max_divergence},
          {"samples", choice->judged_samples},
          {"candidates", std::move(candidates)}};
}

json to_json(const TunedLayer& layer) {
  return {{"name", layer.name},
          {"kept", layer.kept},
          {"reason", layer.reason},
          {"fixed_weights", layer.fixed_weights},
          {"loss_untuned", layer.loss_untuned},
          {"loss_before", layer.loss_before},
          {"loss_after", layer.loss_after},
          {"target_power", layer.target_power},
          {"rows", layer.rows},
          {"bytes", layer.bytes},
          {"seconds", layer.seconds},
          {"resumed", layer.resumed}};
}

json to_json(const std::optional<std::vector<TunedLayer>>& layers) {
  if (!layers) return nullptr;
  json all = json::array();
  for (const TunedLayer& layer : *layers) all.push_back(to_json(layer));
  const layerwise::Totals totals = layerwise::totals(*layers);
  return {{"tried", totals.tried},
          {"kept", totals.kept},
          {"median_error_before", totals.median_before},
          {"median_error_after", totals.median_after},
          {"most_bytes", totals.most_bytes},
          {"layers", std::move(all)}};
}

bool runs_in_integers(const ExecutedOperation& operation) {
  return operation.precision == "i8" || operation.precision == "u8" || operation.precision == "i4" ||
         operation.precision == "u4" || operation.precision == "fused" || operation.precision == "in sub-graph";
}

}  // namespace

json to_json(const CriterionRecord& criterion) {
  const CriterionResult& result = criterion.result;
  json document{{"metric", result.metric},
                {"baseline", result.baseline},
                {"value", result.value},
                {"higher_is_better", result.higher_is_better},
                {"drop", result.drop},
                {"drop_type", base::name_of(result.drop_type)},
                {"max_drop", result.max_drop},
                {"accepted", result.accepted},
                {"samples", {{"used", criterion.samples.used}, {"available", criterion.samples.available}}}};
  if (criterion.confidence) document["confidence_95"] = {criterion.confidence->low, criterion.confidence->high};
  return document;
}

OperationCounts count_operations(const Plan& plan, std::span<const ExecutedOperation> executed) {
  OperationCounts counts;
  counts.total = plan.total_operations;
  for (const PlannedOperation& operation : plan.operations) {
    if (!operation.fused_into.empty()) continue;
    ++counts.quantizable;
    if (operation.quantized) ++counts.quantized;
  }
  counts.in_float =
      static_cast<std::size_t>(std::count_if(executed.begin(), executed.end(), [](const ExecutedOperation& op) {
        // The rows of an embedding are only stored in integers.
        return op.type != "Embedding" && !runs_in_integers(op);
      }));
  return counts;
}

bool keeps_float(const RunRecord& record) { return record.choice && record.choice->chosen == Chosen::floating; }

bool misses_target(const RunRecord& record) {
  if (record.choice && record.choice->limit_given && !record.choice->within_limit) return true;
  return record.target && std::any_of(record.criteria.begin(), record.criteria.end(),
                                      [](const CriterionRecord& criterion) { return !criterion.result.accepted; });
}

json to_json(const RunRecord& record) {
  json criteria = json::array();
  for (const CriterionRecord& criterion : record.criteria) criteria.push_back(to_json(criterion));
  const OperationCounts counts = count_operations(record.plan, record.executed);
  json metrics = json::array();
  for (const MetricRecord& metric : record.metrics) metrics.push_back(to_json(metric));
  return {{"schema", "octune.run/1"},
          {"command", "quantize"},
          {"result", keeps_float(record)     ? "float"
                     : misses_target(record) ? "target_not_reached"
                                             : "done"},
          {"configuration", record.configuration},
          {"seed", record.seed},
          {"versions", {{"octune", OCTUNE_VERSION}, {"openvino", record.openvino_version}}},
          {"cpu", {{"name", record.cpu}, {"features", to_json(record.cpu_features)}}},
          {"timings_s", timings(kTimings, record.timings_s, record.total_s)},
          {"peak_rss_mb", record.peak_rss_mib * 1.048576},
          {"samples", {{"used", record.samples_used}, {"available", record.samples_available}}},
          {"statistics", to_json(record.statistics)},
          {"operations",
           {{"total", counts.total},
            {"quantizable", counts.quantizable},
            {"quantized", counts.quantized},
            {"executed_in_float", counts.in_float}}},
          {"metrics", std::move(metrics)},
          {"criteria", std::move(criteria)},
          {"float_results", to_json(record.float_results)},
          {"warnings", record.warnings},
          {"input", {{"model", record.input_model.string()}, {"bytes", record.input_bytes}}},
          {"output", {{"model", record.output_model.string()}, {"bytes", record.output_bytes}}},
          {"choice", to_json(record.choice)},
          {"layerwise", to_json(record.tuned_layers)},
          {"plan", to_json(record.plan)},
          {"executed", to_json(record.executed)}};
}

std::uintmax_t model_bytes(const std::filesystem::path& model) {
  std::error_code error;
  std::uintmax_t bytes = std::filesystem::file_size(model, error);
  if (error) return 0;
  if (model.extension() == ".xml") {
    std::filesystem::path weights = model;
    weights.replace_extension(".bin");
    const std::uintmax_t size = std::filesystem::file_size(weights, error);
    if (!error) bytes += size;
  }
  return bytes;
}

}  // namespace octune::report
