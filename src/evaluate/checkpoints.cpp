// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/checkpoints.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/quantile.hpp"
#include "evaluate/interval.hpp"

namespace octune::evaluate {

bool is_checkpoint(std::size_t seen, std::size_t samples) {
  constexpr std::size_t kFewest = 30;
  if (seen < kFewest) return false;
  return seen == samples / 8 || seen == samples / 4 || seen == samples / 2;
}

bool is_clearly_beyond(std::span<const Score> baseline, std::span<const Score> judged, const Metric& metric,
                       double sign, double tolerance, std::uint64_t seed) {
  constexpr std::size_t kResamples = 200;
  constexpr double kTail = 0.01;
  constexpr double kMargin = 0.5;
  std::vector<double> drops;
  for (const auto& [before, after] : paired_resamples(baseline, judged, metric, kResamples, seed)) {
    const double drop = sign * (before - after);
    if (std::isfinite(drop)) drops.push_back(drop);
  }
  // Resamples without a value (a correlation of equal numbers) tell nothing.
  if (drops.size() < kResamples / 2) return false;
  std::sort(drops.begin(), drops.end());
  return base::quantile_of_sorted(drops, kTail) > tolerance + kMargin * std::abs(tolerance);
}

}  // namespace octune::evaluate
