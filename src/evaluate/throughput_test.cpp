// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/throughput.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <openvino/runtime/properties.hpp>

#include "evaluate/test_nets.hpp"
#include "infer/runtime.hpp"

namespace octune::evaluate {
namespace {

ThroughputCandidate candidate(const std::string& label, std::size_t layers) {
  return {label, infer::Runtime().compile(dense_net(16, layers), {.goal = infer::PerformanceGoal::throughput})};
}

TEST(Throughput, RatesAndRatiosAreConsistent) {
  std::vector<ThroughputCandidate> candidates{candidate("a", 1), candidate("b", 2)};
  const auto result =
      measure_throughput(candidates, dense_rows(3, 16), {.seconds = 30, .max_rounds = 2, .warm_up = 0}, nullptr);
  ASSERT_EQ(result.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(result[i].label, candidates[i].label);
    EXPECT_EQ(result[i].rounds, 2u);
    EXPECT_EQ(result[i].rates_per_s.size(), 2u);
    EXPECT_GT(result[i].p10_per_s, 0);
    EXPECT_LE(result[i].p10_per_s, result[i].median_per_s);
    EXPECT_LE(result[i].median_per_s, result[i].p90_per_s);
    EXPECT_EQ(result[i].requests, candidates[i].model.get_property(ov::optimal_number_of_infer_requests));
    EXPECT_LE(result[i].ratio_low, result[i].ratio);
    EXPECT_LE(result[i].ratio, result[i].ratio_high);
  }
  EXPECT_EQ(result[0].ratio, 1);
}

TEST(Throughput, BadRequests) {
  std::vector<ThroughputCandidate> one{candidate("int8", 1)};
  EXPECT_TRUE(measure_throughput({}, dense_rows(1, 16), {}, nullptr).empty());
  EXPECT_EQ(error_text(ErrorKind::input, [&] { measure_throughput(one, {}, {}, nullptr); }),
            "throughput: no samples; at least one is needed");
  EXPECT_EQ(
      error_text(ErrorKind::input, [&] { measure_throughput(one, dense_rows(1, 16), {.max_rounds = 0}, nullptr); }),
      "throughput: 0 rounds at most; at least 1 is needed");
  EXPECT_THAT(error_text(ErrorKind::input, [&] { measure_throughput(one, dense_rows(1, 8), {}, nullptr); }),
              ::testing::StartsWith("throughput of 'int8': sample 0: input 'x'"));
}

}  // namespace
}  // namespace octune::evaluate
