// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>

#include "program.hpp"
#include "testing/json_schema.hpp"

namespace octune::cli_test {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::string kWaves = std::string("lib:") + OCTUNE_EXAMPLE_PLUGIN + ":waves";
const std::string kLargestError = std::string("lib:") + OCTUNE_EXAMPLE_PLUGIN + ":largest_error";

/// Commands that measure a model: scripts of the shell, which are everywhere.
class OwnMetricTest : public ProgramTest {
 protected:
  void SetUp() override { write_model_and_data(); }

  void write_script(const std::string& name, const std::string& text) const {
    write(name, "#!/bin/sh\n" + text);
    std::filesystem::permissions(path(name), std::filesystem::perms::owner_all);
  }

  /// A script that gives the float model other values than the quantized one.
  void write_evaluation() const {
    write_script("eval.sh",
                 "case $1 in\n"
                 "out/*) printf '1\\n1\\n0\\n0\\n' > values.txt; v=0.5 ;;\n"
                 "*) printf '1\\n1\\n1\\n0\\n' > values.txt; v=0.75 ;;\n"
                 "esac\n"
                 "echo \"$1 $OCTUNE_DEVICE $OCTUNE_PRECISION\" >> calls.txt\n"
                 "echo loading\n"
                 "echo \"{\\\"name\\\": \\\"mine\\\", \\\"value\\\": $v, \\\"per_sample\\\": \\\"values.txt\\\"}\"\n");
  }
};

TEST_F(OwnMetricTest, ACommandMeasuresAModelWithoutAnyData) {
  write_script("eval.sh", "echo 0.25\n");
  const Outcome outcome = octune("evaluate model.xml --metric cmd:./eval.sh");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "cmd:./eval.sh : 0.2500\n");
}

TEST_F(OwnMetricTest, TheSmallestExampleRuns) {
  const Outcome outcome =
      octune(fmt::format("quantize model.xml --preset performance -o out --data x.npy --metric 'cmd:{}/size.sh'",
                         OCTUNE_EXAMPLE_COMMANDS));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json metrics = json::parse(read("out/run.json"))["metrics"];
  ASSERT_EQ(metrics.size(), 2u);
  EXPECT_EQ(metrics[0]["name"], "weights_kb");
  EXPECT_EQ(metrics[0]["higher_is_better"], false);
  EXPECT_EQ(metrics[0]["value"], std::filesystem::file_size(path("model.bin")) / 1000);
  EXPECT_EQ(metrics[1]["value"], std::filesystem::file_size(path("out/model.bin")) / 1000);
}

// It needs Python with openvino and numpy, which the build does not.
TEST_F(OwnMetricTest, TheExampleInPythonRuns) {
  const std::string python =
      fmt::format("PYTHONPATH=\"{}:$PYTHONPATH\" ${{OCTUNE_TEST_PYTHON:-python3}}", OCTUNE_OPENVINO_PYTHON);
  if (std::system((python + " -c 'import openvino, numpy' 2>/dev/null").c_str()) != 0) {
    GTEST_SKIP() << "no Python with openvino and numpy; name one in OCTUNE_TEST_PYTHON";
  }
  write("data.py",
        "import numpy\n"
        "numpy.savez('test.npz', x=numpy.load('x.npy'), y=numpy.load('y.npy'))\n");
  const Outcome outcome =
      octune(fmt::format("evaluate model.xml --data x.npy --labels y.npy --metric 'accuracy@top1' --metric "
                         "'cmd:{} {}/evaluate.py {{model}} test.npz' --precision f32 --json --progress none",
                         python, OCTUNE_EXAMPLE_COMMANDS),
             python + " data.py; ");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json metrics = outcome.json()["metrics"];
  ASSERT_EQ(metrics.size(), 2u);
  EXPECT_EQ(metrics[1]["name"], "top1");
  EXPECT_EQ(metrics[1]["samples"], 8);
  EXPECT_DOUBLE_EQ(metrics[1]["value"].get<double>(), metrics[0]["value"].get<double>());
}

TEST_F(OwnMetricTest, CommasAndSpacesBelongToTheCommand) {
  write_script("eval.sh", "echo \"$1\" > words.txt; echo \"$2\" >> words.txt; echo 1\n");
  const Outcome outcome = octune("evaluate model.xml --metric 'cmd:./eval.sh a,b \"{model}\"' --json");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(read("words.txt"), "a,b\nmodel.xml\n");
  const json metrics = outcome.json()["metrics"];
  ASSERT_EQ(metrics.size(), 1u);
  EXPECT_EQ(metrics[0]["name"], "cmd:./eval.sh a,b \"{model}\"");
  EXPECT_EQ(metrics[0]["value"], 1);
}

TEST_F(OwnMetricTest, QuantizeMeasuresBothModelsAndComparesThemInPairs) {
  write_evaluation();
  const Outcome outcome =
      octune("quantize model.xml --preset performance -o out --data x.npy --metric 'cmd:./eval.sh {model}'");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("mine : 0.7500 -> 0.5000 (-0.2500, 95 % between "));
  EXPECT_EQ(read("calls.txt"), "model.xml CPU f32\nout/model.xml CPU auto\n");

  const json record = json::parse(read("out/run.json"));
  const json schema = json::parse(std::ifstream(std::string(OCTUNE_SCHEMA_DIR) + "/run.schema.json"));
  EXPECT_THAT(octune::testing::schema_violations(record, schema), IsEmpty());
  const json metrics = record["metrics"];
  ASSERT_EQ(metrics.size(), 2u);
  EXPECT_EQ(metrics[0]["model"], "float");
  EXPECT_EQ(metrics[0]["value"], 0.75);
  EXPECT_EQ(metrics[1]["model"], "int8");
  EXPECT_EQ(metrics[1]["difference"], -0.25);
  EXPECT_EQ(metrics[1]["samples"], 4);
  EXPECT_LT(metrics[1]["confidence_95"][0], -0.25);
  EXPECT_EQ(metrics[1]["confidence_95"][1], 0);
  const json criterion = record["criteria"][0];
  EXPECT_NEAR(criterion["drop"].get<double>(), 1.0 / 3, 1e-12);
  EXPECT_EQ(criterion["confidence_95"][0], 0) << "one sample of four makes the drop: a third of the resamples lack it";
  EXPECT_GT(criterion["confidence_95"][1], 1.0 / 3);
}

TEST_F(OwnMetricTest, ACommandGoesWithOtherMetrics) {
  write_evaluation();
  const Outcome outcome = octune(
      "quantize model.xml --preset performance -o out --data x.npy --metric cosine --metric 'cmd:./eval.sh {model}' "
      "--json --progress none");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  std::vector<std::string> names;
  const json metrics = outcome.json()["metrics"];
  for (const json& metric : metrics) names.push_back(metric["name"].get<std::string>());
  EXPECT_THAT(names, ::testing::IsSupersetOf({"cosine", "mine", "mine"}));
}

TEST_F(OwnMetricTest, ACommandThatFailsShowsBeforeTheWork) {
  write_script("eval.sh", "echo no labels >&2; exit 4\n");
  const Outcome outcome =
      octune("quantize model.xml --preset performance -o out --data x.npy --metric 'cmd:./eval.sh {model}'");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err,
              HasSubstr("error: cmd:./eval.sh {model}: with model.xml: ended with exit code 4; it has to be "
                        "0; its last lines on standard error:\nerror:   no labels\n"));
  EXPECT_THAT(entries("out"), IsEmpty());
  EXPECT_EQ(octune("evaluate model.xml --metric cmd:./missing.sh").exit_code, 2);
}

TEST_F(OwnMetricTest, ThereIsATimeLimit) {
  const Outcome outcome = octune("evaluate model.xml --metric 'cmd:sleep 30; echo 1 {model}' --metric-timeout 0.2");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("stopped after 0.2 s; give it more time with --metric-timeout, or fewer samples"));
  EXPECT_THAT(octune("evaluate model.xml --metric cmd:true --metric-timeout -1").err,
              HasSubstr("--metric-timeout: -1 is out of range; give seconds, or 0 for no limit"));
}

TEST_F(OwnMetricTest, CtrlCEndsTheCommandToo) {
  write_script("eval.sh",
               "trap 'echo yes > cleaned.txt; exit 1' INT\necho $$ > pid.txt\nwhile :; do sleep 0.05; done\n");
  // The program is interrupted as soon as the command runs.
  const Outcome outcome = octune("evaluate model.xml --metric cmd:./eval.sh",
                                 "me=$BASHPID; ( while [ ! -s pid.txt ]; do sleep 0.05; done; kill -INT $me ) & ");
  EXPECT_EQ(outcome.exit_code, 130);
  EXPECT_THAT(outcome.err, HasSubstr("interrupted"));
  EXPECT_EQ(read("cleaned.txt"), "yes\n");
}

TEST_F(OwnMetricTest, MetricsOfOneNameAreRefused) {
  write_script("eval.sh", "echo '{\"name\": \"cosine\", \"value\": 1}'\n");
  EXPECT_THAT(
      octune("evaluate model.xml --reference model.xml --data x.npy --metric cosine --metric cmd:./eval.sh").err,
      HasSubstr("cmd:./eval.sh: calls its metric 'cosine', as another one is called; give it a 'name' of its own"));
  EXPECT_THAT(octune("evaluate model.xml --reference model.xml --data x.npy --metric cosine,cosine").err,
              HasSubstr("--metric cosine: there is another metric called 'cosine'; leave one of them out"));
}

TEST_F(OwnMetricTest, OneDirectionForBothModels) {
  write_script("eval.sh",
               "case $1 in other*) echo '{\"value\": 2, \"higher_is_better\": false}' ;; *) echo 1 ;; esac\n");
  write("other.xml", read("model.xml"));
  write("other.bin", read("model.bin"));
  const Outcome outcome = octune("evaluate other.xml --reference model.xml --metric 'cmd:./eval.sh {model}'");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("'higher_is_better' is true for the float model and false for the other one"));
  EXPECT_EQ(
      octune("evaluate other.xml --reference model.xml --metric 'cmd:./eval.sh {model}' --max-drop 0.5").exit_code, 2);
  EXPECT_EQ(octune("evaluate other.xml --reference model.xml --metric 'cmd:./eval.sh {model}' --max-drop 0.5 "
                   "--higher-is-better")
                .exit_code,
            0)
      << "the option decides for both";
}

TEST_F(OwnMetricTest, ValuesOfOtherSamplesAreTold) {
  write_script("eval.sh",
               "case $1 in other*) echo 1 > v.txt ;; *) printf '1\n1\n' > v.txt ;; esac\n"
               "echo '{\"name\": \"mine\", \"value\": 1, \"per_sample\": \"v.txt\"}'\n");
  write("other.xml", read("model.xml"));
  write("other.bin", read("model.bin"));
  const Outcome outcome =
      octune("evaluate other.xml --reference model.xml --metric 'cmd:./eval.sh {model}' --progress none");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.err,
            "warning: metric 'mine': the command gives values of 2 samples for the float model and of 1 for the other "
            "one: without values of the same samples its difference has no confidence interval\n");
}

TEST_F(OwnMetricTest, DataAndMetricsComeFromALibrary) {
  const Outcome outcome = octune(
      fmt::format("quantize model.xml --preset performance -o out --data {} --metric {}", kWaves, kLargestError));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("calibration: 64 of 64 samples\n"), Not(HasSubstr("fed as"))));
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("largest_error : "), HasSubstr("64 samples")));
  const json metrics = json::parse(read("out/run.json"))["metrics"];
  ASSERT_EQ(metrics.size(), 2u);
  EXPECT_GT(metrics[0]["value"].get<double>(), 0);
  EXPECT_EQ(metrics[0]["higher_is_better"], false);
}

TEST_F(OwnMetricTest, AConfigurationNamesALibraryBesideIt) {
  std::filesystem::create_directories(path("there"));
  std::filesystem::copy_file(OCTUNE_EXAMPLE_PLUGIN, path("there/mine.so"));
  write("there/config.json", R"({"model": {"model_name": "m", "model": "../model.xml"},
    "engine": {"data": "lib:mine.so:waves", "metric": "lib:mine.so:largest_error", "metric_timeout": 5},
    "compression": {"algorithms": [{"name": "DefaultQuantization", "params": {}}]}})");
  const Outcome outcome = octune("-c there/config.json -o out");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("largest_error : "));
  EXPECT_EQ(json::parse(read("out/run.json"))["configuration"]["metric_timeout"], 5);
}

}  // namespace
}  // namespace octune::cli_test
