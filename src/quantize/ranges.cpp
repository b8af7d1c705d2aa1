// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/ranges.hpp"

#include <algorithm>
#include <cmath>

#include "base/assert.hpp"

namespace octune::quantization {
namespace {

constexpr double kSmallestMagnitude = 8e-5;  // of a symmetric range
constexpr double kSmallestWeight = 1e-30;    // smaller ones are zero: their scale would underflow
constexpr double kSmallestWidth = 8e-4;      // of an asymmetric range

/// Magnitudes of channels that hardly move would give steps of no use: at least 1 % of the largest channel's.
std::vector<double> lifted_magnitudes(const std::vector<double>& magnitudes) {
  const double largest = *std::max_element(magnitudes.begin(), magnitudes.end());
  const double floor = std::max(kSmallestMagnitude, 0.01 * largest);
  std::vector<double> lifted = magnitudes;
  for (double& magnitude : lifted) magnitude = std::max(magnitude, floor);
  return lifted;
}

/// The extent of channel `c`, whose borders may be common to all channels.
Borders channel(const Extent& extent, std::size_t c) {
  return {extent.min[extent.min.size() == 1 ? 0 : c], extent.max[extent.max.size() == 1 ? 0 : c]};
}
std::size_t channels(const Extent& extent) { return std::max(extent.min.size(), extent.max.size()); }

Borders with_zero(const Borders& borders) { return {std::min(borders.low, 0.0), std::max(borders.high, 0.0)}; }

Range range_from(const std::vector<Borders>& borders, const Levels& levels) {
  Range range;
  range.levels = levels.count();
  for (const auto& [low, high] : borders) {
    range.low.push_back(static_cast<float>(low));
    range.high.push_back(static_cast<float>(high));
  }
  return range;
}

Range symmetric_range(const std::vector<double>& magnitudes, const Levels& levels) {
  std::vector<Borders> borders;
  for (const double magnitude : magnitudes) borders.push_back(symmetric_borders(magnitude, levels));
  return range_from(borders, levels);
}

/// Weights of one channel, with zero; a channel of zeros reaches to 1.
Borders weights_borders(const Extent& extent, std::size_t c) {
  const Borders borders = with_zero(channel(extent, c));
  return borders.high - borders.low < kSmallestWeight ? Borders{0, 1} : borders;
}

std::vector<Borders> unify_zero_points(std::vector<Borders> borders, int levels) {
  const double last = levels - 1;
  double sum = 0;
  bool any_negative = false;
  bool any_positive = false;
  for (const auto& [low, high] : borders) {
    sum += -low * last / (high - low);
    any_negative = any_negative || low < 0;
    any_positive = any_positive || high > 0;
  }
  const double mean = std::round(sum / static_cast<double>(borders.size()));
  const double zero_point = std::clamp(mean, any_negative ? 1.0 : 0.0, any_positive ? last - 1 : last);
  for (auto& [low, high] : borders) {
    const double step_below = low < 0 ? -low / zero_point : 0;
    const double step_above = high > 0 ? high / (last - zero_point) : 0;
    const double step = std::max(step_below, step_above);
    low = -zero_point * step;
    high = (last - zero_point) * step;
  }
  return borders;
}

}  // namespace

Levels levels_of(const Scheme& scheme, QuantizerKind kind, bool is_signed) {
  const int half = 1 << (scheme.bits - 1);
  // Symmetric weights leave the lowest level out, so that negating them stays exact.
  const bool balanced = scheme.mode == Mode::symmetric && kind == QuantizerKind::weights;
  const Levels with_sign{balanced ? 1 - half : -half, half - 1};
  const Levels without_sign{0, 2 * half - 1};
  Levels levels = scheme.mode == Mode::symmetric && is_signed ? with_sign : without_sign;
  if (scheme.level_low || scheme.level_high) {
    const bool signed_end = scheme.level_low ? *scheme.level_low < 0 : *scheme.level_high < half;
    const Levels defaults = signed_end ? with_sign : without_sign;
    levels = {scheme.level_low.value_or(defaults.low), scheme.level_high.value_or(defaults.high)};
  }
  const int count = levels.count();
  OCTUNE_ASSERT(count >= 2, "a scheme with fewer than two levels");
  if (scheme.mode == Mode::asymmetric || !is_signed) return {0, count - 1};
  const bool even = levels.low + levels.high == 0 || levels.low + levels.high == -1;
  return even ? levels : Levels{-(count / 2), (count - 1) / 2};
}

bool is_signed(const Scheme& scheme, double lowest) { return lowest < 0 || scheme.level_low.value_or(0) < 0; }

Borders symmetric_borders(double magnitude, const Levels& levels) {
  return {magnitude * levels.low / levels.high, magnitude};
}

Borders asymmetric_borders(double low, double high, int levels) {
  const double last = levels - 1;
  const double zero_point = std::round(-low * last / (high - low));
  // POT leaves the range as it is in these two cases, and zero off the grid.
  if (zero_point <= 0) return {0, high};
  if (zero_point >= last) return {low, 0};
  const double moved_low = zero_point * high / (zero_point - last);
  const double moved_high = low * (zero_point - last) / zero_point;
  return high - moved_low >= moved_high - low ? Borders{moved_low, high} : Borders{low, moved_high};
}

Range activation_range(const Extent& extent, const Scheme& scheme) {
  const bool with_sign = is_signed(scheme, *std::min_element(extent.min.begin(), extent.min.end()));
  const Levels levels = levels_of(scheme, QuantizerKind::activation, with_sign);
  if (scheme.mode == Mode::symmetric) return symmetric_range(lifted_magnitudes(extent.max), levels);
  std::vector<Borders> borders;
  for (std::size_t c = 0; c < channels(extent); ++c) {
    Borders wanted = channel(extent, c);
    if (wanted.high - wanted.low <= kSmallestWidth) {
      wanted.low -= kSmallestWidth;
      wanted.high += kSmallestWidth;
    }
    wanted = with_zero(wanted);
    borders.push_back(asymmetric_borders(wanted.low, wanted.high, levels.count()));
  }
  return range_from(borders, levels);
}

Range weights_range(const Extent& extent, const Scheme& scheme, bool halved) {
  const Levels levels = levels_of(scheme, QuantizerKind::weights, true);
  Range range;
  if (scheme.mode == Mode::symmetric) {
    std::vector<double> magnitudes = extent.max;
    for (double& magnitude : magnitudes) magnitude = magnitude < kSmallestWeight ? 1 : magnitude;
    range = symmetric_range(magnitudes, levels);
  } else {
    std::vector<Borders> borders;
    for (std::size_t c = 0; c < channels(extent); ++c) borders.push_back(weights_borders(extent, c));
    if (scheme.unified_zero_point) {
      borders = unify_zero_points(std::move(borders), levels.count());
    } else {
      for (Borders& entry : borders) entry = asymmetric_borders(entry.low, entry.high, levels.count());
    }
    range = range_from(borders, levels);
  }
  if (halved) {
    for (float& low : range.low) low *= 2;
    for (float& high : range.high) high *= 2;
  }
  return range;
}

Extent merge(std::span<const Extent> extents) {
  OCTUNE_ASSERT(!extents.empty(), "no extents to merge");
  // One entry for all channels is compared with every channel.
  const auto merge_border = [](std::vector<double>& into, const std::vector<double>& border, auto choose) {
    if (into.size() == 1) into.resize(border.size(), into.front());
    OCTUNE_ASSERT(border.size() == into.size() || border.size() == 1, "extents of different granularity in one group");
    for (std::size_t c = 0; c < into.size(); ++c) into[c] = choose(into[c], border[border.size() == 1 ? 0 : c]);
  };
  Extent merged = extents.front();
  for (const Extent& extent : extents) {
    merge_border(merged.min, extent.min, [](double a, double b) { return std::min(a, b); });
    merge_border(merged.max, extent.max, [](double a, double b) { return std::max(a, b); });
  }
  return merged;
}

}  // namespace octune::quantization
