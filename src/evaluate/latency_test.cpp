// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/latency.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <openvino/opsets/opset13.hpp>

#include "evaluate/test_values.hpp"
#include "infer/runtime.hpp"

namespace octune::evaluate {
namespace {

namespace op = ov::opset13;

/// x[1,size] -> `layers` MatMuls with a [size,size] matrix
LatencyCandidate candidate(const std::string& label, std::size_t size, std::size_t layers) {
  const auto x =
      std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{-1, static_cast<std::int64_t>(size)});
  x->output(0).set_names({"x"});
  std::shared_ptr<ov::Node> y = x;
  for (std::size_t i = 0; i < layers; ++i) {
    const std::vector<float> weights(size * size, 0.001F * static_cast<float>(i + 1));
    y = std::make_shared<op::Tanh>(
        std::make_shared<op::MatMul>(y, op::Constant::create(ov::element::f32, {size, size}, weights)));
  }
  return {label, infer::Runtime().compile(std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{x}))};
}

std::vector<Sample> rows(std::size_t count, std::size_t size) {
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < count; ++i) {
    samples.push_back({{"x", floats({1, size}, std::vector<float>(size, static_cast<float>(i)))}});
  }
  return samples;
}

class Recorder final : public Observer {
 public:
  void progress(std::string_view stage, std::size_t done, std::size_t total) override {
    EXPECT_EQ(stage, "latency");
    EXPECT_EQ(total, 100u);
    steps.push_back(done);
  }
  bool should_stop() const override { return stop; }

  std::vector<std::size_t> steps;
  bool stop = false;
};

TEST(Latency, QuantilesAndRatiosAreConsistent) {
  std::vector<LatencyCandidate> candidates{candidate("small", 512, 1), candidate("large", 512, 12),
                                           candidate("same", 512, 1)};
  const auto result =
      measure_latency(candidates, rows(3, 512), {.seconds = 30, .max_rounds = 60, .warm_up = 3}, nullptr);
  ASSERT_EQ(result.size(), 3u);
  for (std::size_t i = 0; i < result.size(); ++i) {
    EXPECT_EQ(result[i].label, candidates[i].label);
    EXPECT_EQ(result[i].rounds, 60u);
    EXPECT_GT(result[i].p10_ms, 0);
    EXPECT_LE(result[i].p10_ms, result[i].median_ms);
    EXPECT_LE(result[i].median_ms, result[i].p90_ms);
    EXPECT_LE(result[i].ratio_low, result[i].ratio);
    EXPECT_LE(result[i].ratio, result[i].ratio_high);
  }
  EXPECT_EQ(result[0].ratio, 1);
  EXPECT_EQ(result[0].ratio_low, 1);
  EXPECT_EQ(result[0].ratio_high, 1);
  EXPECT_GT(result[1].ratio_low, 1);  // twelve times the work of the first
}

TEST(Latency, RoundsAreBoundedByTimeAndNumber) {
  std::vector<LatencyCandidate> one{candidate("a", 4, 1)};
  const auto rounds = [&](const LatencyOptions& options) {
    return measure_latency(one, rows(1, 4), options, nullptr).at(0).rounds;
  };
  EXPECT_EQ(rounds({.seconds = 0}), 10u);
  EXPECT_EQ(rounds({.seconds = 30, .max_rounds = 25}), 25u);
  EXPECT_EQ(rounds({.seconds = 30, .max_rounds = 3, .warm_up = 0}), 3u);
  EXPECT_GT(rounds({.seconds = 0.05, .max_rounds = 1'000'000}), 10u);
}

TEST(Latency, ASampleOfOneRankLessAndUnderNoNameFits) {
  std::vector<LatencyCandidate> one{candidate("a", 4, 1)};
  const std::vector<Sample> samples{{{"", floats({4}, {1, 2, 3, 4})}}};
  EXPECT_EQ(measure_latency(one, samples, {.seconds = 0}, nullptr).at(0).rounds, 10u);
}

TEST(Latency, ProgressRisesFromNothingToAHundred) {
  std::vector<LatencyCandidate> one{candidate("a", 4, 1)};
  for (const LatencyOptions& options : {LatencyOptions{.seconds = 0}, LatencyOptions{.seconds = 0.02},
                                        LatencyOptions{.seconds = 30, .max_rounds = 17}}) {
    Recorder recorder;
    measure_latency(one, rows(1, 4), options, &recorder);
    EXPECT_EQ(recorder.steps.front(), 0u);
    EXPECT_EQ(recorder.steps.back(), 100u);
    EXPECT_TRUE(std::is_sorted(recorder.steps.begin(), recorder.steps.end()));
    EXPECT_EQ(std::adjacent_find(recorder.steps.begin(), recorder.steps.end()), recorder.steps.end());
  }
}

TEST(Latency, StopsWhenAsked) {
  std::vector<LatencyCandidate> one{candidate("a", 4, 1)};
  Recorder recorder;
  recorder.stop = true;
  EXPECT_THROW(measure_latency(one, rows(1, 4), {}, &recorder), Interrupted);
}

TEST(Latency, BadRequests) {
  std::vector<LatencyCandidate> one{candidate("int8", 4, 1)};
  EXPECT_TRUE(measure_latency({}, rows(1, 4), {}, nullptr).empty());
  EXPECT_EQ(error_text(ErrorKind::input, [&] { measure_latency(one, {}, {}, nullptr); }),
            "latency: no samples; at least one is needed");
  EXPECT_EQ(error_text(ErrorKind::input, [&] { measure_latency(one, rows(1, 4), {.max_rounds = 0}, nullptr); }),
            "latency: 0 rounds at most; at least 1 is needed");
  const std::vector<Sample> wrong{{{"z", floats({1, 4}, {1, 2, 3, 4})}}};
  EXPECT_THAT(error_text(ErrorKind::input, [&] { measure_latency(one, wrong, {}, nullptr); }),
              ::testing::StartsWith("latency of 'int8': sample 0: the model has no input 'z';"));
}

}  // namespace
}  // namespace octune::evaluate
