// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/race.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/assert.hpp"
#include "base/random.hpp"

namespace octune::evaluate {
namespace {

/// As for criteria: a mean that is the tolerance itself is within it, however it is rounded.
constexpr double kForgiven = 1e-9;

}  // namespace

std::vector<std::size_t> sample_order(std::size_t size, std::uint64_t seed, std::size_t sequence_length) {
  const std::size_t length = std::max<std::size_t>(sequence_length, 1);
  std::vector<std::size_t> sequences((size + length - 1) / length);
  std::iota(sequences.begin(), sequences.end(), std::size_t{0});
  base::RandomStream random(seed);
  for (std::size_t i = sequences.size(); i > 1; --i) std::swap(sequences[i - 1], sequences[random.below(i)]);
  std::vector<std::size_t> order;
  order.reserve(size);
  for (const std::size_t sequence : sequences) {
    const std::size_t end = std::min(size, (sequence + 1) * length);
    for (std::size_t i = sequence * length; i < end; ++i) order.push_back(i);
  }
  return order;
}

const std::array<double, Bet::kBets>& Bet::stakes() {
  // Small ones win slowly against any variance, large ones at once where nearly every sample differs.
  static const std::array<double, kBets> kStakes = [] {
    constexpr double kSmallest = 0.004;
    constexpr double kLargest = 0.9;
    std::array<double, kBets> stakes{};
    for (std::size_t j = 0; j < kBets; ++j) {
      const double part = static_cast<double>(j) / static_cast<double>(kBets - 1);
      stakes[j] = kSmallest * std::pow(kLargest / kSmallest, part);
    }
    return stakes;
  }();
  return kStakes;
}

Bet::Bet(std::size_t count, double tau) : remaining_sum_(static_cast<double>(count) * tau), remaining_(count) {
  wealth_.fill(1);
}

void Bet::add(double d) {
  OCTUNE_ASSERT(remaining_ > 0, "a bet on more numbers than there are");
  const double expected = remaining_sum_ / static_cast<double>(remaining_);
  if (expected < -1) refuted_ = true;
  // Beyond 1 even the largest numbers to come cannot lift the mean to tau: there is nothing to bet on.
  if (expected > -1 && expected < 1) {
    const double gain = (d - expected) / (1 + expected);
    double sum = 0;
    for (std::size_t j = 0; j < kBets; ++j) {
      wealth_[j] *= 1 + stakes()[j] * gain;
      // What is lost stays lost: less wealth errs on the safe side, and denormal numbers are slow.
      constexpr double kNothing = 1e-200;
      if (wealth_[j] < kNothing) wealth_[j] = 0;
      sum += wealth_[j];
    }
    highest_ = std::max(highest_, sum / static_cast<double>(kBets));
    // Further gains decide nothing but would overflow.
    constexpr double kMost = 1e100;
    if (sum > kMost) wealth_.fill(0);
  }
  remaining_sum_ -= d;
  --remaining_;
  if (remaining_ > 0 && remaining_sum_ < -static_cast<double>(remaining_)) refuted_ = true;
}

Race::Race(std::size_t samples, double tolerance, const RaceOptions& options)
    : options_(options),
      samples_(samples),
      above_(samples, tolerance + kForgiven * std::max(1.0, std::abs(tolerance))),
      below_(samples, -(tolerance + kForgiven * std::max(1.0, std::abs(tolerance)))) {
  OCTUNE_ASSERT(options.look_every > 0, "a race that is never looked at");
}

RaceDecision Race::add(double difference) {
  OCTUNE_ASSERT(difference >= -1 && difference <= 1, "a difference outside of [-1, 1]");
  above_.add(difference);
  below_.add(-difference);
  ++seen_;
  if (decision_ != RaceDecision::undecided || seen_ == samples_ || seen_ < options_.first_look ||
      seen_ % options_.look_every != 0)
    return decision_;
  if (above_.is_won(options_.reject_error)) {
    decision_ = RaceDecision::rejected;
  } else if (options_.accept_error && below_.is_won(*options_.accept_error)) {
    decision_ = RaceDecision::accepted;
  }
  return decision_;
}

}  // namespace octune::evaluate
