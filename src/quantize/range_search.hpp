// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "octune/plan.hpp"
#include "octune/statistics.hpp"
#include "quantize/ranges.hpp"

/// Searches for the borders of one tensor, or channel, with the smallest error (RangeSearch). They hold zero and lie
/// within the extremes of the values.
namespace octune::quantization {

/// How values spread over equal bins between `low` and `high`, low <= 0 <= high, low < high.
struct Distribution {
  static constexpr std::size_t kBins = 2048;

  double low = 0;
  double high = 0;
  std::vector<double> counts;
  double zeros = 0;  ///< how many of them are exactly zero, which every grid holds

  double width() const { return (high - low) / static_cast<double>(counts.size()); }
  std::size_t bin_of_zero() const;
};

/// The squared error summed over all values, spread evenly over their bins, when each becomes the nearest of `levels`
/// equally spaced points from grid.low to grid.high.
double squared_error(const Distribution& values, const Borders& grid, int levels);

/// PyTorch's and NNCF's histogram observer. From the whole distribution the ends move inward: by a share of 1e-5 of the
/// values at a time, always the end that thereby skips more bins, while the squared error of rounding to the centres of
/// `levels` equal parts of the range does not rise. No end crosses zero.
Borders search_histogram(const Distribution& values, int levels);

/// Of 128 equally spaced fractions of both ends of the distribution, the pair with the smallest squared error on the
/// grid that the scheme makes of it; zeros are not counted. Symmetric, or if only one end is not zero: every fraction
/// is tried, the largest of equals wins. Asymmetric: every 16th, then those up to 16 around the best, the ends in turn,
/// until neither moves.
Borders search_mse(const Distribution& values, Mode mode, const Levels& levels);

/// Migacz, "8-bit inference with TensorRT" (2017): the range of bins with the smallest kl_divergence(), the wider of
/// equals. If one end is zero, it stays and all others of at least `levels` bins are tried; otherwise the ends are
/// tried in turn until neither moves.
Borders search_kl(const Distribution& values, std::size_t levels);

/// The Kullback-Leibler divergence of P from Q over the bins first..end-1, at least `levels` of them; zeros are not
/// counted. P: the bins, all values beyond them added to the outermost. Q: the bins in `levels` groups, each group's
/// values spread evenly over those of its bins that hold something in P; a share of 1e-4 of Q is spread over all of
/// these, so that none is empty. Infinite if nothing lies in the range.
double kl_divergence(const Distribution& values, std::size_t levels, std::size_t first, std::size_t end);

/// What is known of the quantizer that borders are searched for.
struct SearchOptions {
  RangeSearch search = RangeSearch::mse;
  Mode mode = Mode::symmetric;
  Levels levels;
  /// Values beyond count as if they lay there. Symmetric: of magnitudes, so only `high` is used.
  Borders limits{-HUGE_VAL, HUGE_VAL};
};

/// The borders that the search finds; symmetric: [-m, m] or, if there are no negative levels, [0, m].
/// histogram and kl work on 2048 bins, of magnitudes if symmetric; a symmetric range has level_high + 1 levels for
/// those.
Borders search_range(const ValueHistogram& values, const SearchOptions& options);
/// The same of single values, for mse each counted where it is.
Borders search_range(std::span<const float> values, const SearchOptions& options);

}  // namespace octune::quantization
