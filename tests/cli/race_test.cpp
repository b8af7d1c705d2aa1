// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <openvino/openvino.hpp>
#include <openvino/opsets/opset8.hpp>

#include "program.hpp"

// Criteria of "evaluate", and measuring that stops when the outcome is certain.
namespace octune::cli_test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
namespace op = ov::opset8;

constexpr int kSamples = 400;

/// x[1,2] -> x times `factor`: with -1 the other class wins.
std::shared_ptr<ov::Model> scaled(float factor) {
  auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::Shape{1, 2});
  x->output(0).set_names({"x"});
  const auto by = op::Constant::create(ov::element::f32, {1, 1}, {factor});
  const auto y = std::make_shared<op::Multiply>(x, by);
  return std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{x}, "scaled");
}

class RaceTest : public ProgramTest {
 protected:
  void SetUp() override {
    ov::save_model(scaled(1), path("float.xml"), false);
    ov::save_model(scaled(2), path("good.xml"), false);
    ov::save_model(scaled(-1), path("bad.xml"), false);
    std::vector<float> values;
    std::string labels;
    for (int i = 0; i < kSamples; ++i) {
      values.insert(values.end(), {i % 3 == 0 ? 1.0F : 0.0F, 0.5F});
      labels += i % 3 == 0 ? "0\n" : "1\n";
    }
    write_npy("x.npy", {kSamples, 1, 2}, values);
    write("y.csv", "label\n" + labels);
  }

  Outcome evaluate(const std::string& more) const {
    return octune("evaluate " + more + " --val-data x.npy --labels y.csv --metric accuracy@top1 --precision f32");
  }
};

TEST_F(RaceTest, ALimitBesideAReferenceIsJudged) {
  const Outcome kept = evaluate("good.xml --reference float.xml --max-drop 0.01 --json");
  ASSERT_EQ(kept.exit_code, 0) << kept.err;
  const json criterion = kept.json()["criteria"][0];
  EXPECT_EQ(criterion["accepted"], true);
  EXPECT_EQ(criterion["drop"], 0);
  EXPECT_EQ(criterion["samples"], (json{{"used", kSamples}, {"available", kSamples}}));
  const Outcome missed = evaluate("bad.xml --reference float.xml --max-drop 0.01");
  EXPECT_EQ(missed.exit_code, 4);
  EXPECT_THAT(missed.out, HasSubstr("accuracy@top1: relative drop 100.00 %"));
  EXPECT_THAT(missed.out, HasSubstr("limit 1 %: not accepted\n"));
  EXPECT_EQ(evaluate("bad.xml --reference float.xml").exit_code, 0) << "without a limit there is nothing to miss";
}

TEST_F(RaceTest, ItStopsAsSoonAsTheOutcomeIsCertain) {
  const Outcome outcome = evaluate("bad.xml --reference float.xml --max-drop 0.01 --race --json");
  EXPECT_EQ(outcome.exit_code, 4) << outcome.err;
  const json document = outcome.json();
  const json samples = document["criteria"][0]["samples"];
  EXPECT_EQ(samples["available"], kSamples);
  EXPECT_LT(samples["used"], kSamples / 2);
  EXPECT_GE(samples["used"], 50);
  EXPECT_EQ(document["metrics"][0]["samples"], samples["used"]);
  EXPECT_EQ(document["metrics"][0]["value"], 0);
  EXPECT_EQ(document["metrics"][0]["difference"], -1) << "of both models on the samples used";
  const Outcome told = evaluate("bad.xml --reference float.xml --max-drop 0.01 --race");
  EXPECT_THAT(told.out, HasSubstr("not accepted after "));
  const Outcome good = evaluate("good.xml --reference float.xml --max-drop 0.3 --race --json");
  EXPECT_EQ(good.exit_code, 0) << good.err;
  EXPECT_LT(good.json()["criteria"][0]["samples"]["used"], kSamples);
}

TEST_F(RaceTest, QuantizeRacesToo) {
  write_model_and_data();
  std::vector<float> noise(std::size_t{kSamples} * 3 * 16 * 16);
  for (std::size_t i = 0; i < noise.size(); ++i) noise[i] = static_cast<float>(i * 7919 % 1000) / 500 - 1;
  write_npy("many.npy", {kSamples, 3, 16, 16}, noise);
  const Outcome outcome = octune(
      "quantize model.xml -o out --preset performance --data x.npy --val-data many.npy --metric top1_agreement "
      "--max-drop 0.9 --race");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json record = json::parse(read("out/run.json"));
  EXPECT_EQ(record["configuration"]["race"], true);
  const json samples = record["criteria"][0]["samples"];
  EXPECT_EQ(samples["available"], kSamples);
  EXPECT_LT(samples["used"], kSamples);
  EXPECT_THAT(outcome.out, HasSubstr("accepted after "));
}

TEST_F(RaceTest, FloatResultsAreReadTheNextTime) {
  const std::string call = "good.xml --reference float.xml --max-drop 0.01 --float-results kept.octf --log-level debug";
  ASSERT_EQ(evaluate(call).exit_code, 0);
  EXPECT_FALSE(read("kept.octf").empty());
  EXPECT_THAT(evaluate(call).err, HasSubstr("the float model's results are those of kept.octf"));
}

TEST_F(RaceTest, WhatNeedsAFloatModelSaysSo) {
  for (const char* option : {"--max-drop 0.01", "--race", "--float-results f.octf", "--expect-baseline 0.5"}) {
    const Outcome outcome = evaluate(std::string("good.xml ") + option);
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_THAT(outcome.err, HasSubstr(": there is no float model to compare with; name it with --reference"));
  }
}

}  // namespace
}  // namespace octune::cli_test
