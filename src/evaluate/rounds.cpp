// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/rounds.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <optional>

#include "base/assert.hpp"
#include "base/measure.hpp"
#include "base/quantile.hpp"
#include "base/random.hpp"
#include "evaluate/interval.hpp"

namespace octune::evaluate {
namespace {

constexpr double kMedian = 0.5;

/// The orders of the rounds, one after the other.
class Orders {
 public:
  explicit Orders(std::size_t size) : order_(size) { std::iota(order_.begin(), order_.end(), std::size_t{0}); }

  const std::vector<std::size_t>& next() {
    if (backwards_) {
      std::reverse(order_.begin(), order_.end());
    } else {
      for (std::size_t left = order_.size(); left > 1; --left) std::swap(order_[left - 1], order_[random_.below(left)]);
    }
    backwards_ = !backwards_;
    return order_;
  }

 private:
  std::vector<std::size_t> order_;
  bool backwards_ = false;
  base::RandomStream random_{0};
};

}  // namespace

SecondsClock steady_clock() {
  return [watch = base::Stopwatch()] { return watch.seconds(); };
}

std::vector<std::vector<double>> measure_in_turn(std::span<const Turn> turns, const RoundOptions& options,
                                                 std::string_view stage, Observer* observer,
                                                 const SecondsClock& clock) {
  constexpr std::size_t kSteps = 100;
  std::optional<std::size_t> reported;
  const auto report = [&](std::size_t done) {
    if (observer != nullptr && done != reported) observer->progress(stage, done, kSteps);
    reported = done;
  };
  const auto stop_if_asked = [&] {
    if (observer != nullptr && observer->should_stop()) throw Interrupted();
  };
  report(0);
  for (const Turn& turn : turns) {
    const double start = clock();
    for (std::size_t i = 0; i < options.warm_up && (i == 0 || clock() - start < options.seconds); ++i) {
      stop_if_asked();
      turn(i);
    }
  }

  const std::size_t least = std::min(options.least_rounds, options.max_rounds);
  const double budget = options.seconds * static_cast<double>(turns.size());
  std::vector<std::vector<double>> values(turns.size());
  Orders orders(turns.size());
  const double start = clock();
  for (std::size_t round = 0; round < options.max_rounds; ++round) {
    const double elapsed = clock() - start;
    if (round >= least && elapsed >= budget) break;
    stop_if_asked();
    const auto share = [round](std::size_t of) { return static_cast<double>(round) / static_cast<double>(of); };
    const double by_least = least > 0 ? share(least) : 1;
    const double timed = budget > 0 ? std::min(elapsed / budget, by_least) : by_least;
    report(static_cast<std::size_t>(std::min(1.0, std::max(timed, share(options.max_rounds))) * (kSteps - 1)));
    for (const std::size_t i : orders.next()) values[i].push_back(turns[i](round));
  }
  report(kSteps);
  return values;
}

Spread spread_of(std::span<const double> values) {
  OCTUNE_ASSERT(!values.empty(), "the spread of no values");
  constexpr double kLow = 0.1, kFirstQuartile = 0.25, kThirdQuartile = 0.75, kHigh = 0.9;
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const auto quantile = [&](double probability) { return base::quantile_of_sorted(sorted, probability); };
  return {quantile(kMedian), quantile(kLow), quantile(kHigh), quantile(kThirdQuartile) - quantile(kFirstQuartile)};
}

Ratio paired_ratio(std::span<const double> values, std::span<const double> first) {
  OCTUNE_ASSERT(!values.empty() && values.size() == first.size(), "a ratio needs the values of the same rounds");
  std::vector<double> ratios(values.size());
  std::transform(values.begin(), values.end(), first.begin(), ratios.begin(), std::divides<>());
  std::sort(ratios.begin(), ratios.end());
  const Interval interval = median_interval(ratios);
  return {base::quantile_of_sorted(ratios, kMedian), interval.low, interval.high};
}

bool within_noise(const Ratio& ratio) { return ratio.low <= 1 && ratio.high >= 1; }

}  // namespace octune::evaluate
