// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "program.hpp"

namespace octune::cli_test {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ConfigTest : public ProgramTest {
 protected:
  void SetUp() override { write_model_and_data(); }
};

constexpr const char* kPotFile = R"(/* This configuration file is the fastest way to get started. */
{
    /* Model parameters */
    "model": {
        "model_name": "small", // Model name
        "model": "../model.xml", // Path to model (.xml format)
        "weights": "../model.bin" // Path to weights (.bin format)
    },
    /* Parameters of the engine used for model inference */
    "engine": {
        "type": "simplified",
        "layout": "NCHW",
        "data_source": "../images"
    },
    /* Optimization hyperparameters */
    "compression": {
        "target_device": "ANY", // Target device
        "model_type": "None",
        "algorithms": [
            {
                "name": "DefaultQuantization",
                "params": {
                    "preset": "mixed",
                    "stat_subset_size": 3, // Size of subset
                    "shuffle_data": false,
                    "use_layerwise_tuning": false
                }
            }
        ]
    }
}
)";

TEST_F(ConfigTest, APotFileRunsUnchangedFromAnyFolder) {
  write_images("images", 4);
  write("configs/pot.json", kPotFile);
  const Outcome outcome = octune("-c configs/pot.json -o out");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(entries("out"), ElementsAre("run.json", "small.bin", "small.xml"));
  const json record = json::parse(read("out/run.json"));
  EXPECT_EQ(record["plan"]["preset"], "mixed");
  EXPECT_EQ(record["samples"]["used"], 3);
  EXPECT_EQ(record["samples"]["available"], 4);
  EXPECT_EQ(record["configuration"]["preprocess"]["color"], "bgr");
}

TEST_F(ConfigTest, OptionsOverrideTheFile) {
  write_images("images", 4);
  write("configs/pot.json", kPotFile);
  const Outcome outcome = octune(
      "quantize --config configs/pot.json -o out --preset performance --subset-size 2 --name other --data x.npy");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json record = json::parse(read("out/run.json"));
  EXPECT_EQ(record["plan"]["preset"], "performance");
  EXPECT_EQ(record["samples"]["used"], 2);
  EXPECT_EQ(record["samples"]["available"], 8);
  EXPECT_EQ(record["output"]["model"], "out/other.xml");
  EXPECT_EQ(record["configuration"]["model_type"], "none") << "what no option says stays as in the file";
}

TEST_F(ConfigTest, AllMistakesAreListedAtOnceWithTheirPlaces) {
  write("c.json", R"({
  "model": {"model": "model.xml", "weigths": "model.bin"},
  "compression": {
    "algorithms": [{"name": "DefaultQuantization", "params": {"preset": "mixd"}}]
  }
})");
  const Outcome outcome = octune("-c c.json -o out");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.err,
            "error: c.json:2:35: unknown key 'weigths' in model; did you mean 'weights'? (known: model_name, cascade, "
            "model, weights, output_dir)\n"
            "error: c.json:4:73: compression.algorithms[0].params.preset: unknown value 'mixd'; did you mean 'mixed'? "
            "(known: performance, mixed, accuracy)\n");
}

TEST_F(ConfigTest, WhatThisVersionCannotDoExitsWithThree) {
  write("c.json", R"({"model": {"model": "model.xml"}, "optimizer": {"name": "Tpe"}})");
  const Outcome outcome = octune("-c c.json");
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("tuning is not available in this version"));
}

TEST_F(ConfigTest, AMissingConfigurationIsAnInputError) {
  const Outcome outcome = octune("-c none.json");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("none.json: cannot be read"));
}

}  // namespace
}  // namespace octune::cli_test
