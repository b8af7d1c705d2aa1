// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0

// Statistics that are kept: octune calibrate, and what octune quantize does with its own.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>

#include "program.hpp"
#include "testing/json_schema.hpp"
#include "testing/models.hpp"

namespace octune::cli_test {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class CalibrateTest : public ProgramTest {
 protected:
  void SetUp() override { write_model_and_data(); }

  json schema(const std::string& name) const {
    return json::parse(std::ifstream(fmt::format("{}/{}.schema.json", OCTUNE_SCHEMA_DIR, name)));
  }
  json run(const std::string& folder) const { return json::parse(read(folder + "/run.json")); }
};

TEST_F(CalibrateTest, AnotherPresetReusesTheStatisticsAndMakesTheSameModel) {
  ASSERT_EQ(octune("quantize model.xml --preset performance -o a --data x.npy").exit_code, 0);
  EXPECT_EQ(run("a")["statistics"]["reused"], false);
  EXPECT_EQ(run("a")["statistics"]["passes"], 1);
  const Outcome again = octune("quantize model.xml -o a --data x.npy --preset mixed");
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr("\n  statistics reused from a/statistics.octs, no inference\n"));
  EXPECT_THAT(again.err, Not(HasSubstr("calibration: 8/8"))) << "no pass over the data";
  const json record = run("a");
  EXPECT_THAT(octune::testing::schema_violations(record, schema("run")), IsEmpty());
  EXPECT_EQ(record["statistics"]["reused"], true);
  EXPECT_EQ(record["statistics"]["passes"], 0);
  EXPECT_EQ(record["statistics"]["samples_reused"], 8);
  EXPECT_EQ(record["statistics"]["file"], "a/statistics.octs");
  EXPECT_EQ(record["statistics"]["bytes"], read("a/statistics.octs").size());
  EXPECT_EQ(record["timings_s"]["calibrate"], 0.0);

  ASSERT_EQ(octune("quantize model.xml -o b --data x.npy --preset mixed").exit_code, 0);
  EXPECT_EQ(run("b")["statistics"]["reused"], false);
  EXPECT_EQ(run("b")["statistics"]["model"], record["statistics"]["model"]);
  EXPECT_EQ(read("a/model.bin"), read("b/model.bin"));
  EXPECT_TRUE(read("a/model.xml") == read("b/model.xml"));
}

TEST_F(CalibrateTest, RunsWithoutAFolderFindTheStatisticsToo) {
  ASSERT_EQ(octune("quantize model.xml --preset performance --data x.npy").exit_code, 0);
  EXPECT_THAT(octune("quantize model.xml --data x.npy --preset mixed").out,
              HasSubstr("statistics reused from results/model_DefaultQuantization/statistics.octs, no inference"));
}

TEST_F(CalibrateTest, OtherDataReplaceWhatQuantizeKeptByItself) {
  ASSERT_EQ(octune("quantize model.xml --preset performance -o out --data x.npy").exit_code, 0);
  write_npy("x.npy", {8, 3, 16, 16}, octune::testing::normal(8 * 3 * 16 * 16, 2));
  const Outcome outcome = octune("quantize model.xml --preset performance -o out --data x.npy");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.err,
              AllOf(HasSubstr("info: out/statistics.octs: holds statistics of another run; what differs: "),
                    HasSubstr("samples"), HasSubstr("; they are collected anew")));
  EXPECT_EQ(run("out")["statistics"]["passes"], 1);
}

TEST_F(CalibrateTest, CalibrateMakesAFileThatQuantizesWithoutData) {
  const Outcome calibrated = octune("calibrate model.xml --data x.npy --subset-size 8 -o kept/model.octs");
  ASSERT_EQ(calibrated.exit_code, 0) << calibrated.err;
  EXPECT_THAT(calibrated.out,
              AllOf(StartsWith("calibrated:\n  statistics kept/model.octs, "), HasSubstr("  samples    8\n"),
                    HasSubstr("  tensors    "), HasSubstr("  time       ")));
  EXPECT_THAT(entries("kept"), ElementsAre("model.octs"));
  const std::string kept = read("kept/model.octs");

  for (const char* estimator : {"default", "quantile", "mse"}) {
    const Outcome outcome =
        octune(fmt::format("quantize model.xml --statistics kept/model.octs -o alone --range-estimator {}", estimator));
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(run("alone")["statistics"]["reused"], true);
    EXPECT_EQ(run("alone")["samples"]["used"], 8);
    EXPECT_THAT(octune::testing::schema_violations(run("alone"), schema("run")), IsEmpty());
    ASSERT_EQ(
        octune(fmt::format("quantize model.xml --preset performance --data x.npy -o fresh{0} --range-estimator {0}",
                           estimator))
            .exit_code,
        0);
    EXPECT_EQ(read("alone/model.bin"), read(fmt::format("fresh{}/model.bin", estimator)));
  }
  EXPECT_THAT(entries("alone"), Not(Contains("statistics.octs")));
  EXPECT_TRUE(read("kept/model.octs") == kept);
}

TEST_F(CalibrateTest, CalibratingAgainCollectsNothing) {
  const Outcome first = octune("calibrate model.xml --data x.npy -o model.octs --collect common --json");
  ASSERT_EQ(first.exit_code, 0) << first.err;
  EXPECT_THAT(octune::testing::schema_violations(first.json(), schema("calibration")), IsEmpty());
  EXPECT_EQ(first.json()["passes"], 1);
  EXPECT_EQ(first.json()["samples"]["used"], 8);
  EXPECT_EQ(first.json()["bytes"], read("model.octs").size());
  const json again = octune("calibrate model.xml --data x.npy -o model.octs --collect common --json").json();
  EXPECT_EQ(again["passes"], 0);
  EXPECT_EQ(again["samples"]["reused"], 8);
  const json everything = octune("calibrate model.xml --data x.npy -o model.octs --json").json();
  EXPECT_EQ(everything["passes"], 1);
  EXPECT_GT(everything["requests"], first.json()["requests"]);
}

TEST_F(CalibrateTest, WhatDoesNotFitIsRefused) {
  ASSERT_EQ(octune("calibrate model.xml --data x.npy --collect common -o model.octs").exit_code, 0);
  const std::string kept = read("model.octs");
  const auto failure = [&](const std::string& arguments) {
    const Outcome outcome = octune(arguments + " --progress none --log-level error");
    EXPECT_EQ(outcome.exit_code, 2) << arguments;
    EXPECT_EQ(outcome.out, "");
    return outcome.err;
  };
  EXPECT_THAT(failure("quantize model.xml --preset performance --data random:8 --statistics model.octs -o out"),
              AllOf(StartsWith("error: model.octs: holds statistics of another run; what differs: "),
                    EndsWith("; name another file, or remove this one to collect them anew\n")));
  EXPECT_THAT(failure("calibrate model.xml --data random:8 -o model.octs"),
              StartsWith("error: model.octs: holds statistics of another run; what differs: "));
  EXPECT_THAT(failure("quantize model.xml --statistics model.octs -o out --range-estimator kl"),
              AllOf(StartsWith("error: model.octs: of the "), HasSubstr("octune calibrate")));
  EXPECT_EQ(failure("quantize model.xml --statistics none.octs -o out"),
            "error: --statistics: no such file 'none.octs'; 'octune calibrate' makes one\n");
  write("damaged.octs", kept.substr(0, kept.size() / 2));
  EXPECT_THAT(failure("quantize model.xml --statistics damaged.octs -o out"), StartsWith("error: damaged.octs"));
  EXPECT_THAT(failure("calibrate model.xml --data x.npy -o model.xml"), StartsWith("error: model.xml"));
  EXPECT_TRUE(read("model.octs") == kept);
}

TEST_F(CalibrateTest, WhatIsWrongWithTheArguments) {
  const auto failure = [&](const std::string& arguments) {
    const Outcome outcome = octune(arguments + " --progress none --log-level error");
    EXPECT_EQ(outcome.exit_code, 2) << arguments;
    return outcome.err;
  };
  EXPECT_EQ(failure("calibrate model.xml --data x.npy"),
            "error: no file to write given; name it with -o, as in 'octune calibrate model.onnx --data images/ -o "
            "model.octs'\n");
  EXPECT_EQ(failure("calibrate model.xml -o model.octs"),
            "error: no calibration data given; name some with --data (a folder of images, .npz, .npy, or random to "
            "try)\n");
  EXPECT_EQ(failure("calibrate --merge a.octs b.octs"),
            "error: no file to write given; name it with -o, as in 'octune calibrate --merge a.octs b.octs -o "
            "all.octs'\n");
  EXPECT_EQ(failure("calibrate --merge a.octs -o b.octs"),
            "error: --merge: 1 file of statistics given; name at least two\n");
  EXPECT_EQ(failure("calibrate --merge a.octs b.octs --data x.npy -o c.octs"),
            "error: --merge: takes files of statistics only; leave --data and --config out\n");
  EXPECT_EQ(failure("quantize model.xml --preset performance --data x.npy -o out --max-memory 2Q"),
            "error: --max-memory: '2Q' is not a number of bytes; write 1.5G, 512M, 64K or the bytes, 0 for no limit\n");
  EXPECT_EQ(failure("quantize model.xml --preset performance --data x.npy -o out --collect all"),
            "error: --collect: unknown value 'all'; (known: common, everything)\n");
  write("file", "");
  EXPECT_THAT(failure("calibrate model.xml --data x.npy -o file/model.octs"), HasSubstr("file"));
}

TEST_F(CalibrateTest, StatisticsOfPartsAreMerged) {
  const std::vector<float> values = octune::testing::normal(8 * 3 * 16 * 16, 1);
  const auto half = values.begin() + 4 * 3 * 16 * 16;
  write_npy("a.npy", {4, 3, 16, 16}, {values.begin(), half});
  write_npy("b.npy", {4, 3, 16, 16}, {half, values.end()});
  for (const char* part : {"a", "b"}) {
    ASSERT_EQ(octune(fmt::format("calibrate model.xml --data {0}.npy -o {0}.octs --subset-size 0", part)).exit_code, 0);
  }
  const Outcome merged = octune("calibrate --merge a.octs b.octs -o all.octs --json");
  ASSERT_EQ(merged.exit_code, 0) << merged.err;
  EXPECT_THAT(octune::testing::schema_violations(merged.json(), schema("calibration")), IsEmpty());
  EXPECT_EQ(merged.json()["samples"]["used"], 8);
  const auto failure = [&](const std::string& arguments) {
    const Outcome outcome = octune(arguments + " --progress none --log-level error");
    EXPECT_EQ(outcome.exit_code, 2) << arguments;
    return outcome.err;
  };
  EXPECT_EQ(failure("calibrate --merge a.octs b.octs -o all.octs"),
            "error: -o: 'all.octs' exists already and is not overwritten; remove it or name another file\n");
  ASSERT_EQ(octune("calibrate model.xml --data b.npy --mean 1 -o other.octs --subset-size 0").exit_code, 0);
  EXPECT_EQ(failure("calibrate --merge a.octs other.octs -o never.octs"),
            "error: merging statistics: 'other.octs' differs from 'a.octs' in: preprocessing ('mean [1]' in "
            "'other.octs', none in 'a.octs'); merge shards of one model and one preprocessing\n");
  EXPECT_THAT(octune("calibrate --merge a.octs b.octs a.octs -o double.octs").err,
              HasSubstr("4 of 12 samples are copies of others (sample number 1 of 'a.octs' of sample number 1 of "
                        "'a.octs')"));
  EXPECT_EQ(failure("quantize model.xml --statistics all.octs -o merged --mean 1 --subset-size 3"),
            "error: --subset-size, --mean: the statistics of --statistics are made already; leave them out, or collect "
            "others with --data\n");
  EXPECT_EQ(failure("quantize model.xml --statistics all.octs -o merged --crop 4 --norm 2 --sample-rate 8000"),
            "error: --crop, --norm, --sample-rate: the statistics of --statistics are made already; leave them out, or "
            "collect others with --data\n");
  ASSERT_EQ(octune("quantize model.xml --statistics all.octs -o merged").exit_code, 0);
  ASSERT_EQ(octune("quantize model.xml --preset performance --data x.npy -o whole").exit_code, 0);
  EXPECT_EQ(read("merged/model.bin"), read("whole/model.bin"));
}

TEST_F(CalibrateTest, TheSeedDrawsRandomData) {
  const std::string command = "calibrate model.xml --data random:8 --collect common -o model.octs --progress none";
  ASSERT_EQ(octune(command + " --seed 1").exit_code, 0);
  EXPECT_EQ(octune(command + " --seed 1 --json").json()["passes"], 0);
  const Outcome other = octune(command + " --seed 2 --log-level error");
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_EQ(
      other.err,
      "error: model.octs: holds statistics of another run; what differs: preprocessing ('random values of seed 1' "
      "in the file, 'random values of seed 2' in this run); name another file, or remove this one to collect them "
      "anew\n");
}

TEST_F(CalibrateTest, MemoryMayBeAPartOfAGigabyte) {
  const Outcome outcome = octune("calibrate model.xml --data x.npy -o model.octs --max-memory 1.5G --json");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.json()["passes"], 1);
}

TEST_F(CalibrateTest, AnEchoOfCtrlCDoesNotEndTheProgram) {
  const Outcome stopped = octune(
      "quantize model.xml --preset performance -o out --data random:200000 --subset-size 0 --threads 1 --progress "
      "plain > run.txt 2> "
      "err.txt "
      "& until grep -q '^calibration: ' err.txt 2>/dev/null || ! kill -0 $!; do sleep 0.1; done; kill -INT $!; kill "
      "-INT $!; kill -TERM $!; wait $!");
  EXPECT_EQ(stopped.exit_code, 130);
  EXPECT_THAT(read("err.txt"), HasSubstr("error: interrupted; "));
}

TEST_F(CalibrateTest, AConfigurationFileNamesTheFileToo) {
  ASSERT_EQ(octune("calibrate model.xml --data x.npy -o kept.octs").exit_code, 0);
  write("c.json", R"({"model": {"model": "model.xml"},
    "engine": {"statistics": "kept.octs", "collect": "everything", "max_memory": "1G"}})");
  const Outcome outcome = octune("-c c.json -o out");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json configuration = run("out")["configuration"];
  EXPECT_THAT(configuration["statistics"].get<std::string>(), EndsWith("kept.octs"));
  EXPECT_EQ(configuration["collect"], "everything");
  EXPECT_EQ(configuration["max_memory"], 1073741824);
  EXPECT_EQ(run("out")["statistics"]["reused"], true);
}

TEST_F(CalibrateTest, CtrlCKeepsWhatWasCollectedAndTheSameCommandGoesOn) {
  // So many samples that the signal comes during calibration, and progress that shows when that is.
  const std::string command =
      "quantize model.xml --preset performance -o out --data random:{} --subset-size 0 --threads 1";
  const Outcome stopped = octune(
      fmt::format(fmt::runtime(command), 200000) +
      " --progress plain > run.txt 2> err.txt & until grep -q '^calibration: ' err.txt 2>/dev/null || ! kill -0 $!; "
      "do sleep 0.1; done; kill -INT $!; wait $!");
  EXPECT_EQ(stopped.exit_code, 130);
  const std::string err = read("err.txt");
  EXPECT_THAT(err, AllOf(HasSubstr("error: interrupted; "),
                         HasSubstr(" of 200000 samples are kept in out/statistics.octs; the same command goes on\n")));
  EXPECT_THAT(entries("out"), ElementsAre("statistics.octs"));

  const Outcome again = octune(
      fmt::format(fmt::runtime(command), 200000) +
      " --progress plain > run.txt 2> err2.txt & until grep -q '^calibration: ' err2.txt 2>/dev/null || ! kill -0 $!; "
      "do sleep 0.1; done; kill -INT $!; wait $!");
  EXPECT_EQ(again.exit_code, 130);
  EXPECT_THAT(read("err2.txt"), HasSubstr(" of 200000 samples are there already, it goes on behind them"));
}

}  // namespace
}  // namespace octune::cli_test
