// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/range_search.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "base/random.hpp"

namespace octune::quantization {
namespace {

/// Values as tests like them: a bell with tails, one-sided or not, with or without zeros.
std::vector<float> bell(std::size_t count, std::uint64_t seed, double low, double high, double share_of_zeros = 0) {
  base::RandomStream random(seed);
  std::vector<float> values(count);
  for (float& value : values) {
    const double u = random.uniform() * 2 - 1;
    const double tailed = u / (1.02 - std::abs(u)) / 10;  // mostly within 0.1, at most 5
    value = random.uniform() < share_of_zeros ? 0 : static_cast<float>(std::clamp(tailed, low, high));
  }
  return values;
}

Distribution distribution_of(std::span<const float> values, double low, double high, std::size_t bins) {
  Distribution result{low, high, std::vector<double>(bins, 0), 0};
  for (const float value : values) {
    const double place = (value - low) / (high - low) * static_cast<double>(bins);
    result.counts[static_cast<std::size_t>(std::clamp(place, 0.0, static_cast<double>(bins - 1)))] += 1;
    result.zeros += value == 0 ? 1 : 0;
  }
  return result;
}

double fake_quantize(double x, const Borders& grid, int levels) {
  const double step = (grid.high - grid.low) / (levels - 1);
  return std::nearbyint((std::clamp(x, grid.low, grid.high) - grid.low) / step) * step + grid.low;
}

double error_over(std::span<const float> values, const Borders& grid, int levels) {
  double sum = 0;
  for (const float value : values) sum += std::pow(value - fake_quantize(value, grid, levels), 2);
  return sum;
}

/// Numerical integration over every bin.
double naive_error(const Distribution& values, const Borders& grid, int levels) {
  constexpr int kPoints = 800;
  double sum = 0;
  for (std::size_t bin = 0; bin < values.counts.size(); ++bin) {
    for (int i = 0; i < kPoints; ++i) {
      const double x = values.low + (static_cast<double>(bin) + (i + 0.5) / kPoints) * values.width();
      sum += values.counts[bin] * std::pow(x - fake_quantize(x, grid, levels), 2) / kPoints;
    }
  }
  return sum;
}

TEST(SquaredError, IsTheIntegralOverTheBins) {
  const Distribution values = distribution_of(bell(500, 1, -1, 3), -1, 3, 40);
  for (const Borders grid : {Borders{-1, 3}, Borders{-0.31, 0.9}, Borders{0, 2.2}, Borders{-1.5, 5}}) {
    for (const int levels : {2, 5, 16, 255}) {
      const double expected = naive_error(values, grid, levels);
      EXPECT_NEAR(squared_error(values, grid, levels), expected, 1e-4 * expected) << grid.low << ' ' << levels;
    }
  }
}

/// The observer's search as its authors define it: the ends by quantiles, the norm from the centres of the parts.
Borders naive_histogram_search(const Distribution& values, int levels) {
  const double total = std::accumulate(values.counts.begin(), values.counts.end(), 0.0);
  const auto up_to = [&](std::size_t bin) {
    return std::accumulate(values.counts.begin(), values.counts.begin() + static_cast<std::ptrdiff_t>(bin + 1), 0.0);
  };
  const auto norm = [&](std::size_t start, std::size_t end) {
    const double part = values.width() * static_cast<double>(end - start + 1) / levels;
    const double origin = values.low + static_cast<double>(start) * values.width();
    return naive_error(values, {origin + part / 2, origin + part * (levels - 0.5)}, levels);
  };
  std::size_t start = 0, end = values.counts.size() - 1;
  const std::size_t zero = values.bin_of_zero();
  double alpha = 0, beta = 1, smallest = HUGE_VAL;
  while (alpha < beta) {
    std::size_t left = start, right = end;
    while (left < zero && up_to(left) < (alpha + 1e-5) * total) ++left;
    while (right > zero && up_to(right) > (beta - 1e-5) * total) --right;
    std::size_t next_start = start, next_end = end;
    if (left - start > end - right) {
      alpha += 1e-5;
      next_start = left;
    } else {
      beta -= 1e-5;
      next_end = right;
    }
    if (next_start == start && next_end == end) continue;
    const double found = norm(next_start, next_end);
    if (found > smallest) break;
    smallest = found;
    start = next_start;
    end = next_end;
  }
  return {values.low + static_cast<double>(start) * values.width(),
          values.low + static_cast<double>(end + 1) * values.width()};
}

TEST(SearchHistogram, GoesTheWayOfTheObserver) {
  for (const auto& [low, high] : {std::pair{-5.0, 5.0}, std::pair{-1.0, 4.0}, std::pair{0.0, 5.0}}) {
    for (const int levels : {4, 16}) {
      const Distribution values = distribution_of(bell(3000, 2, low, high), low, high, 64);
      const Borders found = search_histogram(values, levels);
      const Borders expected = naive_histogram_search(values, levels);
      EXPECT_NEAR(found.low, expected.low, 1e-9) << low << ' ' << levels;
      EXPECT_NEAR(found.high, expected.high, 1e-9) << high << ' ' << levels;
      EXPECT_LT(found.high, high);
    }
  }
}

TEST(SearchMse, TriesAllMagnitudesOfASymmetricRange) {
  for (const Levels levels : {Levels{-2, 1}, Levels{-8, 7}, Levels{-7, 7}, Levels{-128, 127}, Levels{0, 15}}) {
    const double low = levels.low < 0 ? -3 : 0;
    const Distribution values = distribution_of(bell(2000, 3, low, 4), low, 4, 256);
    const Borders found = search_mse(values, Mode::symmetric, levels);
    double smallest = HUGE_VAL;
    double best = 0;
    for (int i = 1; i <= 128; ++i) {
      const double magnitude = 4.0 * i / 128;
      const double error = naive_error(values, {magnitude * levels.low / levels.high, magnitude}, levels.count());
      if (error > smallest) continue;
      smallest = error;
      best = magnitude;
    }
    EXPECT_DOUBLE_EQ(found.high, best) << levels.low << ".." << levels.high;
    EXPECT_DOUBLE_EQ(found.low, levels.low < 0 ? -best : 0);
  }
}

TEST(SearchMse, FindsTheTwoEndsOfAnAsymmetricRange) {
  for (const int levels : {4, 16, 256}) {
    for (const std::uint64_t seed : {4u, 5u, 6u}) {
      const std::vector<float> values = bell(1500, seed, -2, 5);
      const SearchOptions options{RangeSearch::mse, Mode::asymmetric, {0, levels - 1}};
      const Borders found = search_range(values, options);
      const auto error = [&](const Borders& borders) {
        return error_over(values, asymmetric_borders(borders.low, borders.high, levels), levels);
      };
      const auto [low, high] = std::minmax_element(values.begin(), values.end());
      double smallest = HUGE_VAL;
      for (int i = 0; i <= 128; ++i) {
        for (int j = 0; j <= 128; ++j) {
          if (i + j > 0) smallest = std::min(smallest, error({*low * i / 128.0, *high * j / 128.0}));
        }
      }
      // Zero moves borders in jumps, so that the error has many small dips.
      EXPECT_LE(error(found), smallest * 1.05) << levels << " levels, seed " << seed;
      EXPECT_LE(error(found), error({*low, *high}));
    }
  }
}

TEST(SearchMse, SingleValuesAndTheirHistogramAgree) {
  const std::vector<float> values = bell(20000, 7, -3, 5, 0.4);
  ValueHistogram histogram;
  histogram.add(values);
  for (const auto& [mode, levels] :
       {std::pair(Mode::symmetric, Levels{-8, 7}), std::pair(Mode::symmetric, Levels{-128, 127}),
        std::pair(Mode::asymmetric, Levels{0, 15}), std::pair(Mode::asymmetric, Levels{0, 255})}) {
    const SearchOptions options{RangeSearch::mse, mode, levels};
    const auto error = [&](const Borders& found) {
      return error_over(values,
                        mode == Mode::symmetric ? symmetric_borders(found.high, levels)
                                                : asymmetric_borders(found.low, found.high, levels.count()),
                        levels.count());
    };
    EXPECT_LE(error(search_range(histogram, options)), 1.03 * error(search_range(values, options)));
  }
}

/// P and Q written out bin by bin.
double naive_divergence(const Distribution& values, std::size_t levels, std::size_t first, std::size_t end) {
  std::vector<double> counts = values.counts;
  counts[values.bin_of_zero()] -= values.zeros;
  const auto at = [&](std::size_t bin) { return counts.begin() + static_cast<std::ptrdiff_t>(bin); };
  std::vector<double> inside(at(first), at(end));
  std::vector<double> p = inside;
  p.front() += std::accumulate(counts.begin(), at(first), 0.0);
  p.back() += std::accumulate(at(end), counts.end(), 0.0);
  const auto bins = p.size();
  std::vector<double> q(bins, 0);
  for (std::size_t level = 0; level < levels; ++level) {
    double sum = 0, occupied = 0;
    for (std::size_t bin = level * bins / levels; bin < (level + 1) * bins / levels; ++bin) {
      sum += inside[bin];
      occupied += p[bin] > 0 ? 1 : 0;
    }
    for (std::size_t bin = level * bins / levels; bin < (level + 1) * bins / levels; ++bin) {
      if (p[bin] > 0) q[bin] = sum / occupied;
    }
  }
  const double p_sum = std::accumulate(p.begin(), p.end(), 0.0);
  const double q_sum = std::accumulate(q.begin(), q.end(), 0.0);
  const auto occupied = static_cast<double>(std::count_if(p.begin(), p.end(), [](double x) { return x > 0; }));
  if (q_sum == 0) return HUGE_VAL;
  double divergence = 0;
  for (std::size_t bin = 0; bin < bins; ++bin) {
    if (p[bin] == 0) continue;
    const double smooth = 0.9999 * q[bin] / q_sum + 0.0001 / occupied;
    divergence += p[bin] / p_sum * std::log(p[bin] / p_sum / smooth);
  }
  return divergence;
}

TEST(KlDivergence, IsThatOfTheTwoDistributions) {
  for (const double zeros : {0.0, 0.5}) {
    const Distribution values = distribution_of(bell(400, 8, -2, 5, zeros), -2, 5, 100);
    for (const std::size_t levels : {2u, 7u, 16u}) {
      for (const auto& [first, end] : {std::pair(0, 100), std::pair(3, 60), std::pair(20, 41), std::pair(0, 29)}) {
        EXPECT_NEAR(kl_divergence(values, levels, static_cast<std::size_t>(first), static_cast<std::size_t>(end)),
                    naive_divergence(values, levels, static_cast<std::size_t>(first), static_cast<std::size_t>(end)),
                    1e-9)
            << levels << " levels, " << first << ".." << end;
      }
    }
  }
}

TEST(SearchKl, TriesEveryThreshold) {
  for (const std::uint64_t seed : {1u, 2u, 3u, 4u, 5u}) {
    for (const std::size_t levels : {8u, 16u, 64u}) {
      const Distribution values = distribution_of(bell(3000, seed, 0, 5, 0.3), 0, 5, 300);
      double smallest = HUGE_VAL;
      std::size_t best = 0;
      for (std::size_t end = 300; end >= levels; --end) {
        const double divergence = naive_divergence(values, levels, 0, end);
        if (divergence >= smallest) continue;
        smallest = divergence;
        best = end;
      }
      const Borders found = search_kl(values, levels);
      EXPECT_EQ(found.low, 0);
      EXPECT_NEAR(found.high, 5.0 * static_cast<double>(best) / 300, 1e-9) << levels << " levels, seed " << seed;
    }
  }
}

TEST(SearchKl, NoMoveOfOneEndOfTwoIsBetter) {
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    const Distribution values = distribution_of(bell(3000, seed, -3, 5), -3, 5, 300);
    constexpr std::size_t kLevels = 16;
    const Borders found = search_kl(values, kLevels);
    const auto first = static_cast<std::size_t>(std::lround((found.low + 3) / values.width()));
    const auto end = static_cast<std::size_t>(std::lround((found.high + 3) / values.width()));
    const double reached = naive_divergence(values, kLevels, first, end);
    EXPECT_LT(reached, naive_divergence(values, kLevels, 0, 300));
    for (std::size_t other = end > 112 + kLevels ? first + kLevels : 114; other <= 300; ++other) {
      EXPECT_GE(naive_divergence(values, kLevels, first, other), reached - 1e-12);
    }
    for (std::size_t other = 0; other <= std::min<std::size_t>(112, end - kLevels); ++other) {
      EXPECT_GE(naive_divergence(values, kLevels, other, end), reached - 1e-12);
    }
  }
}

class AnySearch : public ::testing::TestWithParam<RangeSearch> {};

TEST_P(AnySearch, CutsAnOutlierThatWouldTakeMostOfTheLevels) {
  std::vector<float> values = bell(50000, 9, -0.2, 0.2);
  values[100] = 3;
  ValueHistogram histogram;
  histogram.add(values);
  const Borders found = search_range(histogram, {GetParam(), Mode::symmetric, {-8, 7}});
  EXPECT_LT(found.high, 1);
  EXPECT_EQ(found.low, -found.high);
  EXPECT_LT(search_range(histogram, {GetParam(), Mode::asymmetric, {0, 15}}).high, 1);
}

TEST_P(AnySearch, StaysWithinTheExtremesAndHoldsZero) {
  for (const auto& [low, high] :
       {std::pair{-2.0, 0.5}, std::pair{0.5, 3.0}, std::pair{-3.0, -1.0}, std::pair{-1.0, 1.0}}) {
    std::vector<float> values = bell(2000, 10, low, high, 0.1);
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    ValueHistogram histogram;
    histogram.add(values);
    for (const Borders found : {search_range(histogram, {GetParam(), Mode::asymmetric, {0, 255}}),
                                search_range(values, {GetParam(), Mode::asymmetric, {0, 255}})}) {
      EXPECT_GE(found.low, std::min(*least, 0.F));
      EXPECT_LE(found.high, std::max(*most, 0.F));
      EXPECT_LE(found.low, 0);
      EXPECT_GE(found.high, 0);
      EXPECT_LT(found.low, found.high);
    }
  }
}

TEST_P(AnySearch, ValuesBeyondTheLimitsCountAsIfTheyLayThere) {
  std::vector<float> values = bell(5000, 11, -1, 1);
  values[0] = -3e38F;
  values[1] = 3e38F;
  ValueHistogram histogram;
  histogram.add(values);
  const Borders wide = search_range(histogram, {GetParam(), Mode::asymmetric, {0, 255}, {-0.5, 0.25}});
  EXPECT_GE(wide.low, -0.5);
  EXPECT_LE(wide.high, 0.25);
  EXPECT_GT(wide.high - wide.low, 0.1);
  const Borders symmetric = search_range(histogram, {GetParam(), Mode::symmetric, {-128, 127}, {-HUGE_VAL, 0.5}});
  EXPECT_LE(symmetric.high, 0.5);
  EXPECT_GT(symmetric.high, 0.05);
  std::vector<float> inside = values;
  for (float& value : inside) value = std::clamp(value, -0.5F, 0.25F);
  ValueHistogram clamped;
  clamped.add(inside);
  const Borders expected = search_range(clamped, {GetParam(), Mode::asymmetric, {0, 255}});
  EXPECT_DOUBLE_EQ(wide.low, expected.low);
  EXPECT_DOUBLE_EQ(wide.high, expected.high);
}

TEST_P(AnySearch, NothingButZerosGivesNothing) {
  ValueHistogram histogram;
  histogram.add(std::vector<float>(10, 0.F));
  const Borders found = search_range(histogram, {GetParam(), Mode::asymmetric, {0, 255}});
  EXPECT_EQ(found.low, 0);
  EXPECT_EQ(found.high, 0);
  EXPECT_EQ(search_range(std::vector<float>(3, 0.F), {GetParam(), Mode::symmetric, {-7, 7}}).high, 0);
}

TEST_P(AnySearch, FewValuesAndTinyOnesAreFine) {
  for (const float value : {1.F, -2.F, 1e-30F, std::numeric_limits<float>::denorm_min(), 3e38F}) {
    for (const Mode mode : {Mode::symmetric, Mode::asymmetric}) {
      const Levels levels = mode == Mode::symmetric ? Levels{-127, 127} : Levels{0, 255};
      const Borders found = search_range(std::vector<float>{value}, {GetParam(), mode, levels});
      const float reached = static_cast<float>(value < 0 ? found.low : found.high);
      EXPECT_NEAR(reached / value, 1, 0.13) << value;
    }
  }
}

// 16 bits: steps finer than the bins leave nothing to gain but the width of a bin.
TEST_P(AnySearch, SixteenBitsKeepNearlyAll) {
  const std::vector<float> values = bell(5000, 12, -4, 4);
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const Borders found = search_range(values, {GetParam(), Mode::asymmetric, {0, 65535}});
  EXPECT_LE(found.low, *low * 0.9);
  EXPECT_GE(found.high, *high * 0.9);
}

INSTANTIATE_TEST_SUITE_P(Searches, AnySearch,
                         ::testing::Values(RangeSearch::histogram, RangeSearch::mse, RangeSearch::kl));

}  // namespace
}  // namespace octune::quantization
