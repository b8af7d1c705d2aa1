// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "base/quantile.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>

#include "base/assert.hpp"

namespace octune::base {
namespace {

/// Below this size, and for quantiles away from the ends, a plain selection is fast enough.
constexpr std::size_t kWorthFiltering = 8192;
constexpr std::size_t kProbes = 1024;

/// The order statistics that a quantile lies between, and how far it is from the first to the second.
struct Position {
  Position(std::size_t size, double q) {
    OCTUNE_ASSERT(size != 0, "the quantile of nothing");
    const double position = std::clamp(q, 0.0, 1.0) * static_cast<double>(size - 1);
    low = static_cast<std::size_t>(position);
    high = std::min(low + 1, size - 1);
    fraction = position - static_cast<double>(low);
  }
  double between(double below, double above) const { return below + (above - below) * fraction; }

  std::size_t low, high;
  double fraction;
};

/// `skipped` values below those of `values` are left out of it.
double select(std::span<float> values, const Position& position, std::size_t skipped) {
  const auto at_low = values.begin() + static_cast<std::ptrdiff_t>(position.low - skipped);
  std::nth_element(values.begin(), at_low, values.end());
  const double below = *at_low;
  return position.high == position.low ? below : position.between(below, *std::min_element(at_low + 1, values.end()));
}

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

double quantile_of_sorted(std::span<const double> sorted, double q) {
  const Position position(sorted.size(), q);
  return position.between(sorted[position.low], sorted[position.high]);
}

double quantile(std::span<float> values, double q) { return select(values, Position(values.size(), q), 0); }

double quantile(std::span<const float> values, double q, std::vector<float>& scratch) {
  const std::size_t size = values.size();
  const Position position(size, q);
  const std::size_t few = size / 16;
  bool filtered = false;
  std::size_t skipped = 0;
  if (size >= kWorthFiltering && size - position.low < few) {
    filtered = keep_first(values, size - position.low, scratch, std::greater<float>());
    skipped = size - scratch.size();
  } else if (size >= kWorthFiltering && position.high + 1 < few) {
    filtered = keep_first(values, position.high + 1, scratch, std::less<float>());
  }
  if (!filtered) {
    scratch.assign(values.begin(), values.end());
    skipped = 0;
  }
  return select(scratch, position, skipped);
}

}  // namespace octune::base
