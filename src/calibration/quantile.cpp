// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/quantile.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

namespace octune::calibration {
namespace {

/// Below this size, and for quantiles away from the ends, a plain selection is fast enough.
constexpr std::size_t kWorthFiltering = 8192;
constexpr std::size_t kProbes = 1024;

/// Keeps in `scratch` the values that do not come after a pivot in the order of `before`, aiming at a little more than
/// the first `wanted` of them; false if the pivot, guessed from evenly spaced probes, turns out to keep fewer.
template <class Before>
bool keep_first(std::span<const float> values, std::size_t wanted, std::vector<float>& scratch, Before before) {
  std::array<float, kProbes> probes;
  for (std::size_t i = 0; i < kProbes; ++i) probes[i] = values[i * values.size() / kProbes];
  const std::size_t rank = std::min(kProbes - 1, 2 * wanted * kProbes / values.size() + 8);
  std::nth_element(probes.begin(), probes.begin() + static_cast<std::ptrdiff_t>(rank), probes.end(), before);
  const float pivot = probes[rank];
  scratch.resize(values.size());
  std::size_t kept = 0;
  for (const float value : values) {
    scratch[kept] = value;
    kept += before(pivot, value) ? 0 : 1;
  }
  scratch.resize(kept);
  return kept >= wanted;
}

}  // namespace

float quantile(std::span<const float> values, double q, std::vector<float>& scratch) {
  const double position = std::clamp(q, 0.0, 1.0) * static_cast<double>(values.size() - 1);
  const auto low = static_cast<std::size_t>(position);
  const std::size_t high = std::min(low + 1, values.size() - 1);
  const double fraction = position - static_cast<double>(low);

  // Selecting among the few values at the end that matters is several times faster than among all.
  const std::size_t few = values.size() / 16;
  bool filtered = false;
  std::size_t skipped = 0;  // values below the ones in scratch
  if (values.size() >= kWorthFiltering && values.size() - low < few) {
    filtered = keep_first(values, values.size() - low, scratch, std::greater<float>());
    skipped = values.size() - scratch.size();
  } else if (values.size() >= kWorthFiltering && high + 1 < few) {
    filtered = keep_first(values, high + 1, scratch, std::less<float>());
  }
  if (!filtered) {
    scratch.assign(values.begin(), values.end());
    skipped = 0;
  }
  const auto at_low = scratch.begin() + static_cast<std::ptrdiff_t>(low - skipped);
  std::nth_element(scratch.begin(), at_low, scratch.end());
  const double below = *at_low;
  const double above = high == low ? below : *std::min_element(at_low + 1, scratch.end());
  return static_cast<float>(below + (above - below) * fraction);
}

}  // namespace octune::calibration
