// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/latency_race.hpp"

#include <gtest/gtest.h>

#include "infer/runtime.hpp"
#include "quantize/test_runs.hpp"

namespace octune::quantization {
namespace {

/// Calls of progress with nothing done: one a look.
class Looks : public Observer {
 public:
  void progress(std::string_view, std::size_t done, std::size_t) override { count += done == 0 ? 1 : 0; }
  int count = 0;
};

TEST(LatencyRace, ASecondLookIsForPairsWhoseOrderIsOpen) {
  const std::shared_ptr<ov::Model> model = testing::small_convnet();
  const ov::CompiledModel compiled = infer::Runtime().compile(model, {.threads = 1});
  Looks looks;
  LatencyRace race(samples_for(*model, 2), 0.2, 2, looks);
  const RaceResult certain = race.run({"a", compiled}, {"b", compiled}, 1e-9);  // no ratio of equals is that small
  EXPECT_EQ(looks.count, 1);
  EXPECT_GT(certain.first_ms, 0);
  EXPECT_GT(certain.ratio, 1e-9);
  race.run({"a", compiled}, {"b", compiled}, 1e9);
  EXPECT_EQ(looks.count, 2);
}

TEST(LatencyRace, WithoutTimeThereAreTheLeastRounds) {
  const std::shared_ptr<ov::Model> model = testing::small_convnet();
  const ov::CompiledModel compiled = infer::Runtime().compile(model, {.threads = 1});
  Looks looks;
  LatencyRace race(samples_for(*model, 2), 0, 1, looks);
  EXPECT_GT(race.run({"a", compiled}, {"b", compiled}, 1).ratio, 0);
  EXPECT_EQ(looks.count, 1);
}

}  // namespace
}  // namespace octune::quantization
