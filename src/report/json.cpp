// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "report/json.hpp"

#include <algorithm>

#include "base/names.hpp"

namespace octune::report {
namespace {

using nlohmann::json;

template <class Enum>
std::string name(Enum value) {
  return std::string(base::name_of(value));
}

std::string_view text_of(Execution execution) {
  switch (execution) {
    case Execution::integer:
      return "integer";
    case Execution::floating:
      return "float";
    case Execution::unknown:
      break;
  }
  return "unknown";
}

json to_json(const Scheme& scheme) {
  json result{{"bits", scheme.bits}, {"mode", name(scheme.mode)}, {"granularity", name(scheme.granularity)}};
  if (scheme.level_low) result["level_low"] = *scheme.level_low;
  if (scheme.level_high) result["level_high"] = *scheme.level_high;
  if (scheme.unified_zero_point) result["unified_zero_point"] = true;
  return result;
}

json to_json(const BorderEstimator& border, QuantizerKind kind) {
  json result{{"type", name(border.type)}};
  if (kind == QuantizerKind::activation) result["aggregator"] = name(border.aggregator);
  if (border.type == EstimatorType::quantile || border.type == EstimatorType::abs_quantile) {
    result["outlier_prob"] = border.outlier_prob;
  }
  if (border.granularity) result["granularity"] = name(*border.granularity);
  if (border.clipping_value) result["clipping_value"] = *border.clipping_value;
  return result;
}

json to_json(const RangeEstimator& estimator, QuantizerKind kind) {
  if (estimator.search != RangeSearch::none) return {{"search", name(estimator.search)}};
  return {{"min", to_json(estimator.min, kind)}, {"max", to_json(estimator.max, kind)}};
}

json to_json(const Quantizer& quantizer) {
  json result{{"name", quantizer.name},
              {"kind", quantizer.kind == QuantizerKind::activation ? "activation" : "weights"},
              {"tensor", quantizer.tensor.text()},
              {"scheme", to_json(quantizer.scheme)},
              {"range_estimator", to_json(quantizer.estimator, quantizer.kind)},
              {"halved", quantizer.halved},
              {"operations", quantizer.operations}};
  result["group"] = quantizer.group ? json(*quantizer.group) : json(nullptr);
  if (quantizer.kind == QuantizerKind::weights) result["storage_bits"] = quantizer.storage_bits;
  return result;
}

}  // namespace

json to_json(const Plan& plan) {
  json quantizers = json::array();
  for (const Quantizer& quantizer : plan.quantizers) quantizers.push_back(to_json(quantizer));
  json operations = json::array();
  for (const PlannedOperation& operation : plan.operations) {
    operations.push_back({{"name", operation.name},
                          {"type", operation.type},
                          {"quantized", operation.quantized},
                          {"reason", operation.reason},
                          {"fused_into", operation.fused_into}});
    if (operation.quantized) operations.back()["execution"] = text_of(operation.execution);
  }
  json pairs = json::array();
  for (const AlignedPair& pair : plan.aligned_pairs) {
    pairs.push_back({{"producer", pair.producer}, {"consumer", pair.consumer}});
  }
  json smoothed = json::array();
  for (const SmoothedInput& input : plan.smoothed_inputs) smoothed.push_back(input.quantizer);
  json corrections = json::array();
  for (const BiasCorrection& correction : plan.bias_corrections) corrections.push_back(correction.operation);
  return {{"target", plan.target},
          {"preset", plan.preset},
          {"model_type", plan.model_type},
          {"model_type_detected", plan.model_type_detected},
          {"quantizers", std::move(quantizers)},
          {"operations", std::move(operations)},
          {"aligned_pairs", std::move(pairs)},
          {"smoothed_inputs", std::move(smoothed)},
          {"bias_correction", name(plan.bias_correction)},
          {"bias_corrections", std::move(corrections)},
          {"warnings", plan.warnings}};
}

json to_json(std::span<const ExecutedOperation> operations) {
  json result = json::array();
  for (const ExecutedOperation& operation : operations) {
    result.push_back({{"name", operation.name},
                      {"type", operation.type},
                      {"precision", operation.precision},
                      {"planned_integer", operation.planned_integer}});
  }
  return result;
}

json to_json(const evaluate::Latency& latency) {
  return {{"label", latency.label},   {"median_ms", latency.median_ms}, {"p10_ms", latency.p10_ms},
          {"p90_ms", latency.p90_ms}, {"iqr_ms", latency.iqr_ms},       {"rounds", latency.rounds},
          {"ratio", latency.ratio},   {"ratio_low", latency.ratio_low}, {"ratio_high", latency.ratio_high}};
}

json to_json(const infer::CpuFeatures& features) {
  return {{"avx2", features.avx2},         {"avx512", features.avx512}, {"vnni", features.vnni},
          {"amx_int8", features.amx_int8}, {"bf16", features.bf16},     {"cores", features.cores}};
}

json timings(std::span<const char* const> names, const std::map<std::string, double>& parts, double total_s) {
  json result = json::object();
  for (const char* name : names) result[name] = 0.0;
  double sum = 0;
  for (const auto& [name, seconds] : parts) {
    result[name] = seconds;
    sum += seconds;
  }
  // Clocks of the parts are read at other moments than that of the whole: never a negative rest.
  const double total = std::max(total_s, sum);
  result["other"] = total - sum;
  result["total"] = total;
  return result;
}

json failure(std::string_view kind, std::string_view message, int exit_code) {
  return {{"error", {{"kind", std::string(kind)}, {"message", std::string(message)}}}, {"exit_code", exit_code}};
}

json failure(const Error& error) { return failure(kind_name(error.kind()), error.what(), exit_code(error.kind())); }

std::string text_of(const json& document) {
  return document.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

std::string_view kind_name(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::input:
      return "input";
    case ErrorKind::unsupported:
      return "unsupported";
    case ErrorKind::io:
      return "io";
    case ErrorKind::runtime:
      return "runtime";
    case ErrorKind::internal:
      break;
  }
  return "internal";
}

}  // namespace octune::report
