// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "layerwise/sure_fall.hpp"

#include <cmath>
#include <limits>
#include <map>

namespace octune::layerwise {
namespace {

constexpr double kStandardErrors = 2;

}  // namespace

double sure_fall(std::span<const double> before, std::span<const double> after, std::span<const std::size_t> samples) {
  struct Sum {
    double fall = 0, rows = 0;
  };
  std::map<std::size_t, Sum> sums;
  const bool of_one = samples.empty() || samples.front() == samples.back();
  double total = 0;
  for (std::size_t r = 0; r < before.size(); ++r) {
    Sum& sum = sums[of_one ? r : samples[r]];
    sum.fall += before[r] - after[r];
    sum.rows += 1;
    total += before[r] - after[r];
  }
  if (sums.size() < 2) return -std::numeric_limits<double>::infinity();
  double squares = 0;
  for (const auto& [sample, sum] : sums) {
    const double deviation = sum.fall - total * sum.rows / static_cast<double>(before.size());
    squares += deviation * deviation;
  }
  const auto count = static_cast<double>(sums.size());
  return total - kStandardErrors * std::sqrt(squares * count / (count - 1));
}

}  // namespace octune::layerwise
