// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "program.hpp"

namespace octune::cli_test {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

class CommandsTest : public ProgramTest {
 protected:
  void SetUp() override { write_model_and_data(); }
};

TEST_F(CommandsTest, PlanGivesEveryOperationItsPrecisionOrReason) {
  const Outcome text = octune("plan model.xml --ignored-names conv3");
  ASSERT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("conv1"), HasSubstr("fc")));

  const Outcome outcome = octune("plan model.xml --ignored-names conv3 --json");
  const json operations = outcome.json()["plan"]["operations"];
  const auto conv3 =
      std::find_if(operations.begin(), operations.end(), [](const json& op) { return op["name"] == "conv3"; });
  ASSERT_NE(conv3, operations.end());
  EXPECT_EQ((*conv3)["quantized"], false);
  EXPECT_NE((*conv3)["reason"], "");
  EXPECT_GT(outcome.json()["operations"]["quantized"], 0);
}

TEST_F(CommandsTest, PlanOfThePresetAutoListsWhatIsTried) {
  const Outcome text = octune("plan model.xml --preset auto");
  ASSERT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("plans that are tried, the one expected to be fastest first:\n  performance "),
                              HasSubstr(" quantizable in int8; asymmetric activations, symmetric weights\n")));
  const json document = octune("plan model.xml --preset auto --json").json();
  EXPECT_EQ(document["candidates"][0]["name"], "performance");
  EXPECT_EQ(document["candidates"][0]["plan"]["preset"], "performance");
  EXPECT_GT(document["candidates"][0]["operations"]["quantized"], 0);
  EXPECT_TRUE(document["left_out"].is_array());
  // Where nothing is quantized, the reasons are what there is to tell.
  EXPECT_THAT(octune("plan model.xml --preset auto --ignored-patterns .*").out, HasSubstr("ignored"));
}

TEST_F(CommandsTest, EvaluatePrintsMetricAndValue) {
  const Outcome text = octune("evaluate model.xml --val-data x.npy --labels y.npy --metric accuracy@top1");
  ASSERT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("accuracy@top1 : 0."), HasSubstr("(8 samples)")));

  const Outcome same =
      octune("evaluate model.xml --reference model.xml --val-data x.npy --metric cosine --precision f32 --json");
  ASSERT_EQ(same.exit_code, 0) << same.err;
  EXPECT_NEAR(same.json()["metrics"][0]["value"].get<double>(), 1, 1e-6);
}

TEST_F(CommandsTest, EvaluateJudgesTheNamedOutput) {
  const std::string evaluate = "evaluate model.xml --val-data x.npy --labels y.npy --metric accuracy@top1 --json";
  const Outcome named = octune(evaluate + " --output 0");
  ASSERT_EQ(named.exit_code, 0) << named.err;
  EXPECT_EQ(named.json()["metrics"], octune(evaluate).json()["metrics"]);
  EXPECT_THAT(octune(evaluate + " --output 7").err, HasSubstr("output: the model has no '7'; "));
}

TEST_F(CommandsTest, EvaluateHandsOptionsToTheMetrics) {
  const std::string evaluate = "evaluate model.xml --val-data x.npy --labels y.npy --json ";
  const auto value = [&](const std::string& options) {
    const Outcome outcome = octune(evaluate + options);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return outcome.json()["metrics"][0]["value"].get<double>();
  };
  // Above every value no class is an answer, below them all are.
  EXPECT_EQ(value("--metric f1_micro --threshold 1e30"), 0);
  EXPECT_GT(value("--metric f1_micro --threshold=-1e30"), 0);
  EXPECT_THAT(octune(evaluate + "--metric f1 --positive-class 1000").err,
              HasSubstr("class 1000 cannot be the positive"));
  EXPECT_THAT(octune(evaluate + "--metric psnr --data-range 0").err, HasSubstr("data range 0 is not possible"));
}

TEST_F(CommandsTest, EvaluatePrintsUnits) {
  const Outcome outcome =
      octune("evaluate model.xml --reference model.xml --val-data x.npy --precision f32 --metric sqnr,mse_to_float,kl");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr(" dB  (8 samples)\nmse_to_float : "), HasSubstr("\nkl : ")));
}

TEST_F(CommandsTest, EvaluateSaysWhatItLacks) {
  EXPECT_EQ(octune("evaluate model.xml --val-data x.npy").err,
            "error: no metric given; name one with --metric ('octune list metrics' shows them)\n");
  EXPECT_EQ(octune("evaluate model.xml --val-data x.npy --metric sqnr").err,
            "error: --metric sqnr: compares with the float model; name it with --reference\n");
  EXPECT_EQ(
      octune("evaluate model.xml --val-data x.npy --metric accuracy@top1").err,
      "error: --metric accuracy@top1: needs labels; give --labels (file.npz:key, .npy, a text of 'path label' lines, "
      ".csv, or 'folders')\n");
  EXPECT_EQ(octune("evaluate model.xml --metric accuracy@top1").err,
            "error: --metric accuracy@top1: there are no samples to measure on; give --val-data\n");
  EXPECT_THAT(octune("evaluate model.xml --val-data x.npy --metric acuracy@top1").err,
              HasSubstr("did you mean 'accuracy@top1'?"));
}

TEST_F(CommandsTest, EvaluateOnRandomDataSaysSo) {
  EXPECT_THAT(octune("evaluate model.xml --reference model.xml --data random:2 --metric cosine").err,
              HasSubstr("warning: the samples for the metrics are random: their values say nothing about the model on "
                        "real data\n"));
}

TEST_F(CommandsTest, ListShowsNamesThatTheOptionsAccept) {
  EXPECT_THAT(octune("list").out, AllOf(HasSubstr("targets"), HasSubstr("metrics"), HasSubstr("presets")));
  EXPECT_THAT(octune("list targets").out, HasSubstr("CPU"));
  EXPECT_THAT(octune("list objectives").out,
              AllOf(HasSubstr("latency"), HasSubstr("throughput"), HasSubstr("model_size"), HasSubstr("peak_memory")));
  EXPECT_THAT(octune("list metrics").out, AllOf(HasSubstr("accuracy@top1"), HasSubstr("cer"), HasSubstr("sqnr")));
  for (const auto& [topic, option] :
       {std::pair("presets", "--preset"), std::pair("model-types", "--model-type"),
        std::pair("overflow-fixes", "--overflow-fix"), std::pair("targets", "-d"),
        std::pair("range-estimators", "--range-estimator"), std::pair("range-estimators", "--weights-estimator"),
        std::pair("bias-corrections", "--bias-correction")}) {
    for (const json& entry : octune(std::string("list --json ") + topic).json()["entries"]) {
      const auto name = entry["name"].get<std::string>();
      EXPECT_EQ(octune(std::string("plan model.xml ") + option + " " + name).exit_code, 0) << option << " " << name;
    }
  }
}

TEST_F(CommandsTest, SchemaPrintsTheFilesOfTheDocumentation) {
  const auto text_of = [](const std::string& name) {
    std::ifstream in(std::string(OCTUNE_SCHEMA_DIR) + "/" + name + ".schema.json");
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  const Outcome config = octune("schema");
  EXPECT_EQ(config.exit_code, 0);
  EXPECT_EQ(config.out, text_of("config"));
  EXPECT_EQ(octune("schema config").out, config.out);
  for (const std::string name : {"run", "calibration", "benchmark"})
    EXPECT_EQ(octune("schema " + name).out, text_of(name)) << "also where a command has the same name";
  EXPECT_EQ(octune("schema --json").json(), json::parse(text_of("config")));
}

TEST_F(CommandsTest, DoctorKnowsTheMachine) {
  const Outcome text = octune("doctor");
  EXPECT_EQ(text.exit_code, 0);
  EXPECT_THAT(text.out, AllOf(HasSubstr("octune "), HasSubstr("libopenvino.so"), HasSubstr("int8 ")));
  const json document = octune("doctor --json").json();
  EXPECT_TRUE(document["cpu_features"].contains("vnni"));
  EXPECT_LE(document["tbb_libraries"].size(), 1u) << "one TBB has to serve OpenVINO and OpenCV";
}

}  // namespace
}  // namespace octune::cli_test
