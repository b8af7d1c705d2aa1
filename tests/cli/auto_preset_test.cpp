// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <fstream>

#include "program.hpp"
#include "testing/json_schema.hpp"

namespace octune::cli_test {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Which plan is fastest is measured, so the second run of a folder finds latencies that the test has put there.
class AutoPresetTest : public ProgramTest {
 protected:
  void SetUp() override { write_model_and_data(); }

  void make_fastest(const std::string& name) {
    json record = json::parse(read("out/run.json"));
    for (json& candidate : record["choice"]["candidates"]) candidate["latency_ms"] = candidate["name"] == name ? 1 : 2;
    std::ofstream(path("out/run.json")) << record.dump();
  }

  std::string command_ = "quantize model.xml -o out --data x.npy --preset auto";
};

TEST_F(AutoPresetTest, TellsOfEveryPlan) {
  const Outcome outcome = octune(command_);
  ASSERT_THAT(outcome.exit_code, AnyOf(0, 3)) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("plans"), HasSubstr("float_f32"), HasSubstr("performance")));
  const json record = json::parse(read("out/run.json"));
  const json schema = json::parse(std::ifstream(std::string(OCTUNE_SCHEMA_DIR) + "/run.schema.json"));
  EXPECT_THAT(octune::testing::schema_violations(record, schema), IsEmpty());
  EXPECT_EQ(record["choice"]["samples"], 8);
  EXPECT_EQ(record["configuration"]["preset"], "auto");
  EXPECT_EQ(record["result"], outcome.exit_code == 3 ? "float" : "done");
  EXPECT_GT(record["timings_s"]["choose"], 0.0);
}

TEST_F(AutoPresetTest, TheSameFolderChoosesByTheLatenciesItHolds) {
  octune(command_ + " --max-divergence 100");
  make_fastest("mixed");
  const Outcome mixed = octune(command_ + " --max-divergence 100");
  EXPECT_EQ(mixed.exit_code, 0) << mixed.err;
  EXPECT_EQ(json::parse(read("out/run.json"))["choice"]["chosen"], "mixed");
  make_fastest("float_f32");
  const Outcome floating = octune(command_ + " --max-divergence 100");
  EXPECT_EQ(floating.exit_code, 3);
  EXPECT_THAT(floating.out, HasSubstr("not quantized: int8 does not pay on this machine"));
  EXPECT_THAT(floating.err, HasSubstr("the float model is written"));
  EXPECT_EQ(octune("benchmark out/model.xml --seconds 0.05").exit_code, 0);

  // What is measured then is the float model's.
  const std::string measured = command_ + " --max-divergence 100 --labels y.npy --metric accuracy@top1";
  octune(measured);
  make_fastest("float_f32");
  EXPECT_EQ(octune(measured).exit_code, 3);
  for (const json& metric : json::parse(read("out/run.json"))["metrics"]) EXPECT_EQ(metric["model"], "float");
}

TEST_F(AutoPresetTest, ALimitThatIsGivenAndNotKeptIsATargetNotReached) {
  octune(command_ + " --max-divergence 0");
  const json first = json::parse(read("out/run.json"));
  EXPECT_FALSE(first["choice"]["within_limit"]);
  std::string closest;
  double least = 1e9;
  for (const json& candidate : first["choice"]["candidates"]) {
    if (candidate["name"].get<std::string>().starts_with("float") || candidate["divergence"].is_null()) continue;
    const double mean = candidate["divergence"]["mean"].get<double>();
    if (mean < least) closest = candidate["name"].get<std::string>();
    least = std::min(least, mean);
  }
  make_fastest(closest);
  const Outcome outcome = octune(command_ + " --max-divergence 0");
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(outcome.err, HasSubstr("no plan keeps the outputs within 0 of the float model's"));
  EXPECT_EQ(json::parse(read("out/run.json"))["result"], "target_not_reached");
}

TEST_F(AutoPresetTest, IsWhatHappensWithoutAPreset) {
  octune("quantize model.xml -o out --data x.npy --max-divergence 0.5");
  json record = json::parse(read("out/run.json"));
  EXPECT_EQ(record["configuration"]["preset"], "auto");
  EXPECT_EQ(record["choice"]["max_divergence"], 0.5);
  // Not where a POT file says what is to happen, nor without samples.
  write("pot.json", R"({"compression": {"algorithms": [{"name": "DefaultQuantization", "params": {}}]}})");
  ASSERT_EQ(octune("quantize model.xml -c pot.json -o pot --data x.npy").exit_code, 0);
  record = json::parse(read("pot/run.json"));
  EXPECT_TRUE(record["choice"].is_null());
  EXPECT_EQ(record["plan"]["preset"], "performance");
  ASSERT_EQ(octune("quantize model.xml --statistics out/statistics.octs -o alone").exit_code, 0);
  EXPECT_TRUE(json::parse(read("alone/run.json"))["choice"].is_null());
}

TEST_F(AutoPresetTest, WhatMakesNoSenseIsRefused) {
  EXPECT_THAT(octune("quantize model.xml -o out --data x.npy --preset mixed --max-divergence 0.1").err,
              HasSubstr("--max-divergence: only one plan is made, so there is none to choose; add --preset auto"));
  octune("calibrate model.xml --data x.npy -o s.octs");
  const Outcome alone = octune("quantize model.xml -o out --statistics s.octs --preset auto");
  EXPECT_EQ(alone.exit_code, 2);
  EXPECT_THAT(alone.err, HasSubstr("plans are judged on samples, and there are statistics only"));
}

}  // namespace
}  // namespace octune::cli_test
