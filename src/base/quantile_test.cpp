// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "base/quantile.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.hpp"

namespace octune::base {
namespace {

double by_sorting(std::vector<float> values, double q) {
  std::sort(values.begin(), values.end());
  const double position = q * static_cast<double>(values.size() - 1);
  const auto low = static_cast<std::size_t>(position);
  const std::size_t high = std::min(low + 1, values.size() - 1);
  return values[low] + (position - static_cast<double>(low)) * (static_cast<double>(values[high]) - values[low]);
}

// Sizes on both sides of where the tails are filtered first; distributions with ties, in order, and with everything
// of interest where the probes do not look.
TEST(Quantile, EveryFormIsWhatSortingGives) {
  std::vector<float> scratch;
  RandomStream random(1);
  for (const std::size_t size : {1u, 2u, 3u, 100u, 8191u, 8192u, 50001u}) {
    std::vector<float> uniform(size), ties(size), ascending(size), spikes(size, 0.0F);
    for (std::size_t i = 0; i < size; ++i) {
      uniform[i] = static_cast<float>(random.uniform());
      ties[i] = static_cast<float>(random.below(3));
      ascending[i] = static_cast<float>(i);
      if (i % 97 == 1) spikes[i] = static_cast<float>(i);
    }
    for (const auto& values : {uniform, ties, ascending, spikes}) {
      std::vector<double> sorted(values.begin(), values.end());
      std::sort(sorted.begin(), sorted.end());
      for (const double q : {0.0, 1e-4, 0.001, 0.05, 0.5, 0.9, 0.99, 0.999, 0.9999, 1.0}) {
        const double expected = by_sorting(values, q);
        EXPECT_DOUBLE_EQ(quantile(values, q, scratch), expected) << size << ' ' << q;
        EXPECT_DOUBLE_EQ(quantile_of_sorted(sorted, q), expected) << size << ' ' << q;
        std::vector<float> reordered = values;
        EXPECT_DOUBLE_EQ(quantile(reordered, q), expected) << size << ' ' << q;
      }
    }
  }
}

// Reference values of numpy.quantile([1, 2, 4, 8], q).
TEST(Quantile, InterpolatesLikeNumpy) {
  std::vector<float> values{8, 1, 4, 2};
  EXPECT_DOUBLE_EQ(quantile(values, 0), 1);
  EXPECT_DOUBLE_EQ(quantile(values, 0.25), 1.75);
  EXPECT_NEAR(quantile(values, 0.9), 6.8, 1e-12);
  EXPECT_DOUBLE_EQ(quantile(values, 1), 8);
}

}  // namespace
}  // namespace octune::base
