// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/command_output.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>

#include "evaluate/test_values.hpp"
#include "testing/temporary_folder.hpp"

namespace octune::evaluate {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<MetricResult> parse(const std::string& line, std::vector<std::string>& warnings) {
  return parse_command_output(line, "cmd:x", "cmd:x", warnings);
}

MetricResult parse_one(const std::string& line) {
  std::vector<std::string> warnings;
  const std::vector<MetricResult> results = parse(line, warnings);
  EXPECT_EQ(results.size(), 1u);
  EXPECT_THAT(warnings, IsEmpty());
  return results.at(0);
}

std::string refusal(const std::string& line) {
  return error_text(ErrorKind::input, [&] { parse_one(line); });
}

TEST(CommandOutput, ANumberIsEnough) {
  const MetricResult result = parse_one("0.75");
  EXPECT_EQ(result.name, "cmd:x");
  EXPECT_EQ(result.value, 0.75);
  EXPECT_TRUE(result.higher_is_better);
  EXPECT_EQ(result.samples, 0u);
  EXPECT_THAT(result.scores, IsEmpty());
  EXPECT_EQ(parse_one("-3").value, -3);
}

TEST(CommandOutput, AnObjectMaySayMore) {
  const MetricResult result =
      parse_one(R"({"value": 0.1, "name": "cer", "higher_is_better": false, "samples": 300, "seconds": 4.2})");
  EXPECT_EQ(result.name, "cer");
  EXPECT_EQ(result.value, 0.1);
  EXPECT_FALSE(result.higher_is_better);
  EXPECT_EQ(result.samples, 300u);
  EXPECT_EQ(parse_one(R"({"value": 1})").name, "cmd:x");
}

TEST(CommandOutput, SeveralMetricsHaveNames) {
  std::vector<std::string> warnings;
  const auto results = parse(
      R"({"metrics": [{"name": "a", "value": 1}, {"name": "b", "value": 2, "higher_is_better": false}]})", warnings);
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[0].name, "a");
  EXPECT_EQ(results[1].name, "b");
  EXPECT_EQ(results[1].value, 2);
  EXPECT_FALSE(results[1].higher_is_better);
}

TEST(CommandOutput, WhatIsNoMetricIsRefused) {
  EXPECT_EQ(refusal(""),
            "cmd:x: it printed nothing; its last line of standard output has to be a number or {\"value\": 0.761}");
  EXPECT_EQ(refusal("accuracy: 0.76"),
            "cmd:x: its last line is 'accuracy: 0.76'; it has to be JSON, a number or {\"value\": 0.761}");
  EXPECT_EQ(refusal("info: no nanometres"),
            "cmd:x: its last line is 'info: no nanometres'; it has to be JSON, a number or {\"value\": 0.761}");
  EXPECT_EQ(refusal("[0.5]"), "cmd:x: its last line is '[0.5]'; it has to be JSON, a number or {\"value\": 0.761}");
  EXPECT_EQ(refusal(std::string(300, 'x')), "cmd:x: its last line is '" + std::string(200, 'x') +
                                                "...'; it has to be JSON, a number or {\"value\": 0.761}");
  EXPECT_EQ(refusal(R"({"accuracy": 0.5})"),
            "cmd:x: '{\"accuracy\":0.5}' has no 'value'; print a number or {\"value\": 0.761}");
  EXPECT_EQ(refusal(R"({"value": "0.5"})"), "cmd:x: 'value' is \"0.5\"; print a finite number");
  EXPECT_EQ(refusal(R"({"value": 1, "higher_is_better": "no"})"),
            "cmd:x: 'higher_is_better' is \"no\"; it has to be true or false");
  EXPECT_EQ(refusal(R"({"value": 1, "samples": -1})"), "cmd:x: 'samples' is -1; it has to be a number of samples");
  EXPECT_EQ(refusal(R"({"value": 1, "name": ""})"),
            "cmd:x: a metric has no name; give each of several metrics a 'name' of its own");
  EXPECT_EQ(refusal(R"({"metrics": []})"),
            "cmd:x: 'metrics' is '[]'; it has to be a list of objects with 'name' and 'value'");
  EXPECT_EQ(refusal(R"({"metrics": [{"value": 1}]})"),
            "cmd:x: a metric has no name; give each of several metrics a 'name' of its own");
  EXPECT_EQ(refusal(R"({"metrics": [0.5]})"),
            "cmd:x: '0.5' in 'metrics' is no object; write {\"name\": \"...\", \"value\": 0.761}");
  EXPECT_EQ(refusal(R"({"metrics": [{"name": "a", "value": 1}, {"name": "a", "value": 2}]})"),
            "cmd:x: two metrics are called 'a'; give each a name of its own");
}

TEST(CommandOutput, NaNAndInfinityAreRefused) {
  const std::string tail = "; print finite numbers, not NaN or infinity";
  EXPECT_EQ(refusal("NaN"), "cmd:x: its last line is 'NaN'" + tail);
  EXPECT_EQ(refusal("nan"), "cmd:x: its last line is 'nan'" + tail);
  EXPECT_EQ(refusal("-inf"), "cmd:x: its last line is '-inf'" + tail);
  EXPECT_EQ(refusal(R"({"value": NaN})"), "cmd:x: its last line is '{\"value\": NaN}'" + tail);
  EXPECT_EQ(refusal(R"({"value": -Infinity})"), "cmd:x: its last line is '{\"value\": -Infinity}'" + tail);
  EXPECT_EQ(refusal(R"({"value": null})"), "cmd:x: 'value' is null; print a finite number");
}

// A misspelt direction would be taken for "higher is better".
TEST(CommandOutput, NearMissesOfKeysAreRefused) {
  EXPECT_EQ(refusal(R"({"value": 1, "higher_is_beter": false})"),
            "cmd:x: unknown key 'higher_is_beter'; did you mean 'higher_is_better'? (known: value, higher_is_better, "
            "name, samples, per_sample, metrics)");
}

class PerSampleFile : public ::testing::Test {
 protected:
  std::filesystem::path write(const std::string& name, const std::string& content) const {
    std::ofstream(folder_.path() / name, std::ios::binary) << content;
    return folder_.path() / name;
  }

  /// A .npy file of version 1.
  std::filesystem::path write_npy(const std::string& type, const std::string& shape, const std::string& bytes) const {
    std::string header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
    header.resize((10 + header.size() + 1 + 63) / 64 * 64 - 10 - 1, ' ');
    header += '\n';
    return write("v.npy",
                 std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size()) + '\0' + header + bytes);
  }

  std::string problem(const std::filesystem::path& path) const {
    return error_text(ErrorKind::input, [&] { read_per_sample(path, "w"); });
  }

  std::string line(double value, const std::filesystem::path& path) const {
    return "{\"value\": " + std::to_string(value) + ", \"per_sample\": \"" + path.string() + "\"}";
  }

 private:
  octune::testing::TemporaryFolder folder_;
};

TEST_F(PerSampleFile, IsTextJsonOrNpy) {
  EXPECT_THAT(read_per_sample(write("v.txt", "1\n0\r\n\n -2.5e-1 \n+4"), "w"), ElementsAre(1, 0, -0.25, 4));
  EXPECT_THAT(read_per_sample(write("v.json", "[1, 0.5, true, false]"), "w"), ElementsAre(1, 0.5, 1, 0));
  const std::vector<float> floats{0.5F, 2};
  const std::string bytes(reinterpret_cast<const char*>(floats.data()), 8);
  EXPECT_THAT(read_per_sample(write_npy("<f4", "(2,)", bytes), "w"), ElementsAre(0.5, 2));
  EXPECT_THAT(read_per_sample(write_npy("<f4", "(2, 1)", bytes), "w"), ElementsAre(0.5, 2));
  EXPECT_THAT(read_per_sample(write_npy("|b1", "(3,)", std::string("\1\0\1", 3)), "w"), ElementsAre(1, 0, 1));
  EXPECT_THAT(read_per_sample(write_npy("|i1", "(2,)", "\xff\x03"), "w"), ElementsAre(-1, 3));
}

TEST_F(PerSampleFile, OfAnotherFormIsRefused) {
  EXPECT_EQ(problem("/nowhere/v.txt"),
            "w: '/nowhere/v.txt': no such file; write the values of the samples before the last line is printed");
  const auto text = write("v.txt", "1\nyes\n");
  EXPECT_EQ(problem(text), "w: '" + text.string() + "':2: 'yes' is no number; write one number a line");
  write("v.txt", "\n");
  EXPECT_EQ(problem(text), "w: '" + text.string() + "': holds no values; write one a sample");
  write("v.txt", "1\nnan\n");
  EXPECT_EQ(problem(text), "w: '" + text.string() + "': value 1 is NaN; only finite numbers can be compared");
  const auto list = write("v.json", "{}");
  EXPECT_EQ(problem(list), "w: '" + list.string() + "': no JSON list of finite numbers; write [0.5, 1, ...]");
  write("v.json", "[1, \"a\"]");
  EXPECT_EQ(problem(list), "w: '" + list.string() + "': value 1 is '\"a\"'; write a number a sample");
  const auto npy = write_npy("|i1", "(1, 2)", "\1\2");
  EXPECT_EQ(problem(npy), "w: '" + npy.string() + "': not one number a sample; save an array of shape [samples]");
}

TEST_F(PerSampleFile, ValuesBecomeScoresIfTheirMeanIsTheValue) {
  const auto file = write("v.txt", "1\n0\n1\n");
  const MetricResult result = parse_one(line(0.6667, file));
  EXPECT_EQ(result.value, 0.6667);
  EXPECT_EQ(result.samples, 3u);
  EXPECT_THAT(result.scores, ElementsAre(Score{1}, Score{0}, Score{1}));

  std::vector<std::string> warnings;
  const auto other = parse(line(0.7, file), warnings);
  EXPECT_THAT(other.at(0).scores, IsEmpty());
  EXPECT_EQ(other.at(0).samples, 3u);
  EXPECT_THAT(warnings, ElementsAre("cmd:x: the values of the samples have the mean 0.666667, but 'cmd:x' is 0.7: "
                                    "without values whose mean it is, its difference has no confidence interval"));
}

TEST_F(PerSampleFile, HoldsAsManyValuesAsThereAreSamples) {
  const auto file = write("v.txt", "1\n0\n");
  EXPECT_EQ(refusal("{\"value\": 0.5, \"samples\": 3, \"per_sample\": \"" + file.string() + "\"}"),
            "cmd:x: 'samples' is 3, but '" + file.string() + "' holds 2 values; write one value a sample");
}

}  // namespace
}  // namespace octune::evaluate
