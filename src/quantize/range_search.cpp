// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/range_search.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>

#include "base/assert.hpp"

namespace octune::quantization {
namespace {

/// Adding and subtracting 1.5 * 2^(bits of the mantissa - 1) rounds to the nearest integer; vectorised everywhere,
/// unlike the functions of the library.
double round_to_integer(double x) {
  constexpr double kMagic = 6755399441055744.0;
  return (x + kMagic) - kMagic;
}
float round_to_integer(float x) {
  constexpr float kMagic = 12582912.F;
  return (x + kMagic) - kMagic;
}

/// The error of values spread evenly over their bins is the integral of density * (x - q(x))^2. With an antiderivative
/// G of the square, that is the sum over the edges e of G(e) * (density before e - density after e); the differences do
/// not depend on the grid.
class BinnedError {
 public:
  explicit BinnedError(const Distribution& values, const std::vector<double>& counts) {
    const double width = values.width();
    double before = 0;
    for (std::size_t bin = 0; bin <= counts.size(); ++bin) {
      const double density = bin < counts.size() ? counts[bin] / width : 0;
      if (density != before) {
        edges_.push_back(values.low + static_cast<double>(bin) * width);
        drops_.push_back(before - density);
      }
      before = density;
    }
    while (edges_.size() % kLanes != 0) {
      edges_.push_back(0);
      drops_.push_back(0);
    }
  }

  double operator()(const Borders& grid, int levels) const {
    const double step = (grid.high - grid.low) / (levels - 1);
    const double inverse = 1 / step;
    const double cube = step * step * step;
    std::array<double, kLanes> error{};
    for (std::size_t i = 0; i < edges_.size(); i += kLanes) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        const double edge = edges_[i + lane];
        const double inside = std::min(std::max(edge, grid.low), grid.high);
        const double position = (inside - grid.low) * inverse;
        const double level = round_to_integer(position);
        const double rest = position - level;
        const double beyond = edge - inside;
        error[lane] += (cube * (level / 12 + rest * rest * rest / 3) + beyond * beyond * beyond / 3) * drops_[i + lane];
      }
    }
    return std::accumulate(error.begin(), error.end(), 0.0);
  }

 private:
  static constexpr std::size_t kLanes = 4;
  std::vector<double> edges_, drops_;
};

/// The error of the values themselves on a grid with zero on a level.
double error_of(std::span<const float> values, const Borders& grid, int levels) {
  constexpr std::size_t kLanes = 8, kChunk = 1024;
  const double step = (grid.high - grid.low) / (levels - 1);
  const auto scale = static_cast<float>(step);
  const auto inverse = static_cast<float>(1 / step);
  const auto lowest = static_cast<float>(std::round(grid.low / step));
  const auto highest = static_cast<float>(std::round(grid.high / step));
  const auto squared = [&](float x) {
    const float level = round_to_integer(std::min(std::max(x * inverse, lowest), highest));
    const float difference = x - level * scale;
    return difference * difference;
  };
  double error = 0;
  for (; values.size() >= kLanes; values = values.subspan(std::min(values.size(), kChunk) / kLanes * kLanes)) {
    std::array<float, kLanes> sums{};
    const std::size_t count = std::min(values.size(), kChunk) / kLanes * kLanes;
    for (std::size_t i = 0; i < count; i += kLanes) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) sums[lane] += squared(values[i + lane]);
    }
    error = std::accumulate(sums.begin(), sums.end(), error);
  }
  for (const float x : values) error += squared(x);
  return error;
}

std::vector<double> without_zeros(const Distribution& values) {
  std::vector<double> counts = values.counts;
  double& count = counts[values.bin_of_zero()];
  count = std::max(0.0, count - values.zeros);
  return counts;
}

using ErrorOf = std::function<double(const Borders& grid, int levels)>;

/// The candidates of search_mse(): fractions of the two ends, counted in 128ths.
class Clipping {
 public:
  static constexpr int kSteps = 128, kStride = 16;

  Clipping(const Borders& extremes, Mode mode, const Levels& levels, ErrorOf error)
      : extremes_(extremes), mode_(mode), levels_(levels), error_(std::move(error)) {}

  Borders best() {
    if (mode_ == Mode::symmetric || extremes_.low == 0 || extremes_.high == 0) {
      for (int step = kSteps; step > 0; --step) consider({step, step});
      return borders(best_);
    }
    for (int low = kSteps; low >= 0; low -= kStride) {
      for (int high = kSteps; high >= 0; high -= kStride) consider({low, high});
    }
    for (bool moved = true; moved;) {
      const Steps before = best_;
      for (int low = before.low - kStride; low <= before.low + kStride; ++low) consider({low, before.high});
      const Steps between = best_;
      for (int high = between.high - kStride; high <= between.high + kStride; ++high) consider({between.low, high});
      moved = best_.low != before.low || best_.high != before.high;
    }
    return borders(best_);
  }

 private:
  struct Steps {
    int low, high;
  };

  Borders borders(const Steps& steps) const {
    return {extremes_.low * steps.low / kSteps, extremes_.high * steps.high / kSteps};
  }

  void consider(const Steps& steps) {
    if (std::min(steps.low, steps.high) < 0 || std::max(steps.low, steps.high) > kSteps) return;
    const Borders wanted = borders(steps);
    if (!(wanted.low < wanted.high)) return;
    const Borders grid = mode_ == Mode::symmetric ? symmetric_borders(wanted.high, levels_)
                                                  : asymmetric_borders(wanted.low, wanted.high, levels_.count());
    const double error = error_(grid, levels_.count());
    if (error >= smallest_) return;
    smallest_ = error;
    best_ = steps;
  }

  Borders extremes_;
  Mode mode_;
  Levels levels_;
  ErrorOf error_;
  Steps best_{kSteps, kSteps};
  double smallest_ = HUGE_VAL;
};

double x_log_x(double x) { return x > 0 ? x * std::log(x) : 0; }

/// The divergence of a bin that holds p in P and q in Q, and all others together; 0 if it is empty.
double two_cells(double p, double q, bool occupied) {
  if (!occupied) return 0;
  const double others = p < 1 && q < 1 ? (1 - p) * std::log((1 - p) / (1 - q)) : 0;
  return p * std::log(p / q) + others;
}

/// Sums over the bins before each bin make a divergence cost a few operations a level, however many bins there are.
class Divergence {
 public:
  static constexpr double kSmoothing = 1e-4;

  Divergence(const Distribution& values, std::size_t levels) : counts_(without_zeros(values)), levels_(levels) {
    for (const double count : counts_) {
      mass_.push_back(mass_.back() + count);
      occupied_.push_back(occupied_.back() + (count > 0 ? 1 : 0));
      logs_.push_back(logs_.back() + x_log_x(count));
    }
  }

  std::size_t bins() const { return counts_.size(); }

  /// Or, if that is at least `bound`, something else of at least `bound`.
  double between(std::size_t first, std::size_t end, double bound = HUGE_VAL) const {
    OCTUNE_ASSERT(end <= bins() && first + levels_ <= end, "fewer bins than levels");
    const double total = mass_.back();
    const double inside = mass_[end] - mass_[first];
    if (inside <= 0) return HUGE_VAL;
    const double below = mass_[first];
    const double above = total - mass_[end];
    // Outermost bins that are empty but for the values added to them.
    const double new_first = below > 0 && counts_[first] == 0 ? 1 : 0;
    const double new_last = above > 0 && counts_[end - 1] == 0 ? 1 : 0;
    const double cells = occupied_[end] - occupied_[first] + new_first + new_last;

    struct Cells {
      double in_p, q;  // what P holds of a group, and Q of each of its bins that hold something in P
    };
    const auto group_at = [&](std::size_t group) {
      const bool is_first = group == 0;
      const bool is_last = group + 1 == levels_;
      const std::size_t from = first + group * (end - first) / levels_;
      const std::size_t to = first + (group + 1) * (end - first) / levels_;
      const double held = mass_[to] - mass_[from];
      const double in_p = held + (is_first ? below : 0) + (is_last ? above : 0);
      if (in_p <= 0) return Cells{0, 1};
      const double own = occupied_[to] - occupied_[from] + (is_first ? new_first : 0) + (is_last ? new_last : 0);
      return Cells{in_p / total, (1 - kSmoothing) * held / (own * inside) + kSmoothing / cells};
    };

    // No divergence is smaller than that of one bin against all others taken together.
    const double least =
        std::max(two_cells((counts_[first] + below) / total, group_at(0).q, counts_[first] + below > 0),
                 two_cells((counts_[end - 1] + above) / total, group_at(levels_ - 1).q, counts_[end - 1] + above > 0));
    if (least >= bound) return least;

    // Sum of P * log P less the sum of P * log Q.
    double divergence = logs_[end] - logs_[first] - x_log_x(counts_[first]) - x_log_x(counts_[end - 1]) +
                        x_log_x(counts_[first] + below) + x_log_x(counts_[end - 1] + above);
    divergence = divergence / total - std::log(total);
    for (std::size_t group = 0; group < levels_; ++group) {
      const Cells part = group_at(group);
      divergence -= part.in_p * std::log(part.q);
    }
    return divergence;
  }

 private:
  std::vector<double> counts_;
  std::size_t levels_;
  std::vector<double> mass_{0}, occupied_{0}, logs_{0};
};

/// Bins first..end-1.
struct Bins {
  std::size_t first, end;
};

Borders borders_of(const Distribution& values, const Bins& bins) {
  const auto edge = [&](std::size_t bin) { return values.low + static_cast<double>(bin) * values.width(); };
  return {bins.first == 0 ? values.low : std::min(edge(bins.first), 0.0),
          bins.end == values.counts.size() ? values.high : std::max(edge(bins.end), 0.0)};
}

/// Values, wherever they come from.
struct Source {
  Borders extremes;
  double zeros = 0;
  std::function<std::vector<double>(std::size_t bins, double low, double high)> equal_bins;
  std::function<ErrorOf(const Borders& extremes)> error;
};

std::vector<double> equal_bins(std::span<const float> values, std::size_t bins, double low, double high) {
  std::vector<double> counts(bins, 0);
  const double bins_per_unit = static_cast<double>(bins) / (high - low);
  for (const float value : values) {
    const double position = std::floor((value - low) * bins_per_unit);
    counts[static_cast<std::size_t>(std::clamp(position, 0.0, static_cast<double>(bins - 1)))] += 1;
  }
  return counts;
}

/// Magnitudes 0..largest: both halves of twice as many bins.
std::vector<double> folded_bins(const Source& values, double largest) {
  const std::size_t bins = Distribution::kBins;
  const std::vector<double> both = values.equal_bins(2 * bins, -largest, largest);
  std::vector<double> counts(bins);
  for (std::size_t bin = 0; bin < bins; ++bin) counts[bin] = both[bins + bin] + both[bins - 1 - bin];
  return counts;
}

Borders around_zero(double magnitude, const Levels& levels) { return {levels.low < 0 ? -magnitude : 0, magnitude}; }

Borders clipped(const Borders& extremes, const SearchOptions& options) {
  const Borders with_zero{std::min(extremes.low, 0.0), std::max(extremes.high, 0.0)};
  Borders limits{std::min(options.limits.low, 0.0), std::max(options.limits.high, 0.0)};
  if (options.mode == Mode::symmetric) limits.low = options.levels.low < 0 ? -limits.high : 0;
  return {std::max(with_zero.low, limits.low), std::min(with_zero.high, limits.high)};
}

Borders search(const Source& values, const SearchOptions& options) {
  const Borders extremes = clipped(values.extremes, options);
  const bool symmetric = options.mode == Mode::symmetric;
  const double magnitude = std::max(-extremes.low, extremes.high);
  if (!(magnitude > 0)) return extremes;
  if (options.search == RangeSearch::mse) {
    const Borders ends = symmetric ? around_zero(magnitude, options.levels) : extremes;
    return Clipping(ends, options.mode, options.levels, values.error(extremes)).best();
  }
  Distribution distribution{extremes.low, extremes.high, {}, values.zeros};
  if (symmetric) {
    distribution.low = 0;
    distribution.high = magnitude;
    distribution.counts = folded_bins(values, magnitude);
  } else {
    distribution.counts = values.equal_bins(Distribution::kBins, extremes.low, extremes.high);
  }
  const int levels = symmetric ? options.levels.high + 1 : options.levels.count();
  const Borders found = options.search == RangeSearch::kl ? search_kl(distribution, static_cast<std::size_t>(levels))
                                                          : search_histogram(distribution, levels);
  return symmetric ? around_zero(found.high, options.levels) : found;
}

}  // namespace

std::size_t Distribution::bin_of_zero() const {
  const double position = std::floor(-low * (static_cast<double>(counts.size()) / (high - low)));
  return static_cast<std::size_t>(std::clamp(position, 0.0, static_cast<double>(counts.size() - 1)));
}

double squared_error(const Distribution& values, const Borders& grid, int levels) {
  return BinnedError(values, values.counts)(grid, levels);
}

Borders search_histogram(const Distribution& values, int levels) {
  constexpr double kShare = 1e-5;
  const BinnedError error(values, values.counts);
  std::vector<double> up_to(values.counts.size());
  std::partial_sum(values.counts.begin(), values.counts.end(), up_to.begin());
  const double total = up_to.back();
  const std::size_t zero = values.bin_of_zero();
  Bins best{0, values.counts.size()};
  double smallest = HUGE_VAL;
  double below = 0;  // the shares of the values at which the ends are looked for
  double above = 1;
  while (below < above) {
    Bins next = best;
    while (next.first < zero && up_to[next.first] < (below + kShare) * total) ++next.first;
    while (next.end - 1 > zero && up_to[next.end - 1] > (above - kShare) * total) --next.end;
    if (next.first - best.first > best.end - next.end) {
      next.end = best.end;
      below += kShare;
    } else {
      next.first = best.first;
      above -= kShare;
    }
    if (next.first == best.first && next.end == best.end) continue;
    const Borders range = borders_of(values, next);
    const double half = (range.high - range.low) / levels / 2;
    const double found = error({range.low + half, range.high - half}, levels);
    if (found > smallest) break;
    smallest = found;
    best = next;
  }
  return borders_of(values, best);
}

Borders search_mse(const Distribution& values, Mode mode, const Levels& levels) {
  const double magnitude = std::max(-values.low, values.high);
  const Borders ends = mode == Mode::symmetric ? around_zero(magnitude, levels) : Borders{values.low, values.high};
  return Clipping(ends, mode, levels, BinnedError(values, without_zeros(values))).best();
}

Borders search_kl(const Distribution& values, std::size_t levels) {
  const Divergence divergence(values, levels);
  const std::size_t zero = values.bin_of_zero();
  Bins best{0, divergence.bins()};
  if (divergence.bins() < levels) return borders_of(values, best);
  double smallest = divergence.between(best.first, best.end);
  const auto consider = [&](const Bins& bins) {
    const double found = divergence.between(bins.first, bins.end, smallest);
    if (!(found < smallest)) return;
    smallest = found;
    best = bins;
  };
  for (bool moved = true; moved;) {
    const Bins before = best;
    if (values.high > 0) {
      const std::size_t least = std::max(zero + 1, before.first + levels);
      for (std::size_t end = divergence.bins(); end >= least; --end) consider({before.first, end});
    }
    const Bins between = best;
    if (values.low < 0 && between.end >= levels) {
      const std::size_t most = std::min(zero, between.end - levels);
      for (std::size_t first = 0; first <= most; ++first) consider({first, between.end});
    }
    moved = best.first != before.first || best.end != before.end;
  }
  return borders_of(values, best);
}

double kl_divergence(const Distribution& values, std::size_t levels, std::size_t first, std::size_t end) {
  return Divergence(values, levels).between(first, end);
}

Borders search_range(const ValueHistogram& values, const SearchOptions& options) {
  const auto bins = [&](std::size_t count, double low, double high) { return values.equal_bins(count, low, high); };
  const auto error = [&](const Borders& extremes) {
    const Distribution distribution{extremes.low, extremes.high, bins(Distribution::kBins, extremes.low, extremes.high),
                                    static_cast<double>(values.zeros())};
    return BinnedError(distribution, without_zeros(distribution));
  };
  return search({{values.lowest(), values.highest()}, static_cast<double>(values.zeros()), bins, error}, options);
}

Borders search_range(std::span<const float> values, const SearchOptions& options) {
  OCTUNE_ASSERT(!values.empty(), "the range of nothing");
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const Borders extremes = clipped({*low, *high}, options);
  std::vector<float> inside(values.begin(), values.end());
  for (float& value : inside) {
    value = std::clamp(value, static_cast<float>(extremes.low), static_cast<float>(extremes.high));
  }
  const auto zeros = static_cast<double>(std::count(inside.begin(), inside.end(), 0.F));
  const auto bins = [&](std::size_t count, double lowest, double highest) {
    return equal_bins(inside, count, lowest, highest);
  };
  const auto error = [&](const Borders&) {
    return [&](const Borders& grid, int levels) { return error_of(inside, grid, levels); };
  };
  return search({extremes, zeros, bins, error}, options);
}

}  // namespace octune::quantization
