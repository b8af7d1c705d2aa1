// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/latency.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "evaluate/test_nets.hpp"
#include "infer/runtime.hpp"

namespace octune::evaluate {
namespace {

LatencyCandidate candidate(const std::string& label, std::size_t size, std::size_t layers) {
  return {label, infer::Runtime().compile(dense_net(size, layers))};
}

class Recorder final : public Observer {
 public:
  void progress(std::string_view stage, std::size_t done, std::size_t total) override {
    EXPECT_EQ(stage, "latency");
    EXPECT_EQ(total, 100u);
    EXPECT_LE(done, total);
  }
  bool should_stop() const override { return stop; }

  bool stop = false;
};

TEST(Latency, QuantilesAndRatiosAreConsistent) {
  std::vector<LatencyCandidate> candidates{candidate("small", 512, 1), candidate("large", 512, 12),
                                           candidate("same", 512, 1)};
  const auto result =
      measure_latency(candidates, dense_rows(3, 512), {.seconds = 30, .max_rounds = 60, .warm_up = 3}, nullptr);
  ASSERT_EQ(result.size(), 3u);
  for (std::size_t i = 0; i < result.size(); ++i) {
    EXPECT_EQ(result[i].label, candidates[i].label);
    EXPECT_EQ(result[i].rounds, 60u);
    EXPECT_GT(result[i].p10_ms, 0);
    EXPECT_LE(result[i].p10_ms, result[i].median_ms);
    EXPECT_LE(result[i].median_ms, result[i].p90_ms);
    EXPECT_LE(result[i].ratio_low, result[i].ratio);
    EXPECT_LE(result[i].ratio, result[i].ratio_high);
    EXPECT_EQ(result[i].times_ms.size(), 60u);
    EXPECT_LE(result[i].iqr_ms, result[i].p90_ms - result[i].p10_ms);
  }
  EXPECT_EQ(result[0].ratio, 1);
  EXPECT_EQ(result[0].ratio_low, 1);
  EXPECT_EQ(result[0].ratio_high, 1);
  EXPECT_GT(result[1].ratio_low, 1);  // twelve times the work of the first
}

TEST(Latency, ASampleOfOneRankLessAndUnderNoNameFits) {
  std::vector<LatencyCandidate> one{candidate("a", 4, 1)};
  const std::vector<Sample> samples{{{"", floats({4}, {1, 2, 3, 4})}}};
  EXPECT_EQ(measure_latency(one, samples, {.seconds = 0}, nullptr).at(0).rounds, 10u);
}

TEST(Latency, StopsWhenAsked) {
  std::vector<LatencyCandidate> one{candidate("a", 4, 1)};
  Recorder recorder;
  recorder.stop = true;
  EXPECT_THROW(measure_latency(one, dense_rows(1, 4), {}, &recorder), Interrupted);
}

TEST(Latency, BadRequests) {
  std::vector<LatencyCandidate> one{candidate("int8", 4, 1)};
  EXPECT_TRUE(measure_latency({}, dense_rows(1, 4), {}, nullptr).empty());
  EXPECT_EQ(error_text(ErrorKind::input, [&] { measure_latency(one, {}, {}, nullptr); }),
            "latency: no samples; at least one is needed");
  EXPECT_EQ(error_text(ErrorKind::input, [&] { measure_latency(one, dense_rows(1, 4), {.max_rounds = 0}, nullptr); }),
            "latency: 0 rounds at most; at least 1 is needed");
  const std::vector<Sample> wrong{{{"z", floats({1, 4}, {1, 2, 3, 4})}}};
  EXPECT_THAT(error_text(ErrorKind::input, [&] { measure_latency(one, wrong, {}, nullptr); }),
              ::testing::StartsWith("latency of 'int8': sample 0: the model has no input 'z';"));
}

}  // namespace
}  // namespace octune::evaluate
