// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/latency_race.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/measure.hpp"

namespace octune::quantization {

LatencyRace::LatencyRace(std::vector<Sample> samples, double seconds, std::size_t pairs, Observer& observer)
    : samples_(std::move(samples)),
      seconds_left_(seconds),
      pairs_left_(std::max<std::size_t>(pairs, 1)),
      observer_(observer) {}

RaceResult LatencyRace::run(evaluate::LatencyCandidate first, evaluate::LatencyCandidate second, double boundary) {
  constexpr double kFirstLook = 0.25;
  constexpr std::size_t kWarmUp = 3;
  const double share = std::max(0.0, seconds_left_) / static_cast<double>(pairs_left_);
  pairs_left_ = std::max<std::size_t>(pairs_left_ - 1, 1);
  const base::Stopwatch watch;
  std::array<evaluate::LatencyCandidate, 2> pair{std::move(first), std::move(second)};
  const auto look = [&](double seconds) {
    evaluate::LatencyOptions options;
    options.seconds = seconds / static_cast<double>(pair.size());
    options.warm_up = kWarmUp;
    return evaluate::measure_latency(pair, samples_, options, &observer_);
  };
  std::vector<evaluate::Latency> found = look(share * kFirstLook);
  const double left = share - watch.seconds();
  if (found[1].ratio_low <= boundary && boundary <= found[1].ratio_high && left > 0) found = look(left);
  seconds_left_ -= watch.seconds();
  return {found[0].median_ms, found[1].ratio};
}

}  // namespace octune::quantization
