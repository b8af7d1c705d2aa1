// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/schemes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/assert.hpp"
#include "base/names.hpp"
#include "quantize/ranges.hpp"

namespace octune::quantization {
namespace {

constexpr int kAllAgree = 3;

/// How many of bits, mode and granularity are as the user fixes them, or not fixed.
int agreements(const Scheme& scheme, const SchemeOverride& wanted) {
  const auto agrees = [](const auto& fixed, const auto& value) { return !fixed || *fixed == value ? 1 : 0; };
  return agrees(wanted.bits, scheme.bits) + agrees(wanted.mode, scheme.mode) +
         agrees(wanted.granularity, scheme.granularity);
}

/// Not in the table: the user's values, and what is left of the nearest entry. Its levels go with its bits.
target::SupportedScheme as_wanted(const target::SupportedScheme& nearest, const SchemeOverride& wanted) {
  Scheme scheme = nearest.scheme;
  if (wanted.bits.value_or(scheme.bits) != scheme.bits || wanted.mode.value_or(scheme.mode) != scheme.mode) {
    scheme.level_low.reset();
    scheme.level_high.reset();
  }
  scheme.bits = wanted.bits.value_or(scheme.bits);
  scheme.mode = wanted.mode.value_or(scheme.mode);
  scheme.granularity = wanted.granularity.value_or(scheme.granularity);
  if (scheme.mode == Mode::symmetric) scheme.unified_zero_point = false;
  return {scheme, Execution::unknown, false, std::nullopt};
}

/// The entries, and behind them what can stand in for them: per tensor for per channel, symmetric for asymmetric.
Schemes with_weaker(const Schemes& schemes) {
  Schemes result = schemes;
  const auto add = [&](const target::SupportedScheme& entry) {
    if (intersect({entry}, result).empty()) result.push_back(entry);
  };
  for (const target::SupportedScheme& entry : schemes) {
    if (!entry.offered) continue;
    target::SupportedScheme variant = entry;
    variant.scheme.granularity = Granularity::per_tensor;
    add(variant);
    variant = entry;
    variant.scheme.mode = Mode::symmetric;
    add(variant);
    variant.scheme.granularity = Granularity::per_tensor;
    add(variant);
  }
  return result;
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

int level_count(const Scheme& scheme, QuantizerKind kind) { return levels_of(scheme, kind, true).count(); }

Schemes restrict_to(const Schemes& schemes, const SchemeOverride& wanted, QuantizerKind kind, const std::string& type,
                    const target::CapabilityTable& table) {
  Schemes result;
  const target::SupportedScheme* nearest = nullptr;
  int most = -1;
  for (const target::SupportedScheme& entry : schemes) {
    const int fixed = agreements(entry.scheme, wanted);
    if (fixed == kAllAgree) result.push_back(entry);
    if (fixed > most) {
      most = fixed;
      nearest = &entry;
    }
  }
  if (!nearest) return {};
  if (result.empty()) result.push_back(as_wanted(*nearest, wanted));
  for (target::SupportedScheme& entry : result) {
    const int offered_levels = level_count(entry.scheme, kind);
    if (wanted.level_low || wanted.level_high) {
      entry.scheme.level_low = wanted.level_low;
      entry.scheme.level_high = wanted.level_high;
    }
    const int levels = level_count(entry.scheme, kind);
    // Levels from zero up are not what a symmetric list means, even if they are as many.
    const bool shifted =
        kind == QuantizerKind::weights && entry.scheme.mode == Mode::symmetric && wanted.level_low == 0;
    if (levels != offered_levels || shifted) entry.offered = false;
    if (!entry.offered) entry.execution = table.execution_as_written(type, kind, entry.scheme, levels);
  }
  // The wanted levels may be those of one entry and not of another.
  if (wanted.level_low || wanted.level_high) {
    std::stable_partition(result.begin(), result.end(), [](const auto& entry) { return entry.offered; });
  }
  return result;
}

Schemes intersect(const Schemes& a, const Schemes& b) {
  Schemes result;
  for (const target::SupportedScheme& entry : a) {
    const auto same = [&](const target::SupportedScheme& other) { return other.scheme == entry.scheme; };
    if (std::any_of(b.begin(), b.end(), same)) result.push_back(entry);
  }
  return result;
}

Schemes agree(const Schemes& a, const Schemes& b) {
  Schemes common = intersect(a, b);
  return common.empty() ? intersect(with_weaker(a), with_weaker(b)) : common;
}

Schemes per_tensor_only(const Schemes& schemes) {
  Schemes result;
  std::copy_if(schemes.begin(), schemes.end(), std::back_inserter(result), [](const target::SupportedScheme& entry) {
    return entry.scheme.granularity == Granularity::per_tensor;
  });
  return result;
}

Mode wanted_mode(Preset preset, QuantizerKind kind) {
  const bool asymmetric =
      kind == QuantizerKind::activation ? preset != Preset::performance : preset == Preset::accuracy;
  return asymmetric ? Mode::asymmetric : Mode::symmetric;
}

target::SupportedScheme choose(const Schemes& schemes, Preset preset, QuantizerKind kind) {
  OCTUNE_ASSERT(!schemes.empty(), "no scheme to choose from");
  const auto own = std::find_if(schemes.begin(), schemes.end(),
                                [&](const target::SupportedScheme& entry) { return entry.preset == preset; });
  if (own != schemes.end()) return *own;
  const auto found = std::find_if(schemes.begin(), schemes.end(), [&](const target::SupportedScheme& entry) {
    return entry.scheme.mode == wanted_mode(preset, kind) && entry.scheme.bits == schemes.front().scheme.bits;
  });
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

std::string text_of(const Scheme& scheme) {
  std::string text = fmt::format("{}-bit {} {}{}", scheme.bits, base::name_of(scheme.mode),
                                 scheme.granularity == Granularity::per_channel ? "per channel" : "per tensor",
                                 scheme.unified_zero_point ? ", one zero point" : "");
  const auto level = [](const std::optional<int>& value) { return value ? std::to_string(*value) : "default"; };
  if (scheme.level_low || scheme.level_high)
    text += fmt::format(", levels {} to {}", level(scheme.level_low), level(scheme.level_high));
  return text;
}

}  // namespace octune::quantization
