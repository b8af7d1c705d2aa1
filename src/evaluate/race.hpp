// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace octune::evaluate {

/// The order in which the samples of a data set are looked at: a permutation of 0..size-1 that depends on `seed` alone.
/// Sequences of `sequence_length` samples stay together and in order.
std::vector<std::size_t> sample_order(std::size_t size, std::uint64_t seed, std::size_t sequence_length = 1);

struct RaceOptions {
  /// The probability, at most, of rejecting what the whole set would accept.
  double reject_error = 0.02;
  /// The same of accepting what the whole set would not; none: only the whole set accepts.
  std::optional<double> accept_error = std::nullopt;
  std::size_t first_look = 50;  ///< no decision before so many samples
  std::size_t look_every = 25;  ///< decisions fall behind multiples of this number only
};

enum class RaceDecision { undecided, rejected, accepted };

/// One side of a race: bets on the mean of a finite set being above a limit, against whoever says that it is not.
///
/// The N numbers d_i in [-1, 1] are drawn without replacement. If their mean were exactly the limit tau, the next one
/// would be m_t = (N tau - sum of those seen) / (N - t + 1) on average. A player who stakes a part of his wealth on
/// d_t - m_t,
///   K_t = K_{t-1} (1 + lambda (d_t - m_t) / (1 + m_t)),  0 < lambda < 1,
/// never becomes negative (d_t >= -1) and, if the mean is tau or less, does not gain on average: K is a supermartingale
/// that starts at 1, and by Ville's inequality exceeds 1/alpha ever with probability alpha at most (Waudby-Smith and
/// Ramdas, Estimating means of bounded random variables by betting, 2024, section 5). Wealth is spread evenly over
/// several lambda, as the best one depends on the unknown mean and variance.
class Bet {
 public:
  /// `tau`: the limit. `count`: N.
  Bet(std::size_t count, double tau);

  /// Takes d_t; not more than N times.
  void add(double d);

  /// Whether the mean is above tau, as far as an error with probability `alpha` allows: the wealth reached 1/alpha, or
  /// even -1 for all numbers to come would leave the mean above tau. Stays true once it is.
  bool is_won(double alpha) const { return refuted_ || highest_ * alpha >= 1; }

 private:
  static constexpr std::size_t kBets = 24;
  static const std::array<double, kBets>& stakes();

  double remaining_sum_;  ///< N tau - sum so far
  std::size_t remaining_;
  std::array<double, kBets> wealth_;
  double highest_ = 1;  ///< the largest mean wealth so far
  bool refuted_ = false;
};

/// Decides early whether the mean of N paired differences, scaled to [-1, 1], is at most `tolerance`. Differences come
/// in the fixed order of sample_order(), one at a time, and decisions fall behind fixed numbers of samples, so that
/// they depend on neither threads nor batches. When all have been seen the race is undecided unless it was decided
/// before: the sum of all is then known, and needs no race.
class Race {
 public:
  Race(std::size_t samples, double tolerance, const RaceOptions& options);

  /// The difference of the next sample: positive if the float model is better, in [-1, 1].
  RaceDecision add(double difference);

  RaceDecision decision() const { return decision_; }
  std::size_t samples_seen() const { return seen_; }

 private:
  RaceOptions options_;
  std::size_t samples_;
  std::size_t seen_ = 0;
  Bet above_;  ///< wins if the mean is larger than the tolerance
  Bet below_;  ///< of the negated differences
  RaceDecision decision_ = RaceDecision::undecided;
};

}  // namespace octune::evaluate
