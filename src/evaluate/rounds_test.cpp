// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/rounds.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "base/random.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

/// A clock that only turns move.
class FakeMachine {
 public:
  SecondsClock clock() {
    return [this] { return now_; };
  }

  /// Takes `seconds(now)` each time and says so; who was measured is remembered.
  Turn turn(std::size_t who, std::function<double(double now)> seconds) {
    return [this, who, seconds = std::move(seconds)](std::size_t round) {
      const double taken = seconds(now_);
      now_ += taken;
      measured.emplace_back(round, who);
      return taken;
    };
  }
  Turn turn(std::size_t who, double seconds) {
    return turn(who, [seconds](double) { return seconds; });
  }

  double now() const { return now_; }

  std::vector<std::pair<std::size_t, std::size_t>> measured;  ///< round, who

 private:
  double now_ = 0;
};

std::vector<std::vector<double>> measure(FakeMachine& machine, const std::vector<Turn>& turns,
                                         const RoundOptions& options) {
  return measure_in_turn(turns, options, "test", nullptr, machine.clock());
}

TEST(Rounds, EveryRoundMeasuresEachOnceInChangingOrder) {
  FakeMachine machine;
  const auto values = measure(machine, {machine.turn(0, 1), machine.turn(1, 2), machine.turn(2, 3)},
                              {.seconds = 1e9, .max_rounds = 600, .warm_up = 0});
  ASSERT_EQ(values.size(), 3u);
  EXPECT_EQ(values[1], std::vector<double>(600, 2));
  std::map<std::vector<std::size_t>, std::size_t> orders;
  ASSERT_EQ(machine.measured.size(), 1800u);
  for (std::size_t round = 0; round < 600; ++round) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(machine.measured[3 * round + i].first, round);
      order.push_back(machine.measured[3 * round + i].second);
    }
    EXPECT_THAT(order, UnorderedElementsAre(0, 1, 2));
    ++orders[order];
  }
  EXPECT_EQ(orders.size(), 6u);
  for (const auto& [order, count] : orders) {
    EXPECT_NEAR(static_cast<double>(count), 100, 40);
    std::vector<std::size_t> backwards(order.rbegin(), order.rend());
    EXPECT_EQ(orders[backwards], count);
  }
}

TEST(Rounds, TheSameOrdersEveryTime) {
  FakeMachine first, second;
  for (FakeMachine* machine : {&first, &second}) {
    measure(*machine, {machine->turn(0, 1), machine->turn(1, 1), machine->turn(2, 1)}, {.max_rounds = 50});
  }
  EXPECT_EQ(first.measured, second.measured);
}

TEST(Rounds, TimeAndNumberBoundThem) {
  const auto rounds = [](const RoundOptions& options) {
    FakeMachine machine;
    return measure(machine, {machine.turn(0, 0.5), machine.turn(1, 1.5)}, options).front().size();
  };
  // Two things, so twice the seconds; a round takes two.
  EXPECT_EQ(rounds({.seconds = 30, .warm_up = 0}), 30u);
  EXPECT_EQ(rounds({.seconds = 29.5, .warm_up = 0}), 30u);
  EXPECT_EQ(rounds({.seconds = 30, .warm_up = 5}), 30u);  // warming up is not counted
  EXPECT_EQ(rounds({.seconds = 0}), 10u);
  EXPECT_EQ(rounds({.seconds = 30, .max_rounds = 12}), 12u);
  EXPECT_EQ(rounds({.seconds = 30, .max_rounds = 4}), 4u);
  EXPECT_EQ(rounds({.seconds = std::numeric_limits<double>::infinity(), .max_rounds = 123}), 123u);
}

TEST(Rounds, WarmingUpTakesItsTurnsButNoLongerThanTheMeasuring) {
  const auto warm_up = [](double seconds_a_turn, const RoundOptions& options) {
    FakeMachine machine;
    const auto values = measure(machine, {machine.turn(0, seconds_a_turn)}, options);
    return machine.measured.size() - values.front().size();
  };
  EXPECT_EQ(warm_up(1, {.seconds = 100, .warm_up = 5}), 5u);
  EXPECT_EQ(warm_up(1, {.seconds = 100, .warm_up = 0}), 0u);
  EXPECT_EQ(warm_up(10, {.seconds = 25, .warm_up = 5}), 3u);
  EXPECT_EQ(warm_up(10, {.seconds = 1, .warm_up = 5}), 1u);
}

TEST(Rounds, DriftOfTheMachineCancels) {
  FakeMachine machine;
  // The machine becomes three times slower while the second takes 0.8 times as long as the first.
  const auto drift = [](double now) { return 1e-3 * (1 + 2 * std::min(1.0, now / 2)); };
  const auto values =
      measure(machine, {machine.turn(0, drift), machine.turn(1, [&](double now) { return 0.8 * drift(now); })},
              {.seconds = 1e9, .max_rounds = 1000, .warm_up = 0});
  EXPECT_GT(values[0].back(), 2.5 * values[0].front());
  const Ratio ratio = paired_ratio(values[1], values[0]);
  EXPECT_NEAR(ratio.value, 0.8, 0.001);
  EXPECT_LE(ratio.low, 0.8);
  EXPECT_GE(ratio.high, 0.8);
  EXPECT_LT(ratio.high - ratio.low, 0.001);
}

TEST(Rounds, OutliersMoveNeitherMedianNorRatio) {
  std::vector<double> quiet(100, 2.0), noisy(100, 2.0), first(100, 4.0);
  for (std::size_t i = 0; i < noisy.size(); i += 10) noisy[i] = 500;
  EXPECT_EQ(spread_of(noisy).median, spread_of(quiet).median);
  EXPECT_EQ(spread_of(noisy).iqr, 0);
  const Ratio ratio = paired_ratio(noisy, first);
  EXPECT_EQ(ratio.value, 0.5);
  EXPECT_EQ(ratio.low, 0.5);
  EXPECT_EQ(ratio.high, 0.5);
}

// numpy.quantile([4, 1, 7, 2, 9, 3], [.5, .1, .9]) and the difference of [.75, .25]
TEST(Rounds, SpreadIsOfTheQuantiles) {
  const Spread spread = spread_of(std::vector<double>{4, 1, 7, 2, 9, 3});
  EXPECT_DOUBLE_EQ(spread.median, 3.5);
  EXPECT_DOUBLE_EQ(spread.p10, 1.5);
  EXPECT_DOUBLE_EQ(spread.p90, 8.0);
  EXPECT_DOUBLE_EQ(spread.iqr, 4.0);
  EXPECT_THROW(spread_of({}), Error);
}

/// Times as of a machine that other programs use: mostly quick, sometimes many times as long.
std::vector<double> disturbed(double quick, std::size_t count, base::RandomStream& random) {
  std::vector<double> times;
  for (std::size_t i = 0; i < count; ++i) {
    const double longer = random.uniform() < 0.4 ? 1 + 4 * random.uniform() : 1;
    times.push_back(quick * longer * (1 + 0.1 * random.uniform()));
  }
  return times;
}

TEST(Rounds, TheIntervalHoldsTheTruthAsOftenAsItPromises) {
  base::RandomStream random(1);
  constexpr std::size_t kTrials = 400;
  std::size_t false_alarms = 0;
  for (std::size_t trial = 0; trial < kTrials; ++trial) {
    const std::vector<double> first = disturbed(1, 60, random);
    if (!within_noise(paired_ratio(disturbed(1, 60, random), first))) ++false_alarms;
  }
  // 5 % at most are promised: 20, and 4 standard deviations of Binomial(400, 0.05) above.
  EXPECT_LE(false_alarms, 37u);
  EXPECT_GE(false_alarms, 1u);
}

TEST(Rounds, ARealDifferenceIsSeenThroughTheNoise) {
  base::RandomStream random(2);
  const std::vector<double> first = disturbed(1, 600, random);
  const Ratio ratio = paired_ratio(disturbed(0.7, 600, random), first);
  EXPECT_FALSE(within_noise(ratio));
  EXPECT_LT(ratio.high, 1);
  EXPECT_NEAR(ratio.value, 0.7, 0.1);
}

TEST(Rounds, WithinNoiseIsWhereTheIntervalHoldsOne) {
  EXPECT_TRUE(within_noise({0.99, 0.97, 1.0}));
  EXPECT_TRUE(within_noise({1, 1, 1}));
  EXPECT_FALSE(within_noise({0.98, 0.97, 0.999}));
  EXPECT_FALSE(within_noise({1.2, 1.01, 1.3}));
}

class Recorder final : public Observer {
 public:
  void progress(std::string_view stage, std::size_t done, std::size_t total) override {
    EXPECT_EQ(stage, "test");
    EXPECT_EQ(total, 100u);
    steps.push_back(done);
  }
  bool should_stop() const override { return steps.size() > stop_after; }

  std::vector<std::size_t> steps;
  std::size_t stop_after = 1000;
};

TEST(Rounds, ProgressRisesFromNothingToAHundred) {
  for (const RoundOptions& options :
       {RoundOptions{.seconds = 0}, RoundOptions{.seconds = 7}, RoundOptions{.seconds = 1e9, .max_rounds = 17},
        RoundOptions{.seconds = std::numeric_limits<double>::infinity(), .max_rounds = 300}}) {
    FakeMachine machine;
    Recorder recorder;
    measure_in_turn(std::vector{machine.turn(0, 0.1)}, options, "test", &recorder, machine.clock());
    EXPECT_EQ(recorder.steps.front(), 0u);
    EXPECT_EQ(recorder.steps.back(), 100u);
    EXPECT_TRUE(std::is_sorted(recorder.steps.begin(), recorder.steps.end()));
    EXPECT_EQ(std::adjacent_find(recorder.steps.begin(), recorder.steps.end()), recorder.steps.end());
  }
}

TEST(Rounds, StopsWhenAsked) {
  FakeMachine machine;
  Recorder recorder;
  recorder.stop_after = 5;
  EXPECT_THROW(measure_in_turn(std::vector{machine.turn(0, 0.1)}, {.seconds = 7}, "test", &recorder, machine.clock()),
               Interrupted);
}

}  // namespace
}  // namespace octune::evaluate
