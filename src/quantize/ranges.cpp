// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/ranges.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

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

/// Moves one border of [low, high], which holds zero, outward so that zero falls on a level (POT's tune_range). POT
/// leaves the range as it is when the zero point rounds to the first or last level, and zero off the grid; here that
/// border becomes zero.
void put_zero_on_grid(double& low, double& high, int levels) {
  const double last = levels - 1;
  const double zero_point = std::round(-low * last / (high - low));
  if (zero_point <= 0) {
    low = 0;
    return;
  }
  if (zero_point >= last) {
    high = 0;
    return;
  }
  const double moved_low = zero_point * high / (zero_point - last);
  const double moved_high = low * (zero_point - last) / zero_point;
  if (high - moved_low >= moved_high - low) {
    low = moved_low;
  } else {
    high = moved_high;
  }
}

Range asymmetric_range(const Extent& extent, const Levels& levels) {
  Range range;
  range.levels = levels.count();
  for (std::size_t c = 0; c < extent.min.size(); ++c) {
    double low = extent.min[c];
    double high = extent.max[c];
    if (high - low <= kSmallestWidth) {
      low -= kSmallestWidth;
      high += kSmallestWidth;
    }
    low = std::min(low, 0.0);
    high = std::max(high, 0.0);
    put_zero_on_grid(low, high, range.levels);
    range.low.push_back(static_cast<float>(low));
    range.high.push_back(static_cast<float>(high));
  }
  return range;
}

Range symmetric_range(const std::vector<double>& magnitudes, const Levels& levels) {
  Range range;
  range.levels = levels.count();
  for (const double magnitude : magnitudes) {
    range.low.push_back(static_cast<float>(magnitude * levels.low / levels.high));
    range.high.push_back(static_cast<float>(magnitude));
  }
  return range;
}

}  // namespace

Levels levels_of(const Scheme& scheme, QuantizerKind kind, bool is_signed) {
  const int half = 1 << (scheme.bits - 1);
  Levels levels{0, 2 * half - 1};
  if (scheme.mode == Mode::symmetric && is_signed) {
    // Symmetric weights leave the lowest level out, so that negating them stays exact.
    levels = {kind == QuantizerKind::weights ? 1 - half : -half, half - 1};
  }
  if (scheme.level_low) levels.low = *scheme.level_low;
  if (scheme.level_high) levels.high = *scheme.level_high;
  return levels;
}

Range activation_range(const Extent& extent, const Scheme& scheme) {
  const bool is_signed = std::any_of(extent.min.begin(), extent.min.end(), [](double value) { return value < 0; }) ||
                         scheme.level_low.value_or(0) < 0;
  const Levels levels = levels_of(scheme, QuantizerKind::activation, is_signed);
  return scheme.mode == Mode::symmetric ? symmetric_range(lifted_magnitudes(extent.max), levels)
                                        : asymmetric_range(extent, levels);
}

Range weights_range(const Extent& extent, const Scheme& scheme, bool halved) {
  const Levels levels = levels_of(scheme, QuantizerKind::weights, true);
  // Each channel of weights has its own scale, however small; only a channel of zeros needs one from nowhere.
  std::vector<double> magnitudes = extent.max;
  for (double& magnitude : magnitudes) magnitude = magnitude < kSmallestWeight ? 1 : magnitude;
  Range range = scheme.mode == Mode::symmetric ? symmetric_range(magnitudes, levels) : asymmetric_range(extent, levels);
  if (halved) {
    for (float& low : range.low) low *= 2;
    for (float& high : range.high) high *= 2;
  }
  return range;
}

Extent merge(std::span<const Extent> extents) {
  OCTUNE_ASSERT(!extents.empty(), "no extents to merge");
  Extent merged = extents.front();
  for (const Extent& extent : extents) {
    OCTUNE_ASSERT(extent.min.size() == merged.min.size(), "extents of different granularity in one group");
    for (std::size_t c = 0; c < merged.min.size(); ++c) {
      merged.min[c] = std::min(merged.min[c], extent.min[c]);
      merged.max[c] = std::max(merged.max[c], extent.max[c]);
    }
  }
  return merged;
}

double quantile(std::span<float> values, double q) {
  OCTUNE_ASSERT(!values.empty(), "the quantile of nothing");
  const double position = q * static_cast<double>(values.size() - 1);
  const auto index = static_cast<std::size_t>(position);
  const auto nth = values.begin() + static_cast<std::ptrdiff_t>(index);
  std::nth_element(values.begin(), nth, values.end());
  const double below = *nth;
  if (index + 1 == values.size()) return below;
  const double above = *std::min_element(nth + 1, values.end());
  return below + (above - below) * (position - static_cast<double>(index));
}

std::vector<double> aggregate(std::span<const float> rows, std::size_t channels, Aggregator aggregator) {
  OCTUNE_ASSERT(!rows.empty() && rows.size() % channels == 0, "rows that are no multiple of the channels");
  const std::size_t samples = rows.size() / channels;
  std::vector<double> result(channels);
  std::vector<float> values(samples);
  for (std::size_t c = 0; c < channels; ++c) {
    values.resize(samples);
    for (std::size_t s = 0; s < samples; ++s) values[s] = rows[s * channels + c];
    if (aggregator == Aggregator::mean_no_outliers || aggregator == Aggregator::median_no_outliers) {
      const double low = quantile(values, 0.01);
      const double high = quantile(values, 0.99);
      std::erase_if(values, [&](float value) { return value < low || value > high; });
    }
    switch (aggregator) {
      case Aggregator::min:
        result[c] = *std::min_element(values.begin(), values.end());
        break;
      case Aggregator::max:
        result[c] = *std::max_element(values.begin(), values.end());
        break;
      case Aggregator::median:
      case Aggregator::median_no_outliers:
        result[c] = quantile(values, 0.5);
        break;
      case Aggregator::hl_estimator: {
        std::vector<float> means;
        means.reserve(samples * (samples - 1) / 2);
        for (std::size_t i = 1; i < samples; ++i) {
          for (std::size_t j = 0; j < i; ++j) means.push_back((values[i] + values[j]) / 2);
        }
        result[c] = means.empty() ? values.front() : quantile(means, 0.5);
        break;
      }
      case Aggregator::mean:
      case Aggregator::mean_no_outliers:
        result[c] = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
        break;
    }
  }
  return result;
}

}  // namespace octune::quantization
