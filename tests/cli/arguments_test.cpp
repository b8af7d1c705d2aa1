// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "program.hpp"

namespace octune::cli_test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class ArgumentsTest : public ProgramTest {
 protected:
  void expect_error(const std::string& arguments, const std::string& message) const {
    const Outcome outcome = octune(arguments);
    EXPECT_EQ(outcome.exit_code, 2) << arguments;
    EXPECT_EQ(outcome.err, "error: " + message + "\n");
    EXPECT_EQ(outcome.out, "");
  }
};

TEST_F(ArgumentsTest, VersionAndHelp) {
  const Outcome version = octune("--version");
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_THAT(version.out, StartsWith("octune "));

  const Outcome help = octune("--help");
  EXPECT_EQ(help.exit_code, 0);
  for (const char* word : {"quantize", "calibrate", "evaluate", "benchmark", "plan", "list", "schema", "doctor",
                           "Examples:", "Exit codes:"}) {
    EXPECT_THAT(help.out, HasSubstr(word));
  }
}

TEST_F(ArgumentsTest, EveryCommandHasHelpWithExamples) {
  for (const char* command : {"quantize", "calibrate", "evaluate", "benchmark", "plan", "list", "schema", "doctor"}) {
    const Outcome help = octune(std::string(command) + " --help");
    EXPECT_EQ(help.exit_code, 0) << command;
    EXPECT_THAT(help.out, HasSubstr(std::string("Usage: octune ") + command)) << command;
    EXPECT_THAT(help.out, HasSubstr(std::string("Examples:\n  octune ") + command)) << command;
    EXPECT_THAT(help.err, IsEmpty());
  }
}

TEST_F(ArgumentsTest, UnknownWordsAreReportedWithWhatWasMeant) {
  const std::string commands = "(known: quantize, calibrate, evaluate, benchmark, plan, data, list, schema, doctor)";
  expect_error("", "octune: no command given; " + commands + ", see 'octune --help'");
  expect_error("quantise m.onnx", "octune: unknown command 'quantise'; did you mean 'quantize'? " + commands);
  expect_error("--preset mixed quantize",
               "octune: option '--preset' comes before the command; " + commands + ", see 'octune --help'");
  expect_error("quantize m.onnx --presset mixed",
               "octune quantize: unknown option '--presset'; did you mean '--preset'? see 'octune quantize --help'");
  expect_error("quantize m.onnx --presset=mixed",
               "octune quantize: unknown option '--presset'; did you mean '--preset'? see 'octune quantize --help'");
  expect_error("doctor now", "octune doctor: unexpected argument 'now'; see 'octune doctor --help'");
  expect_error("quantize a.xml b.xml", "unexpected argument 'b.xml' behind the model 'a.xml'; name one model");
  expect_error("list metric",
               "octune list: unknown topic 'metric'; did you mean 'metrics'? (known: targets, metrics, decoders, "
               "objectives, presets, model-types, overflow-fixes, algorithms, range-estimators, bias-corrections, "
               "layerwise-methods, resize-modes, ... 1 more)");
  expect_error("schema rn",
               "octune schema: unknown format 'rn'; did you mean 'run'? (known: benchmark, calibration, config, run)");
}

TEST_F(ArgumentsTest, UnknownValuesNameTheOption) {
  expect_error("quantize m.xml --preset mixd",
               "--preset: unknown value 'mixd'; did you mean 'mixed'? (known: performance, mixed, accuracy)");
  expect_error(
      "quantize m.xml --model-type transfomer",
      "--model-type: unknown value 'transfomer'; did you mean 'transformer'? (known: auto, none, transformer)");
  expect_error("quantize m.xml --overflow-fix on",
               "--overflow-fix: unknown value 'on'; did you mean 'off'? (known: auto, first_layer, all, off)");
  expect_error("quantize m.xml --resize-mode strech",
               "--resize-mode: unknown value 'strech'; did you mean 'stretch'? (known: stretch, letterbox, shorter, "
               "keep_aspect_height)");
  expect_error("quantize m.xml --resize 1x2",
               "--resize: '1x2' is not a size; write height,width (224,224) or one number for both");
  expect_error("quantize m.xml --mean a", "--mean: 'a' is not a list of numbers; write them as 123.675,116.28,103.53");
  expect_error("quantize m.xml --progress fast", "--progress: unknown value 'fast'; (known: auto, bar, plain, none)");
  expect_error("quantize m.xml --log-level verbose",
               "--log-level: unknown value 'verbose'; (known: debug, info, warning, error)");
  expect_error("quantize m.xml --threads -1",
               "--threads: -1 is negative; give the number of threads, or 0 for all cores");
  expect_error("quantize m.xml --weights-bits 9",
               "--weights-bits: 9 is out of range; give 2 to 8, or 16 for devices that have it");
  expect_error(
      "quantize m.xml --activations-mode symetric",
      "--activations-mode: unknown value 'symetric'; did you mean 'symmetric'? (known: symmetric, asymmetric)");
  expect_error(
      "quantize m.xml --weights-granularity channel",
      "--weights-granularity: unknown value 'channel'; did you mean 'perchannel'? (known: pertensor, perchannel)");
  expect_error("quantize m.xml --weights-estimator mqe",
               "--weights-estimator: unknown value 'mqe'; did you mean 'mse'? (known: default, quantile, histogram, "
               "mse, kl)");
  expect_error("quantize m.xml --range-estimator kll",
               "--range-estimator: unknown value 'kll'; did you mean 'kl'? (known: default, quantile, histogram, mse, "
               "kl)");
  expect_error("quantize m.xml --bias-correction slow",
               "--bias-correction: unknown value 'slow'; (known: none, fast, sequential)");
  expect_error("quantize m.xml --bias-threshold -1", "--bias-threshold: -1 is out of range; give 0 or more");
  expect_error("quantize m.xml --sequence-length 0", "--sequence-length: 0 is out of range; give 1 or more");
  expect_error("quantize m.xml --seed abc",
               "octune quantize: --seed: 'abc' is not a whole number of at least 0; see 'octune quantize --help'");
  const Outcome target = octune("quantize m.xml --target-device CUP");
  EXPECT_EQ(target.exit_code, 2);
  EXPECT_THAT(target.err, HasSubstr("error: --target-device: "));
  EXPECT_THAT(target.err, HasSubstr("did you mean 'CPU'?"));
}

TEST_F(ArgumentsTest, WithJsonAMistakeIsReportedAsJsonToo) {
  const Outcome outcome = octune("quantize m.xml --presset mixed --json");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.json()["exit_code"], 2);
  EXPECT_EQ(outcome.json()["error"]["kind"], "input");
  EXPECT_THAT(outcome.json()["error"]["message"].get<std::string>(), HasSubstr("unknown option '--presset'"));
}

TEST_F(ArgumentsTest, ALogLevelOfAnotherProgramIsNotAnError) {
  const Outcome outcome = octune("doctor", "export LOGLEVEL=TRACE;");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("warning: LOGLEVEL: unknown value 'trace'"));
}

}  // namespace
}  // namespace octune::cli_test
