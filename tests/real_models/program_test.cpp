// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/cli/program.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "models.hpp"
#include "testing/json_schema.hpp"

namespace octune::real_models {
namespace {

namespace fs = std::filesystem;
using cli_test::Outcome;
using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kPreprocess =
    "--shape 'x[1,3,48,320]' --resize 48,320 --resize-mode keep-aspect-height --color bgr --mean 127.5 --scale 127.5";

/// Text recognition in a folder with the links "models" and "lines".
class RecognitionTest : public cli_test::ProgramTest {
 protected:
  void SetUp() override {
    fs::create_directory_symlink(model_path("pp_ocr_v4_recognition.onnx").parent_path(), path("models"));
    fs::create_directory_symlink(text_lines(), path("lines"));
  }

  /// "val.txt": the first `count` labelled lines.
  void write_validation_list(int count) const {
    std::ifstream labels(text_lines() / "test/labels.txt");
    std::string list, line;
    for (int i = 0; i < count && std::getline(labels, line); ++i) list += "lines/test/" + line + "\n";
    write("val.txt", list);
  }
};

TEST_F(RecognitionTest, QuantizesTextRecognitionAndKeepsItsAccuracy) {
  constexpr int kValidation = 100;
  write_validation_list(kValidation);
  const Outcome outcome =
      octune(fmt::format("quantize models/pp_ocr_v4_recognition.onnx -o out --preset performance {} --data "
                         "lines/calibration --subset-size 32 "
                         "--val-data val.txt --labels val.txt --metric exact_match --metric cer --ignore-spaces",
                         kPreprocess));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(entries("out"), ElementsAre("float_results.octf", "pp_ocr_v4_recognition.bin",
                                          "pp_ocr_v4_recognition.xml", "run.json", "statistics.octs"));

  const json record = json::parse(read("out/run.json"));
  const json schema = json::parse(std::ifstream(OCTUNE_SCHEMA_DIR "/run.schema.json"));
  EXPECT_THAT(octune::testing::schema_violations(record, schema), IsEmpty());
  EXPECT_EQ(record["samples"]["used"], 32);
  EXPECT_EQ(record["operations"]["executed_in_float"], 0);
  EXPECT_LT(record["output"]["bytes"].get<double>(), 0.4 * record["input"]["bytes"].get<double>());

  std::map<std::string, double> value;
  for (const json& metric : record["metrics"]) {
    EXPECT_EQ(metric["samples"], kValidation);
    value[fmt::format("{} {} {}", metric["name"].get<std::string>(), metric["model"].get<std::string>(),
                      metric["precision"].get<std::string>())] = metric["value"];
  }
  EXPECT_GE(value.at("exact_match float f32"), 0.7) << "is the preprocessing right?";
  for (const char* precision : {"f32", "auto"}) {
    EXPECT_GE(value.at(fmt::format("exact_match int8 {}", precision)), value["exact_match float f32"] - 0.05);
    EXPECT_LE(value.at(fmt::format("cer int8 {}", precision)), value["cer float f32"] + 0.03);
  }
}

TEST_F(RecognitionTest, TheExampleForTheAccuracyCheckerMeasuresWhatTheFlagsDo) {
  const fs::path example = fs::path(OCTUNE_SOURCE_DIR) / "examples/accuracy_checker/recognition.json";
  const Outcome outcome =
      octune(fmt::format("evaluate -c {} --precision f32 --json --progress none", example.string()));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json metrics = outcome.json()["metrics"];
  ASSERT_EQ(metrics.size(), 2U);
  EXPECT_EQ(metrics[0]["name"], "exact_match");
  EXPECT_EQ(metrics[0]["samples"], 300);
  EXPECT_NEAR(metrics[0]["value"].get<double>(), 0.9033, 0.01) << "docs/data.md has the flags and the value";
  EXPECT_NEAR(metrics[1]["value"].get<double>(), 0.0264, 0.003);
}

TEST_F(RecognitionTest, TheWrittenModelIsEvaluatedToTheRecordedValue) {
  write_validation_list(20);
  const std::string validation =
      fmt::format("{} --val-data val.txt --labels val.txt --metric exact_match --ignore-spaces --json", kPreprocess);
  const Outcome made = octune(
      "quantize models/pp_ocr_v4_recognition.onnx -o out --name int8 --data lines/calibration "
      "--preset mixed --subset-size 8 " +
      validation);
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const Outcome evaluated = octune("evaluate out/int8.xml " + validation);
  ASSERT_EQ(evaluated.exit_code, 0) << evaluated.err;
  const json metrics = made.json()["metrics"];
  ASSERT_EQ(metrics[1]["model"], "int8");
  ASSERT_EQ(metrics[1]["precision"], evaluated.json()["precision"]);
  EXPECT_EQ(evaluated.json()["metrics"][0]["name"], "exact_match");
  EXPECT_EQ(evaluated.json()["metrics"][0]["value"], metrics[1]["value"]);
}

TEST_F(RecognitionTest, AnotherPresetReusesTheStatistics) {
  const std::string command = fmt::format(
      "quantize models/pp_ocr_v4_recognition.onnx {} --data lines/calibration --subset-size 8 --json ", kPreprocess);
  ASSERT_EQ(octune(command + "-o kept --preset mixed").exit_code, 0);
  for (const std::string options : {"--preset mixed", "--preset accuracy --ignored-types MatMul --no-smooth-quant"}) {
    const Outcome reused = octune(command + "-o kept " + options);
    ASSERT_EQ(reused.exit_code, 0) << reused.err;
    EXPECT_EQ(reused.json()["statistics"]["reused"], true) << options;
    EXPECT_EQ(reused.json()["timings_s"]["calibrate"], 0.0) << options;
    const Outcome anew = octune(command + "-o anew " + options);
    EXPECT_EQ(anew.json()["statistics"]["reused"], false) << options;
    for (const char* file : {"pp_ocr_v4_recognition.bin", "pp_ocr_v4_recognition.xml"})
      EXPECT_TRUE(read(std::string("kept/") + file) == read(std::string("anew/") + file)) << options << " " << file;
    fs::remove_all(path("anew"));
  }
}

TEST_F(RecognitionTest, APotFileGivesTheModelOfTheSameOptions) {
  fs::copy_file(fs::path(OCTUNE_SOURCE_DIR) / "tests/real_models/pot_recognition.json", path("pot.json"));
  const Outcome from_file = octune("-c pot.json -o from_file");
  ASSERT_EQ(from_file.exit_code, 0) << from_file.err;
  const Outcome from_flags = octune(fmt::format(
      "quantize models/pp_ocr_v4_recognition.onnx -o from_flags --name recognition {} --data lines/calibration "
      "--preset mixed --subset-size 12",
      kPreprocess));
  ASSERT_EQ(from_flags.exit_code, 0) << from_flags.err;
  // Not EXPECT_EQ: it would print megabytes.
  EXPECT_TRUE(read("from_file/recognition.bin") == read("from_flags/recognition.bin"));
  EXPECT_TRUE(read("from_file/recognition.xml") == read("from_flags/recognition.xml"));
}

}  // namespace
}  // namespace octune::real_models
