// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/objective.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "evaluate/footprint.hpp"
#include "evaluate/test_nets.hpp"

namespace octune::evaluate {
namespace {

constexpr std::size_t kSize = 256;

std::vector<Measurement> measure(const std::string& objective, const std::vector<ObjectiveCandidate>& candidates) {
  return objective_entry(objective)
      .make({.seconds = 0, .max_rounds = 3, .warm_up = 1})
      ->measure(infer::Runtime(), candidates, dense_rows(2, kSize), nullptr);
}

const std::vector<ObjectiveCandidate>& candidates() {
  static const std::vector<ObjectiveCandidate> two{{"small", dense_net(kSize, 1), {}},
                                                   {"large", dense_net(kSize, 8), {}}};
  return two;
}

TEST(Objective, EachMeasuresEveryCandidateAgainstTheFirst) {
  for (const ObjectiveEntry& entry : objective_entries()) {
    SCOPED_TRACE(entry.name);
    EXPECT_FALSE(entry.summary.empty());
    EXPECT_FALSE(entry.unit.empty());
    const std::vector<Measurement> measured = measure(entry.name, candidates());
    ASSERT_EQ(measured.size(), 2u);
    for (const Measurement& measurement : measured) {
      EXPECT_GT(measurement.value, 0);
      EXPECT_GE(measurement.rounds, 1u);
      EXPECT_LE(measurement.ratio.low, measurement.ratio.value);
      EXPECT_LE(measurement.ratio.value, measurement.ratio.high);
    }
    EXPECT_EQ(measured[0].ratio.value, 1);
    EXPECT_TRUE(within_noise(measured[0].ratio));
    EXPECT_TRUE(measure(entry.name, {}).empty());
  }
}

TEST(Objective, ModelSizeIsThatOfTheFiles) {
  const std::vector<Measurement> measured = measure("model_size", candidates());
  const std::filesystem::path folder = std::filesystem::path(::testing::TempDir()) / "objective_model_size";
  std::filesystem::remove_all(folder);
  infer::save_model(candidates()[1].model, folder, "m");
  EXPECT_EQ(measured[1].value, static_cast<double>(std::filesystem::file_size(folder / "m.xml") +
                                                   std::filesystem::file_size(folder / "m.bin")));
  EXPECT_GT(measured[1].value, 8 * 4 * kSize * kSize);
  EXPECT_EQ(measured[1].ratio.value, measured[1].value / measured[0].value);
  EXPECT_FALSE(within_noise(measured[1].ratio));
  std::filesystem::remove_all(folder);
}

TEST(Objective, PeakMemoryHoldsTheWeights) {
  // 16 MiB of weights; the runtime keeps them at least once.
  const std::uint64_t bytes = peak_memory_bytes(infer::Runtime(), dense_net(1024, 4), {}, dense_rows(1, 1024));
  EXPECT_GT(bytes, std::uint64_t{15} << 20);
  EXPECT_LT(bytes, std::uint64_t{256} << 20);
}

TEST(Objective, UnknownNames) {
  EXPECT_EQ(error_text(ErrorKind::input, [] { objective_entry("latncy"); }),
            "objective: unknown name 'latncy'; did you mean 'latency'? (known: latency, throughput, model_size, "
            "peak_memory)");
}

TEST(Objective, BetterIsBeyondNoiseInTheRightDirection) {
  const Ratio less{0.8, 0.7, 0.9}, equal{0.98, 0.9, 1.1}, more{1.2, 1.1, 1.3};
  EXPECT_TRUE(is_better(less, Direction::lower_is_better));
  EXPECT_FALSE(is_better(equal, Direction::lower_is_better));
  EXPECT_FALSE(is_better(more, Direction::lower_is_better));
  EXPECT_TRUE(is_better(more, Direction::higher_is_better));
  EXPECT_FALSE(is_better(less, Direction::higher_is_better));
}

}  // namespace
}  // namespace octune::evaluate
