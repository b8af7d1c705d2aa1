// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "base/random.hpp"
#include "evaluate/race.hpp"

/// What racing saves and how often it errs, found by trying; for the tests and bench/racing.
namespace octune::evaluate {

struct SimulationOptions {
  std::size_t samples = 1000;
  double tolerance = 0.01;
  double better = 0.01;  ///< the part of the samples that only the judged model gets right
  double reject_error = 0.02;
  double accept_error = 0.02;
  std::size_t rounds = 250;
  std::uint64_t seed = 1;
};

struct Simulated {
  double share = 0;   ///< of the samples looked at, on average
  double spread = 0;  ///< standard deviation of it
  double rejected = 0, accepted = 0;
  double wrong = 0;  ///< decided otherwise than all samples would
};

/// Races of right and wrong answers: `better` + `drop` of the samples only the float model gets right.
inline Simulated simulate_race(double drop, const SimulationOptions& options) {
  const auto count = [&](double part) {
    return static_cast<std::size_t>(std::lround(part * static_cast<double>(options.samples)));
  };
  const std::size_t worse = count(options.better + drop);
  const std::size_t better = count(options.better);
  const auto limit = static_cast<double>(options.samples) * options.tolerance;
  const bool too_bad = static_cast<double>(worse) - static_cast<double>(better) > limit * (1 + 1e-9);
  Simulated sums;
  double squares = 0;
  for (std::size_t round = 0; round < options.rounds; ++round) {
    Race race(options.samples, options.tolerance,
              {.reject_error = options.reject_error, .accept_error = options.accept_error});
    for (const std::size_t i : sample_order(options.samples, options.seed + round)) {
      const double difference = i < worse ? 1 : i < worse + better ? -1 : 0;
      if (race.add(difference) != RaceDecision::undecided) break;
    }
    const double share = static_cast<double>(race.samples_seen()) / static_cast<double>(options.samples);
    sums.share += share;
    squares += share * share;
    const bool rejected = race.decision() == RaceDecision::rejected;
    const bool accepted = race.decision() == RaceDecision::accepted;
    sums.rejected += rejected ? 1 : 0;
    sums.accepted += accepted ? 1 : 0;
    sums.wrong += (rejected && !too_bad) || (accepted && too_bad) ? 1 : 0;
  }
  const auto rounds = static_cast<double>(options.rounds);
  const double mean = sums.share / rounds;
  return {mean, std::sqrt(std::max(0.0, squares / rounds - mean * mean)), sums.rejected / rounds,
          sums.accepted / rounds, sums.wrong / rounds};
}

}  // namespace octune::evaluate
