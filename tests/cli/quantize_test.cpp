// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
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

class QuantizeTest : public ProgramTest {
 protected:
  void SetUp() override { write_model_and_data(); }
};

TEST_F(QuantizeTest, LeavesAModelAndARecordThatKeepsToItsSchema) {
  const Outcome outcome = octune("quantize model.xml --preset performance -o out --data x.npy");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(entries("out"), ElementsAre("model.bin", "model.xml", "run.json", "statistics.octs"));
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("out/model.xml"), HasSubstr("out/run.json"), HasSubstr("operations")));
  EXPECT_LE(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 12);

  const json record = json::parse(read("out/run.json"));
  const json schema = json::parse(std::ifstream(std::string(OCTUNE_SCHEMA_DIR) + "/run.schema.json"));
  EXPECT_THAT(octune::testing::schema_violations(record, schema), IsEmpty());
  EXPECT_EQ(record["samples"]["used"], 8);
  EXPECT_EQ(record["output"]["model"], "out/model.xml");
  EXPECT_EQ(record["plan"]["preset"], "performance");
  EXPECT_GT(record["operations"]["quantized"], 0);
  double sum = 0;
  for (const auto& [name, seconds] : record["timings_s"].items()) {
    if (name != "total") sum += seconds.get<double>();
  }
  EXPECT_NEAR(sum, record["timings_s"]["total"].get<double>(), 1e-6);
}

TEST_F(QuantizeTest, FewerSamplesThanAskedForIsAWarning) {
  const Outcome outcome = octune("quantize model.xml --preset performance -o out --data x.npy --subset-size 100");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("warning: 100 calibration samples were asked for, the data set has 8"));
  EXPECT_THAT(json::parse(read("out/run.json"))["warnings"].dump(), HasSubstr("100 calibration samples"));
  EXPECT_THAT(octune("quantize model.xml --preset performance -o out --data x.npy --subset-size 8").err,
              Not(HasSubstr("were asked for")));
}

TEST_F(QuantizeTest, WithAMetricBothModelsAreMeasuredAndComparedInPairs) {
  const Outcome outcome = octune(
      "quantize model.xml --preset performance -o out --data x.npy --labels y.npy --metric accuracy@top1 --metric "
      "cosine");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("accuracy@top1 : "), HasSubstr(", 95 % between "), HasSubstr("8 samples"),
                                 HasSubstr("cosine : ")));
  const json metrics = json::parse(read("out/run.json"))["metrics"];
  ASSERT_EQ(metrics.size(), 5u);
  EXPECT_EQ(metrics[0]["model"], "float");
  EXPECT_EQ(metrics[1]["model"], "int8");
  EXPECT_EQ(metrics[1]["precision"], "auto");
  EXPECT_DOUBLE_EQ(metrics[1]["difference"].get<double>(),
                   metrics[1]["value"].get<double>() - metrics[0]["value"].get<double>());
  EXPECT_LE(metrics[1]["confidence_95"][0], metrics[1]["difference"]);
  EXPECT_GE(metrics[1]["confidence_95"][1], metrics[1]["difference"]);
  EXPECT_GT(metrics[2]["value"].get<double>(), 0.9) << "int8 outputs are close to the float model's";
}

TEST_F(QuantizeTest, APartOfTheDataIsLeftForTheMetrics) {
  const Outcome outcome = octune(
      "quantize model.xml --preset performance -o out --data x.npy --labels y.npy --metric accuracy@top1 --val-split 3 "
      "--seed 5");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("3 of 8 samples are for the metrics and do not calibrate (seed 5)"));
  const json record = json::parse(read("out/run.json"));
  EXPECT_EQ(record["samples"]["available"], 5);
  EXPECT_EQ(record["metrics"][0]["samples"], 3);
  EXPECT_EQ(record["configuration"]["val_split"], 3);
  EXPECT_THAT(octune("quantize model.xml --preset performance -o out --data x.npy --metric cosine --val-split 8").err,
              HasSubstr("error: --val-split: "));
  EXPECT_THAT(
      octune(
          "quantize model.xml --preset performance -o out --data x.npy --val-data x.npy --metric cosine --val-split 2")
          .err,
      HasSubstr("--val-split: there are --val-data already; give one of the two"));
}

TEST_F(QuantizeTest, SamplesThatCalibrateAndAreMeasuredAreAWarning) {
  write("both.npy", read("x.npy"));
  const Outcome outcome =
      octune("quantize model.xml --preset performance -o out --data x.npy --val-data both.npy --metric cosine");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("8 of 8 validation samples are calibration samples as well"));
}

TEST_F(QuantizeTest, JsonIsTheRecordAndNothingElse) {
  const Outcome outcome = octune("quantize model.xml --preset performance -o out --data x.npy --json --progress none");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.json(), json::parse(read("out/run.json")));
}

TEST_F(QuantizeTest, TheSameCommandWritesTheSameBytes) {
  ASSERT_EQ(octune("quantize model.xml --preset performance -o a --data x.npy --threads 1").exit_code, 0);
  ASSERT_EQ(octune("quantize model.xml --preset performance -o b --data x.npy --threads 2").exit_code, 0);
  EXPECT_EQ(read("a/model.bin"), read("b/model.bin"));
  EXPECT_TRUE(read("a/model.xml") == read("b/model.xml")) << "names, order or provenance differ";
}

TEST_F(QuantizeTest, TheModelSaysWhatMadeIt) {
  ASSERT_EQ(octune("quantize model.xml -o out --data x.npy --preset mixed --name small").exit_code, 0);
  EXPECT_THAT(entries("out"), ElementsAre("run.json", "small.bin", "small.xml", "statistics.octs"));
  EXPECT_THAT(read("out/small.xml"), AllOf(HasSubstr("openvino_version"), HasSubstr("mixed")));
  EXPECT_THAT(read("out/small.xml"), Not(HasSubstr("x.npy"))) << "no paths of the user's machine";
}

TEST_F(QuantizeTest, AFolderOfImagesCalibratesToo) {
  write_images("images", 4);
  const Outcome outcome = octune(
      "quantize model.xml --preset performance -o out --data images --mean 127.5 --scale 127.5 --subset-size 4 --color "
      "bgr");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("BGR"));
}

TEST_F(QuantizeTest, ADynamicModelIsGivenAShape) {
  const Outcome outcome = octune("quantize model.xml --preset performance -o out --data x.npy --shape x[2,3,16,16]");
  EXPECT_NE(outcome.exit_code, 0) << "samples of batch 1 do not fit a batch of 2";
  EXPECT_EQ(octune("quantize model.xml --preset performance -o out --data x.npy --shape 1,3,16,16").exit_code, 0);
}

TEST_F(QuantizeTest, ResultsGoToAFolderOfTheirOwnByDefault) {
  ASSERT_EQ(octune("quantize model.xml --preset performance --data x.npy").exit_code, 0);
  const std::vector<std::string> runs = entries("results/model_DefaultQuantization");
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(runs[1], "statistics.octs") << "where the next run finds it";
  EXPECT_THAT(entries("results/model_DefaultQuantization/" + runs[0]),
              ElementsAre("model.bin", "model.xml", "run.json"));
}

TEST_F(QuantizeTest, TheLogFileHasEverythingTheScreenOnlyWhatIsAsked) {
  const Outcome outcome = octune(
      "quantize model.xml --preset performance -o out --data random:2 --subset-size 2 --log-level error --log-file "
      "log.txt --progress none");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.err, "");
  EXPECT_THAT(read("log.txt"),
              AllOf(HasSubstr(" warning: the calibration data are random"), HasSubstr(" info: calibration: ")));
}

}  // namespace
}  // namespace octune::cli_test
