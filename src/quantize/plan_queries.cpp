// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/plan_queries.hpp"

#include <algorithm>

namespace octune::quantization {

bool quantizes_something(const Plan& plan) {
  return std::any_of(plan.operations.begin(), plan.operations.end(),
                     [](const PlannedOperation& operation) { return operation.quantized; });
}

const Quantizer* weights_quantizer(const Plan& plan, const std::string& operation) {
  for (const Quantizer& quantizer : plan.quantizers) {
    if (quantizer.kind == QuantizerKind::weights && quantizer.consumers.front().node == operation) return &quantizer;
  }
  return nullptr;
}

bool follows_from_extremes(const RangeEstimator& estimator) {
  const auto is_extreme = [](const BorderEstimator& border) {
    return !border.clipping_value && (border.type == EstimatorType::min || border.type == EstimatorType::max ||
                                      border.type == EstimatorType::abs_max);
  };
  return estimator.search == RangeSearch::none && is_extreme(estimator.min) && is_extreme(estimator.max);
}

}  // namespace octune::quantization
