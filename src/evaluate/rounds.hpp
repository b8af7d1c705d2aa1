// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "octune/observer.hpp"

/// Measuring several things against each other on a machine that does other work, too.
namespace octune::evaluate {

/// Measures one thing once; larger than 0. `round` counts from 0, and from 0 again when warming up is over.
using Turn = std::function<double(std::size_t round)>;

/// Seconds since some moment; never goes back.
using SecondsClock = std::function<double()>;
SecondsClock steady_clock();

struct RoundOptions {
  double seconds = 3;  ///< of measuring each thing, at most, but for the least rounds
  std::size_t least_rounds = 10;
  std::size_t max_rounds = 5000;  ///< overrules least_rounds
  std::size_t warm_up = 5;        ///< turns of each thing that are thrown away first; fewer if they take `seconds`
};

/// values[thing][round]. Every round gives each thing one turn, so that drift of the machine (clock frequency, heat,
/// other programs) hits all alike. The order within a round is drawn anew (always the same draws); every second
/// round goes backwards through the order of the one before, so that no thing is always measured behind the same other.
///
/// Progress is reported under `stage` in hundredths. Throws Interrupted when the observer asks to stop.
std::vector<std::vector<double>> measure_in_turn(std::span<const Turn> turns, const RoundOptions& options,
                                                 std::string_view stage, Observer* observer,
                                                 const SecondsClock& clock = steady_clock());

/// How the values of one thing spread; single outliers move none of these.
struct Spread {
  double median = 0;
  double p10 = 0;
  double p90 = 0;
  double iqr = 0;  ///< third quartile - first quartile
};
Spread spread_of(std::span<const double> values);

/// The median over the rounds of value / first value, and its 95 % confidence interval. What slows a whole round
/// down cancels in the ratios. The interval is median_interval(): order statistics, nothing is assumed of how the
/// ratios spread. It takes the rounds for independent of each other; drawing the order anew makes the ratios of
/// neighbouring rounds so (a fixed order does not: of two copies of one model it found one faster too often).
struct Ratio {
  double value = 1;
  double low = 1;
  double high = 1;
};

/// As many values in `first` as in `values`, not zero.
Ratio paired_ratio(std::span<const double> values, std::span<const double> first);

/// Whether the interval holds 1: the difference may be chance.
bool within_noise(const Ratio& ratio);

}  // namespace octune::evaluate
