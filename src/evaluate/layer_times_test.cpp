// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/layer_times.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "evaluate/test_nets.hpp"

namespace octune::evaluate {
namespace {

class Recorder final : public Observer {
 public:
  void progress(std::string_view stage, std::size_t done, std::size_t total) override {
    EXPECT_EQ(stage, "layers");
    EXPECT_EQ(total, 4u);
    steps.push_back(done);
  }
  bool should_stop() const override { return stop; }

  std::vector<std::size_t> steps;
  bool stop = false;
};

TEST(LayerTimes, ExecutedLayersOfEachCandidate) {
  const std::vector<LayerCandidate> candidates{{"small", dense_net(64, 1), {}}, {"large", dense_net(64, 3), {}}};
  Recorder recorder;
  const auto layers =
      measure_layers(infer::Runtime(), candidates, dense_rows(2, 64), {.seconds = 0, .compilations = 2}, &recorder);
  EXPECT_THAT(recorder.steps, ::testing::ElementsAre(0, 1, 2, 3, 4));
  ASSERT_EQ(layers.size(), 2u);
  const auto dense_layers = [](const std::vector<LayerTime>& times) {
    return std::count_if(times.begin(), times.end(),
                         [](const LayerTime& time) { return time.layer.layer_type == "FullyConnected"; });
  };
  EXPECT_EQ(dense_layers(layers[0]), 1);
  EXPECT_EQ(dense_layers(layers[1]), 3);
  for (const LayerTime& time : layers[1]) {
    EXPECT_GE(time.milliseconds, 0);
    EXPECT_NE(time.layer.layer_type, "Const");
    EXPECT_FALSE(time.layer.name.empty());
  }
}

TEST(LayerTimes, TotalIsTheSum) {
  EXPECT_EQ(total_of({}), 0);
  EXPECT_EQ(total_of(std::vector<LayerTime>{{{}, 0.25}, {{}, 0.5}}), 0.75);
}

TEST(LayerTimes, StopsWhenAsked) {
  const std::vector<LayerCandidate> candidates{{"small", dense_net(8, 1), {}}};
  Recorder recorder;
  recorder.stop = true;
  EXPECT_THROW(measure_layers(infer::Runtime(), candidates, dense_rows(1, 8), {.compilations = 4}, &recorder),
               Interrupted);
}

TEST(LayerTimes, SamplesHaveToBeThereAndFit) {
  const std::vector<LayerCandidate> candidates{{"small", dense_net(8, 1), {}}};
  EXPECT_EQ(error_text(ErrorKind::input, [&] { measure_layers(infer::Runtime(), candidates, {}, {}, nullptr); }),
            "layers of 'small': no samples; at least one is needed");
}

}  // namespace
}  // namespace octune::evaluate
