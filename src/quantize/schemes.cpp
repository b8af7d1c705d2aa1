// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/schemes.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace octune::quantization {
namespace {

bool has_values(const Scheme& scheme, const SchemeOverride& wanted) {
  const auto agrees = [](const auto& fixed, const auto& value) { return !fixed || *fixed == value; };
  return agrees(wanted.bits, scheme.bits) && agrees(wanted.mode, scheme.mode) &&
         agrees(wanted.granularity, scheme.granularity);
}

Scheme with_levels(Scheme scheme, const SchemeOverride& wanted) {
  if (wanted.level_low) scheme.level_low = wanted.level_low;
  if (wanted.level_high) scheme.level_high = wanted.level_high;
  return scheme;
}

RangeSearch search_of(EstimatorPreset preset) {
  switch (preset) {
    case EstimatorPreset::histogram:
      return RangeSearch::histogram;
    case EstimatorPreset::mse:
      return RangeSearch::mse;
    case EstimatorPreset::kl:
      return RangeSearch::kl;
    case EstimatorPreset::standard:
    case EstimatorPreset::quantile:
      break;
  }
  return RangeSearch::none;
}

void put(const BorderOverride& user, BorderEstimator& border) {
  border.type = user.type.value_or(border.type);
  border.aggregator = user.aggregator.value_or(border.aggregator);
  border.outlier_prob = user.outlier_prob.value_or(border.outlier_prob);
  if (user.granularity) border.granularity = user.granularity;
  if (user.clipping_value) border.clipping_value = user.clipping_value;
}

}  // namespace

Schemes restrict_to(const Schemes& schemes, const SchemeOverride& wanted, bool& as_written) {
  as_written = false;
  Schemes result;
  for (const target::SupportedScheme& entry : schemes) {
    if (has_values(entry.scheme, wanted))
      result.push_back({with_levels(entry.scheme, wanted), entry.executed_in_integers});
  }
  if (!result.empty() || schemes.empty()) return result;
  as_written = true;
  Scheme scheme = schemes.front().scheme;
  scheme.bits = wanted.bits.value_or(scheme.bits);
  scheme.mode = wanted.mode.value_or(scheme.mode);
  scheme.granularity = wanted.granularity.value_or(scheme.granularity);
  return {{with_levels(scheme, wanted), false}};
}

Schemes intersect(const Schemes& a, const Schemes& b) {
  Schemes result;
  for (const target::SupportedScheme& entry : a) {
    const auto same = [&](const target::SupportedScheme& other) { return other.scheme == entry.scheme; };
    if (std::any_of(b.begin(), b.end(), same)) result.push_back(entry);
  }
  return result;
}

Schemes per_tensor_only(const Schemes& schemes) {
  Schemes result;
  std::copy_if(schemes.begin(), schemes.end(), std::back_inserter(result), [](const target::SupportedScheme& entry) {
    return entry.scheme.granularity == Granularity::per_tensor;
  });
  return result;
}

target::SupportedScheme choose(const Schemes& schemes, Preset preset, QuantizerKind kind) {
  OCTUNE_ASSERT(!schemes.empty(), "no scheme to choose from");
  const bool asymmetric =
      kind == QuantizerKind::activation ? preset != Preset::performance : preset == Preset::accuracy;
  const Mode wanted = asymmetric ? Mode::asymmetric : Mode::symmetric;
  const auto found = std::find_if(schemes.begin(), schemes.end(),
                                  [&](const target::SupportedScheme& entry) { return entry.scheme.mode == wanted; });
  return found == schemes.end() ? schemes.front() : *found;
}

RangeEstimator estimator_for(const Scheme& scheme, QuantizerKind kind, const RangeEstimatorOverride& user) {
  const bool per_channel = scheme.granularity == Granularity::per_channel;
  const bool symmetric = scheme.mode == Mode::symmetric;
  const bool quantile = user.preset == EstimatorPreset::quantile;
  RangeEstimator estimator;
  estimator.search = search_of(user.preset.value_or(EstimatorPreset::standard));
  if (symmetric) {
    // The minimum only tells whether the values have a sign, so outliers and averages have no say in it.
    estimator.min.type = EstimatorType::min;
    estimator.min.aggregator = Aggregator::min;
    estimator.max.type = quantile ? EstimatorType::abs_quantile : EstimatorType::abs_max;
  } else {
    estimator.min.type = quantile ? EstimatorType::quantile : EstimatorType::min;
    estimator.min.aggregator = per_channel ? Aggregator::min : Aggregator::mean;
    estimator.max.type = quantile ? EstimatorType::quantile : EstimatorType::max;
  }
  estimator.max.aggregator = per_channel ? Aggregator::max : Aggregator::mean;
  if (!symmetric || kind == QuantizerKind::activation) put(user.min, estimator.min);
  put(user.max, estimator.max);
  // A symmetric range is built from magnitudes, whatever the border is called.
  if (symmetric && estimator.max.type == EstimatorType::max) estimator.max.type = EstimatorType::abs_max;
  if (symmetric && estimator.max.type == EstimatorType::quantile) estimator.max.type = EstimatorType::abs_quantile;
  return estimator;
}

}  // namespace octune::quantization
