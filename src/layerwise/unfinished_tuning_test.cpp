// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "layerwise/unfinished_tuning.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "octune/error.hpp"

namespace octune::layerwise {
namespace {

UnfinishedTuning example() {
  UnfinishedTuning tuning{"key", {}};
  TunedLayer record;
  record.name = "conv";
  record.kept = true;
  record.fixed_weights = "it has more than 8192 inputs";
  record.loss_untuned = 4;
  record.loss_before = 3;
  record.loss_after = 2;
  record.target_power = 9;
  record.rows = 12;
  record.bytes = 1200;
  record.seconds = 0.5;
  tuning.layers.push_back({record, {{-127, 0, 5}, {0.1F}, {1, 2}, std::pair(-1.F, 2.F)}});
  record.name = "fc";
  record.kept = false;
  record.reason = "there is no error";
  tuning.layers.push_back({record, {}});
  return tuning;
}

std::string written() {
  std::ostringstream out;
  write_unfinished(example(), out);
  return out.str();
}

std::string problem(const std::string& bytes) {
  std::istringstream in(bytes);
  try {
    read_unfinished(in, "run/layerwise.octl");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input);
    return error.what();
  }
  return {};
}

TEST(UnfinishedTuning, IsReadAsItWasWritten) {
  std::istringstream in(written());
  const UnfinishedTuning tuning = read_unfinished(in, "file");
  EXPECT_EQ(tuning.key, "key");
  ASSERT_EQ(tuning.layers.size(), 2u);
  const FinishedLayer& layer = tuning.layers[0];
  EXPECT_EQ(layer.record.name, "conv");
  EXPECT_TRUE(layer.record.kept);
  EXPECT_EQ(layer.record.fixed_weights, "it has more than 8192 inputs");
  EXPECT_TRUE(layer.record.resumed);
  EXPECT_EQ(layer.record.loss_untuned, 4);
  EXPECT_EQ(layer.record.loss_before, 3);
  EXPECT_EQ(layer.record.loss_after, 2);
  EXPECT_EQ(layer.record.target_power, 9);
  EXPECT_EQ(layer.record.rows, 12u);
  EXPECT_EQ(layer.record.bytes, 1200u);
  EXPECT_EQ(layer.record.seconds, 0.5);
  EXPECT_THAT(layer.constants.integers, ::testing::ElementsAre(-127, 0, 5));
  EXPECT_THAT(layer.constants.scale, ::testing::ElementsAre(0.1F));
  EXPECT_THAT(layer.constants.bias, ::testing::ElementsAre(1, 2));
  EXPECT_EQ(layer.constants.input_range, std::pair(-1.F, 2.F));
  EXPECT_EQ(tuning.layers[1].record.reason, "there is no error");
  EXPECT_FALSE(tuning.layers[1].constants.input_range);
}

TEST(UnfinishedTuning, OtherFilesAreRefused) {
  const std::string bytes = written();
  EXPECT_EQ(problem("not such a file at all, but long enough to hold a head of one"),
            "run/layerwise.octl: is no file of unfinished layer-wise tuning; give one that octune quantize wrote");
  EXPECT_EQ(problem(bytes.substr(0, bytes.size() - 3)),
            "run/layerwise.octl: is truncated: only " + std::to_string(bytes.size() - 3) + " of " +
                std::to_string(bytes.size()) + " bytes of it are there; copy it again or tune the layers again");
  std::string damaged = bytes;
  damaged[bytes.size() - 5] ^= 1;
  EXPECT_EQ(problem(damaged), "run/layerwise.octl: is damaged; copy it again, or remove it and tune the layers anew");
}

}  // namespace
}  // namespace octune::layerwise
