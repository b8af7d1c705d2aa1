// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/race.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <span>
#include <string>

#include "base/random.hpp"
#include "evaluate/simulated_race.hpp"

namespace octune::evaluate {
namespace {

using ::testing::ElementsAre;

TEST(SampleOrder, IsAPermutationThatTheSeedDecides) {
  const auto order = sample_order(1000, 7);
  auto sorted = order;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < sorted.size(); ++i) ASSERT_EQ(sorted[i], i);
  EXPECT_NE(order, sorted);
  EXPECT_EQ(order, sample_order(1000, 7));
  EXPECT_NE(order, sample_order(1000, 8));
  EXPECT_TRUE(sample_order(0, 7).empty());
  EXPECT_THAT(sample_order(1, 7), ElementsAre(0));
}

TEST(SampleOrder, EveryOrderIsEquallyLikely) {
  std::map<std::vector<std::size_t>, int> seen;
  for (std::uint64_t seed = 0; seed < 6000; ++seed) ++seen[sample_order(3, seed)];
  ASSERT_EQ(seen.size(), 6u);
  for (const auto& [order, count] : seen) EXPECT_NEAR(count, 1000, 120);  // four standard deviations
}

TEST(SampleOrder, KeepsSequencesTogether) {
  const auto order = sample_order(8, 3, 3);
  ASSERT_EQ(order.size(), 8u);
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (order[i] % 3 == 0) continue;
    ASSERT_GT(i, 0u);
    EXPECT_EQ(order[i], order[i - 1] + 1);
  }
  std::vector<std::size_t> starts;
  for (std::uint64_t seed = 0; seed < 20; ++seed) starts.push_back(sample_order(8, seed, 3).front());
  EXPECT_THAT(starts, ::testing::Contains(6)) << "the shorter sequence comes first as well";
}

/// The streams of tests/oracles/race.py.
class Stream {
 public:
  explicit Stream(std::string kind) : kind_(std::move(kind)) {}
  double next() {
    state_ = state_ * 48271 % 2147483647;
    const std::uint64_t u = state_ % 1000;
    if (kind_ == "errors") return u < 50 ? 1 : u < 60 ? -1 : 0;
    if (kind_ == "gains") return u < 5 ? 1 : u < 45 ? -1 : 0;
    return (static_cast<double>(u) / 1000 - 0.4) / 5;
  }

 private:
  std::string kind_;
  std::uint64_t state_ = 12345;
};

std::size_t samples_until_won(std::size_t count, double tau, const std::string& kind) {
  Bet bet(count, tau);
  Stream stream(kind);
  for (std::size_t t = 1; t <= count; ++t) {
    bet.add(stream.next());
    if (bet.is_won(0.02)) return t;
  }
  return 0;
}

// Printed by tests/oracles/race.py.
TEST(Bet, IsWonWhereTheReferenceSays) {
  EXPECT_EQ(samples_until_won(2000, 0.01, "errors"), 324u);
  EXPECT_EQ(samples_until_won(2000, -0.01, "gains"), 0u);
  EXPECT_EQ(samples_until_won(4000, 0.01, "small"), 822u);
  EXPECT_EQ(samples_until_won(300, 0.01, "errors"), 198u);
  EXPECT_EQ(samples_until_won(2000, 0.05, "errors"), 0u);
}

TEST(Bet, IsWonForCertainWhenNothingCanChangeIt) {
  Bet bet(20, -0.5);
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(bet.is_won(1e-12)) << i;
    bet.add(0);
  }
  EXPECT_FALSE(bet.is_won(1e-12)) << "ten times -1 would still make -0.5";
  bet.add(0);
  EXPECT_TRUE(bet.is_won(1e-12));
}

RaceDecision decided_by(Race& race, std::span<const double> differences) {
  for (const double difference : differences) {
    if (race.add(difference) != RaceDecision::undecided) break;
  }
  return race.decision();
}

TEST(Race, RejectsTheHopelessBehindAMultipleOfTheStep) {
  std::vector<double> differences(1000, 0.0);
  for (std::size_t i = 0; i < differences.size(); i += 4) differences[i] = 1;
  Race race(1000, 0.01, {});
  EXPECT_EQ(decided_by(race, differences), RaceDecision::rejected);
  EXPECT_EQ(race.samples_seen(), 50u);
}

TEST(Race, AcceptsEarlyOnlyIfAllowed) {
  const std::vector<double> same(1000, 0.0);
  Race cautious(1000, 0.05, {});
  EXPECT_EQ(decided_by(cautious, same), RaceDecision::undecided);
  EXPECT_EQ(cautious.samples_seen(), 1000u);
  Race race(1000, 0.05, {.accept_error = 0.02});
  EXPECT_EQ(decided_by(race, same), RaceDecision::accepted);
  EXPECT_LT(race.samples_seen(), 300u);
}

// What the criterion accepts must not be rejected by counting, in whatever order the samples come.
TEST(Race, TheLimitItselfIsNeverRejectedForCertain) {
  // So sure that no bet is won: only counting is left.
  const RaceOptions kForCertain{.reject_error = 1e-120, .look_every = 1};
  for (const std::size_t size : {100u, 300u, 700u, 1000u, 3000u}) {
    std::vector<double> worst_first(size, 0.0);
    std::fill_n(worst_first.begin(), size / 50, 1.0);                    // 2 % worse,
    std::fill(worst_first.end() - size / 100, worst_first.end(), -1.0);  // then 1 % better
    Race race(size, 0.01, kForCertain);
    EXPECT_EQ(decided_by(race, worst_first), RaceDecision::undecided) << size;
    worst_first[size / 2] = 1;  // one more
    Race lost(size, 0.01, kForCertain);
    EXPECT_EQ(decided_by(lost, worst_first), RaceDecision::rejected) << size;
  }
}

TEST(Race, GraduallyDifferentScoresAreRacedToo) {
  base::RandomStream random(5);
  std::vector<double> differences(3000);
  for (double& d : differences) d = 0.1 * random.uniform() - 0.02;  // 0.03 on average
  Race race(3000, 0.01, {});
  EXPECT_EQ(decided_by(race, differences), RaceDecision::rejected);
  EXPECT_LT(race.samples_seen(), 1500u);
}

// A drop just beyond the limit is where wrong acceptances are likeliest, one exactly at it for wrong rejections. The
// errors stay below alpha; 400 rounds leave it in doubt by four standard deviations.
TEST(Race, ErrsNoMoreOftenThanPromised) {
  constexpr std::size_t kRounds = 400;
  constexpr double kAlpha = 0.1;
  const double most = kAlpha + 4 * std::sqrt(kAlpha * (1 - kAlpha) / kRounds);
  for (const std::size_t size : {300u, 1000u}) {
    const SimulationOptions options{.samples = size, .reject_error = kAlpha, .accept_error = kAlpha, .rounds = kRounds};
    const Simulated at = simulate_race(0.01, options);
    EXPECT_LE(at.wrong, most) << size;
    EXPECT_EQ(at.wrong, at.rejected);
    const Simulated beyond = simulate_race(0.01 + 1.0 / static_cast<double>(size), options);
    EXPECT_LE(beyond.wrong, most) << size;
    EXPECT_EQ(beyond.wrong, beyond.accepted);
  }
}

// Shares of the samples looked at with 1 % of the samples better, 1 % + drop worse, tolerance 1 % and an error of 2 %
// on both sides, from 250 rounds of an independent program (the betting mixture in logarithms, NumPy's random numbers).
TEST(Race, SavesWhatTheReferenceSaves) {
  const std::vector<double> drops{0.003, 0.01, 0.015, 0.02, 0.03, 0.05, 0.10};
  const std::map<std::size_t, std::vector<double>> expected{{300, {1.00, 1.00, 1.00, 0.99, 0.89, 0.67, 0.39}},
                                                            {1000, {0.90, 1.00, 0.98, 0.82, 0.58, 0.33, 0.15}},
                                                            {3000, {0.67, 1.00, 0.85, 0.56, 0.29, 0.13, 0.05}}};
  constexpr std::size_t kRounds = 60;
  for (const auto& [size, shares] : expected) {
    for (std::size_t i = 0; i < drops.size(); ++i) {
      const Simulated result = simulate_race(drops[i], {.samples = size, .rounds = kRounds});
      // Four standard errors, of the reference's rounds too.
      const double doubt = 4 * result.spread * std::sqrt(1.0 / kRounds + 1.0 / 250) + 0.01;
      EXPECT_NEAR(result.share, shares[i], doubt) << size << " samples, drop " << drops[i];
      EXPECT_LT(doubt, 0.2);
    }
  }
}

}  // namespace
}  // namespace octune::evaluate
