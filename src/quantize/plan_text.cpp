// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/names.hpp"
#include "octune/plan.hpp"
#include "quantize/schemes.hpp"

namespace octune {
namespace {

/// "8 sym/channel": bits, mode and granularity; what is not usual in brackets.
std::string short_text(const Scheme& scheme) {
  std::string text = fmt::format("{} {}{}", scheme.bits, scheme.mode == Mode::symmetric ? "sym" : "asym",
                                 scheme.granularity == Granularity::per_channel ? "/channel" : "");
  if (scheme.unified_zero_point) text += " [one zero point]";
  if (scheme.level_low && scheme.level_high) text += fmt::format(" [{}..{}]", *scheme.level_low, *scheme.level_high);
  return text;
}

std::string text_of(const BorderEstimator& border, QuantizerKind kind) {
  std::string text{base::name_of(border.type)};
  if (border.type == EstimatorType::quantile || border.type == EstimatorType::abs_quantile)
    text += fmt::format(" {}", border.outlier_prob);
  if (kind == QuantizerKind::activation) text += fmt::format(", {}", base::name_of(border.aggregator));
  if (border.granularity) text += fmt::format(", {}", base::name_of(*border.granularity));
  if (border.clipping_value) text += fmt::format(", clipped at {}", *border.clipping_value);
  return text;
}

std::string text_of(const RangeEstimator& estimator, QuantizerKind kind) {
  if (estimator.search != RangeSearch::none) return std::string(base::name_of(estimator.search));
  return fmt::format("min ({}), max ({})", text_of(estimator.min, kind), text_of(estimator.max, kind));
}

/// A line for each way to find ranges that is not the usual one of its scheme.
std::string ranges_text(const Plan& plan) {
  std::map<std::string, std::size_t> counts;
  for (const Quantizer& quantizer : plan.quantizers) {
    if (quantizer.estimator == quantization::estimator_for(quantizer.scheme, quantizer.kind, {})) continue;
    ++counts[fmt::format("{}: {}", quantizer.kind == QuantizerKind::weights ? "weights" : "activations",
                         text_of(quantizer.estimator, quantizer.kind))];
  }
  std::string text;
  for (const auto& [what, count] : counts) text += fmt::format("ranges of {} {}\n", count, what);
  return text;
}

}  // namespace

std::string to_text(const Plan& plan) {
  std::size_t name_width = 9;
  std::size_t type_width = 4;
  std::size_t quantized = 0;
  std::size_t own = 0;  // executed on their own
  for (const PlannedOperation& operation : plan.operations) {
    name_width = std::max(name_width, std::min<std::size_t>(operation.name.size(), 60));
    type_width = std::max(type_width, operation.type.size());
    quantized += operation.quantized ? 1 : 0;
    own += operation.fused_into.empty() ? 1 : 0;
  }
  std::map<std::string, std::string> precision;
  for (const Quantizer& quantizer : plan.quantizers) {
    for (const std::string& operation : quantizer.operations) {
      const bool weights = quantizer.kind == QuantizerKind::weights;
      const std::string part = fmt::format("{}{}", weights ? "W" : "A", short_text(quantizer.scheme));
      std::string& text = precision[operation];
      if (text.find(part) == std::string::npos) text += (text.empty() ? "" : ", ") + part;
    }
  }
  std::string text =
      fmt::format("{:{}}  {:{}}  {}\n", "operation", name_width, "type", type_width, "precision or reason");
  for (const PlannedOperation& operation : plan.operations) {
    const std::string what = operation.quantized            ? precision[operation.name]
                             : operation.fused_into.empty() ? "float: " + operation.reason
                                                            : "in '" + operation.fused_into + "'";
    text += fmt::format("{:{}}  {:{}}  {}\n", operation.name, name_width, operation.type, type_width, what);
  }
  const auto activations = static_cast<std::size_t>(
      std::count_if(plan.quantizers.begin(), plan.quantizers.end(),
                    [](const Quantizer& quantizer) { return quantizer.kind == QuantizerKind::activation; }));
  text += fmt::format(
      "\ntarget {}, preset {}, model type {}{}\n{} operations, {} quantizable, {} quantized; {} FakeQuantize on "
      "activations, {} weight "
      "tensors; {} aligned pairs, {} inputs to smooth, {} bias corrections ({})\n",
      plan.target, plan.preset, plan.model_type, plan.model_type_detected ? " (recognised)" : "", plan.total_operations,
      own, quantized, activations, plan.quantizers.size() - activations, plan.aligned_pairs.size(),
      plan.smoothed_inputs.size(), plan.bias_corrections.size(), base::name_of(plan.bias_correction));
  text += ranges_text(plan);
  for (const std::string& warning : plan.warnings) text += "warning: " + warning + "\n";
  return text;
}

}  // namespace octune
