// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>

#include "program.hpp"
#include "testing/json_schema.hpp"

namespace octune::cli_test {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::string kCommand = "quantize model.xml --preset performance --data x.npy --layerwise-rows 200 ";

class LayerwiseTest : public ProgramTest {
 protected:
  void SetUp() override { write_model_and_data(); }
  json run(const std::string& folder) const { return json::parse(read(folder + "/run.json")); }
};

TEST_F(LayerwiseTest, EveryLayerStandsInTheRecord) {
  const Outcome outcome = octune(kCommand + "-o out --layerwise-tuning finetune --layerwise-steps 20");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(entries("out"), ElementsAre("model.bin", "model.xml", "run.json", "statistics.octs"));
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("layers"), HasSubstr("of 4 tuned; median error ")));
  EXPECT_THAT(outcome.err, HasSubstr("layerwise tuning: "));
  const json record = run("out");
  const json schema = json::parse(std::ifstream(std::string(OCTUNE_SCHEMA_DIR) + "/run.schema.json"));
  EXPECT_THAT(octune::testing::schema_violations(record, schema), IsEmpty());
  ASSERT_EQ(record["layerwise"]["layers"].size(), 4u);
  EXPECT_EQ(record["layerwise"]["tried"], 4);
  EXPECT_LT(record["layerwise"]["median_error_after"], record["layerwise"]["median_error_before"]);
  EXPECT_GT(record["timings_s"]["layerwise"], 0);
  EXPECT_EQ(record["configuration"]["layerwise_tuning"]["method"], "finetune");
  EXPECT_EQ(record["configuration"]["layerwise_tuning"]["steps"], 20);
}

TEST_F(LayerwiseTest, IsOffUnlessItIsAskedFor) {
  ASSERT_EQ(octune(kCommand.substr(0, kCommand.find("--layerwise")) + "-o out").exit_code, 0);
  EXPECT_TRUE(run("out")["layerwise"].is_null());
  EXPECT_EQ(run("out")["timings_s"]["layerwise"], 0);
  EXPECT_EQ(octune(kCommand + "-o out").err,
            "error: --layerwise-rows: layers are not tuned; add --layerwise-tuning least_squares\n");
  EXPECT_THAT(octune(kCommand + "-o out --layerwise-tuning finetun").err,
              HasSubstr("--layerwise-tuning: unknown value 'finetun'; did you mean 'finetune'?"));
}

TEST_F(LayerwiseTest, OptionsAreCheckedBeforeAnythingIsRead) {
  const std::string command = "quantize no.xml --data no.npy -o out --layerwise-tuning finetune ";
  const auto message = [&](const std::string& flags) {
    const Outcome outcome = octune(command + flags);
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_EQ(outcome.out, "");
    return outcome.err;
  };
  EXPECT_EQ(message("--layerwise-held-out 1"),
            "error: layer-wise tuning: the share of samples held out is 1; give a number above 0 and below 1\n");
  EXPECT_EQ(message("--layerwise-rows 1"), "error: layer-wise tuning: the number of rows is 1; give 2 or more\n");
  EXPECT_EQ(message("--layerwise-memory 1000"),
            "error: layer-wise tuning: the memory for rows in bytes is 1000; give 1048576 or more\n");
  EXPECT_EQ(message("--layerwise-steps 0 --layerwise-weights-lr -1"),
            "error: layer-wise tuning: the number of steps is 0; give 1 or more; the learning rate of weights is -1; "
            "give 0 or more\n");
  EXPECT_EQ(message("--layerwise-samples -1"),
            "error: octune quantize: --layerwise-samples: -1 is negative; give 0 or more; see 'octune quantize "
            "--help'\n");
}

TEST_F(LayerwiseTest, SwitchedOnHereItHasTheOptionsOfTheFile) {
  write("pot.json", R"({"model": {"model_name": "model", "model": "model.xml"}, "engine": {"data_source": "x.npy"},
    "compression": {"algorithms": [{"name": "DefaultQuantization", "params": {"use_layerwise_tuning": false,
    "calibration_indices_pool": 6, "layerwise_steps": 7, "layerwise_rows": 200}}]}})");
  const Outcome outcome = octune("-c pot.json -o out --layerwise-tuning least_squares --layerwise-rows 150");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json options = run("out")["configuration"]["layerwise_tuning"];
  EXPECT_EQ(options["samples"], 6);
  EXPECT_EQ(options["steps"], 7);
  EXPECT_EQ(options["rows"], 150);
  EXPECT_EQ(options["method"], "least_squares");
  ASSERT_EQ(octune("-c pot.json -o off").exit_code, 0);
  EXPECT_TRUE(run("off")["layerwise"].is_null());
}

TEST_F(LayerwiseTest, TheSameCommandWritesTheSameBytes) {
  const std::string command = kCommand + "--layerwise-tuning finetune --layerwise-steps 20 ";
  ASSERT_EQ(octune(command + "-o a --threads 1").exit_code, 0);
  ASSERT_EQ(octune(command + "-o b --threads 2").exit_code, 0);
  EXPECT_TRUE(read("a/model.bin") == read("b/model.bin"));
  EXPECT_TRUE(read("a/model.xml") == read("b/model.xml")) << "names, order or provenance differ";
  EXPECT_THAT(read("a/model.xml"), Not(HasSubstr("layerwise.octl"))) << "no paths of the user's machine";
}

TEST_F(LayerwiseTest, APotFileAsksForItToo) {
  write("pot.json", R"({"model": {"model_name": "model", "model": "model.xml"}, "engine": {"data_source": "x.npy"},
    "compression": {"algorithms": [{"name": "DefaultQuantization", "params": {"use_layerwise_tuning": true,
    "calibration_indices_pool": 6, "num_samples_for_tuning": 20, "batch_size": 1, "layerwise_rows": 200}}]}})");
  const Outcome outcome = octune("-c pot.json -o out");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(run("out")["configuration"]["layerwise_tuning"]["samples"], 6);
  EXPECT_EQ(run("out")["configuration"]["layerwise_tuning"]["steps"], 20);
  EXPECT_GT(run("out")["layerwise"]["tried"], 0);
  EXPECT_EQ(octune("-c pot.json -o off --layerwise-tuning off").exit_code, 0);
  EXPECT_TRUE(run("off")["layerwise"].is_null());
}

TEST_F(LayerwiseTest, CtrlCKeepsWhatWasTunedAndTheSameCommandGoesOn) {
  // So many samples that the signal comes between the first layer and the last.
  const std::string command =
      "quantize model.xml --preset performance --data random:6000 --subset-size 0 --layerwise-samples 0 "
      "--layerwise-rows 200 --layerwise-tuning finetune --threads 1 --progress plain -o ";
  ASSERT_EQ(octune(command + "whole").exit_code, 0);
  const Outcome stopped = octune(
      command +
      "out > run.txt 2> err.txt & until grep -q '^layerwise tuning: [1-3]/' err.txt 2>/dev/null || ! kill -0 $!; "
      "do sleep 0.02; done; kill -INT $!; wait $!");
  EXPECT_EQ(stopped.exit_code, 130);
  EXPECT_THAT(read("err.txt"), HasSubstr(" tuned layers are kept in out/layerwise.octl; the same command goes on\n"));
  const Outcome again = octune(command + "out");
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("out/layerwise.octl: "));
  EXPECT_EQ(run("out")["layerwise"]["layers"][0]["resumed"], true);
  EXPECT_TRUE(read("out/model.bin") == read("whole/model.bin"));
  EXPECT_THAT(entries("out"), ElementsAre("model.bin", "model.xml", "run.json", "statistics.octs"));
}

TEST_F(LayerwiseTest, ADamagedFileIsAWarning) {
  const std::string command = kCommand + "--layerwise-tuning least_squares -o out";
  ASSERT_EQ(octune(command).exit_code, 0);
  write("out/layerwise.octl", "nonsense");
  const Outcome outcome = octune(command);
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.err,
              HasSubstr("warning: out/layerwise.octl: is no file of unfinished layer-wise tuning; give one "
                        "that octune quantize wrote; the layers are tuned anew"));
}

TEST_F(LayerwiseTest, StatisticsAloneAreNotEnough) {
  ASSERT_EQ(octune("calibrate model.xml --data x.npy -o model.octs").exit_code, 0);
  const Outcome outcome =
      octune("quantize model.xml --preset performance --statistics model.octs -o out --layerwise-tuning finetune");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("layer-wise tuning runs the model on calibration data, and there are statistics "
                                     "only; give data, or leave --layerwise-tuning out"));
}

}  // namespace
}  // namespace octune::cli_test
