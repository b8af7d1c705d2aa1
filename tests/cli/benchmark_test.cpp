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
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class BenchmarkTest : public ProgramTest {
 protected:
  void SetUp() override { write_model_and_data(); }

  Outcome benchmark(const std::string& arguments) const {
    return octune("benchmark " + arguments + " --rounds 6 --progress none");
  }

  json document(const std::string& arguments) const {
    const Outcome outcome = benchmark(arguments + " --json");
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    json result = outcome.json();
    const json schema = json::parse(std::ifstream(std::string(OCTUNE_SCHEMA_DIR) + "/benchmark.schema.json"));
    EXPECT_THAT(octune::testing::schema_violations(result, schema), IsEmpty());
    return result;
  }

  bool has_bf16() const { return octune("doctor --json").json()["cpu_features"]["bf16"]; }
};

std::vector<std::string> all(const json& entries, const char* key) {
  std::vector<std::string> values;
  for (const json& entry : entries) values.push_back(entry[key]);
  return values;
}

TEST_F(BenchmarkTest, ComparesWithTheFirstModel) {
  const Outcome text = benchmark("model.xml model.xml");
  ASSERT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("random inputs; 6 rounds"), HasSubstr("median ms"), HasSubstr("model.xml auto"),
                              HasSubstr("time / first (95 %)"), HasSubstr("within noise")));

  const json result = document("model.xml --precision f32,auto");
  EXPECT_EQ(result["mode"], "latency");
  EXPECT_EQ(result["data"], "random inputs");
  EXPECT_THAT(all(result["latency"], "precision"), ElementsAre("f32", "auto"));
  EXPECT_EQ(result["latency"][0]["verdict"], "reference");
  EXPECT_EQ(result["latency"][0]["ratio"], 1.0);
  EXPECT_EQ(result["latency"][0]["rounds"], 6);
  EXPECT_EQ(result["latency"][0]["quantized"], false);
  EXPECT_GT(result["latency"][1]["median_ms"], 0);
  EXPECT_THAT(result["against_float"], IsEmpty());
}

TEST_F(BenchmarkTest, AFolderOfARunIsItsFloatAndItsInt8Model) {
  ASSERT_EQ(octune("quantize model.xml --preset performance -o out --data x.npy --progress none").exit_code, 0);
  const json result = document("out");
  EXPECT_EQ(result["data"], "8 samples of x.npy");
  std::vector<std::string> expected{"model.xml f32"};
  if (has_bf16()) expected.emplace_back("model.xml bf16");
  expected.emplace_back("out/model.xml auto");
  EXPECT_EQ(all(result["latency"], "label"), expected);
  EXPECT_EQ(result["latency"].back()["quantized"], true);
  ASSERT_EQ(result["against_float"].size(), 1u);
  EXPECT_EQ(result["against_float"][0]["quantized"], "out/model.xml auto");

  std::filesystem::remove(path("x.npy"));
  const Outcome without_data = benchmark("out");
  EXPECT_THAT(without_data.err, HasSubstr("the data that out/run.json names cannot be read, inputs are random: "));
  EXPECT_THAT(without_data.out, HasSubstr("random inputs"));

  std::filesystem::remove(path("model.xml"));
  const Outcome without_float = benchmark("out");
  ASSERT_EQ(without_float.exit_code, 0) << without_float.err;
  EXPECT_THAT(without_float.err, HasSubstr("is not there (any more); only the int8 model is measured"));
  EXPECT_THAT(without_float.out, AllOf(HasSubstr("model.xml auto"), Not(HasSubstr("f32"))));
}

TEST_F(BenchmarkTest, TheInputsOfARunArePreparedAsInTheRun) {
  write_images("pictures", 4);
  ASSERT_EQ(octune("quantize model.xml --preset performance -o out --data pictures --resize 20,20 --crop 16 "
                   "--mean x[1,2,3] --norm 0.017 --progress none")
                .exit_code,
            0);
  EXPECT_EQ(document("out")["data"], "4 samples of pictures");
}

TEST_F(BenchmarkTest, LayersOfBothSideBySide) {
  ASSERT_EQ(octune("quantize model.xml --preset performance -o out --data x.npy --progress none").exit_code, 0);
  const Outcome text = benchmark("out --layers --precision f32 --seconds 0.1");
  ASSERT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("kind of layer"), HasSubstr("Convolution"),
                              HasSubstr("slowest layers of out/model.xml f32:")));
  const json layers = document("out --layers --precision f32 --seconds 0.1")["layers"];
  EXPECT_THAT(all(layers["models"], "label"), ElementsAre("model.xml f32", "out/model.xml f32"));
  EXPECT_THAT(all(layers["kinds"], "kind"), Contains("Convolution"));
  ASSERT_EQ(layers["comparisons"].size(), 1u);
  EXPECT_THAT(all(layers["comparisons"][0]["groups"], "name"), Contains("conv2"));
}

TEST_F(BenchmarkTest, ThroughputMode) {
  const json result = document("model.xml model.xml --mode throughput --data x.npy");
  EXPECT_EQ(result["mode"], "throughput");
  EXPECT_FALSE(result.contains("latency"));
  ASSERT_EQ(result["throughput"].size(), 2u);
  EXPECT_GT(result["throughput"][1]["median_per_s"], 0);
  EXPECT_GE(result["throughput"][1]["requests"], 1);
  EXPECT_THAT(benchmark("model.xml --mode throughput").out, HasSubstr("samples/s"));
}

TEST_F(BenchmarkTest, WhatTheCpuLacksIsLeftOutAndSaid) {
  const Outcome outcome = benchmark("model.xml --precision f32,bf16 --json");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json result = outcome.json();
  if (has_bf16()) {
    EXPECT_THAT(all(result["latency"], "precision"), ElementsAre("f32", "bf16"));
    EXPECT_THAT(result["skipped"], IsEmpty());
    return;
  }
  EXPECT_THAT(all(result["latency"], "precision"), ElementsAre("f32"));
  EXPECT_THAT(all(result["skipped"], "precision"), ElementsAre("bf16"));
  EXPECT_THAT(outcome.err, HasSubstr("model.xml in bf16 is not measured: this CPU has no BF16"));
  EXPECT_EQ(benchmark("model.xml --precision bf16").exit_code, 3);
}

TEST_F(BenchmarkTest, BadRequests) {
  EXPECT_EQ(octune("benchmark").err, "error: no model given; name one or more, as in 'octune benchmark a.xml b.xml'\n");
  EXPECT_EQ(octune("benchmark model.xml --precision f16").err,
            "error: --precision: unknown value 'f16'; did you mean 'bf16'? (known: f32, bf16, auto)\n");
  EXPECT_EQ(octune("benchmark model.xml --mode troughput").err,
            "error: --mode: unknown value 'troughput'; did you mean 'throughput'? (known: latency, throughput)\n");
  EXPECT_EQ(octune("benchmark model.xml --seconds 0").err,
            "error: --seconds: 0 is out of range; give more than 0, at most 3600\n");
  EXPECT_EQ(octune("benchmark model.xml --rounds 5").err,
            "error: --rounds: 5 is out of range; give 6 or more, fewer say nothing with 95 % confidence\n");
  EXPECT_EQ(octune("benchmark .").err,
            "error: .: is a folder without a run.json; name a model file, or a folder that 'octune quantize' wrote\n");
  write("broken/run.json", "{}");
  EXPECT_EQ(octune("benchmark broken").err,
            "error: broken/run.json: does not name the models of a run; name the model files themselves\n");
}

}  // namespace
}  // namespace octune::cli_test
