// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "evaluate/latency.hpp"
#include "octune/dataset.hpp"
#include "octune/observer.hpp"

namespace octune::quantization {

struct RaceResult {
  double first_ms = 0;  ///< median of the first model
  double ratio = 1;     ///< of the second model's time to the first's: median over the rounds
};

/// Measures models in pairs, round by round, within one budget of time for all pairs. A pair whose order is certain
/// after a first look leaves its time to the others.
class LatencyRace {
 public:
  /// `pairs` are expected; more may come. `observer` outlives the object.
  LatencyRace(std::vector<Sample> samples, double seconds, std::size_t pairs, Observer& observer);

  /// `boundary` is the ratio that decides: the second look is spared where the first one's 95 % interval leaves it out.
  RaceResult run(evaluate::LatencyCandidate first, evaluate::LatencyCandidate second, double boundary);

 private:
  std::vector<Sample> samples_;
  double seconds_left_;
  std::size_t pairs_left_;
  Observer& observer_;
};

}  // namespace octune::quantization
