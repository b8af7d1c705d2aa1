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
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// Runs of "quantize" with a metric that compares with the float model: equal outputs have the value 1.
class CriteriaTest : public ProgramTest {
 protected:
  void SetUp() override { write_model_and_data(); }

  Outcome quantize(const std::string& more) const {
    return octune("quantize model.xml --preset performance -o out --data x.npy " + more);
  }
  json record() const { return json::parse(read("out/run.json")); }
};

TEST_F(CriteriaTest, AKeptLimitIsSaid) {
  const Outcome outcome = quantize("--metric cosine --max-drop 0.5");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("  target     cosine: relative drop "), HasSubstr(", limit 50 %: accepted")));
  const json run = record();
  EXPECT_EQ(run["result"], "done");
  ASSERT_EQ(run["criteria"].size(), 1u);
  const json& criterion = run["criteria"][0];
  EXPECT_EQ(criterion["baseline"], 1);
  EXPECT_EQ(criterion["drop_type"], "relative");
  EXPECT_EQ(criterion["max_drop"], 0.5);
  EXPECT_EQ(criterion["accepted"], true);
  EXPECT_EQ(criterion["samples"], (json{{"used", 8}, {"available", 8}}));
  EXPECT_NEAR(criterion["drop"].get<double>(), 1 - criterion["value"].get<double>(), 1e-12);
  EXPECT_LE(criterion["confidence_95"][0], criterion["drop"]);
  EXPECT_GE(criterion["confidence_95"][1], criterion["drop"]);
  const json schema = json::parse(std::ifstream(std::string(OCTUNE_SCHEMA_DIR) + "/run.schema.json"));
  EXPECT_THAT(octune::testing::schema_violations(run, schema), IsEmpty());
}

// int8 outputs are never those of the float model to the last bit.
TEST_F(CriteriaTest, AnExceededLimitIsExitCode4AndTheModelIsThere) {
  const Outcome outcome = quantize("--metric cosine --metric top1_agreement --max-drop 1 --max-drop cosine=0");
  EXPECT_EQ(outcome.exit_code, 4) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("limit 0 %: not accepted (1 of 2 limits are not kept)"));
  EXPECT_EQ(record()["result"], "target_not_reached");
  EXPECT_EQ(record()["criteria"][1]["accepted"], true);
  EXPECT_FALSE(read("out/model.xml").empty());
  EXPECT_EQ(quantize("--metric cosine --max-drop 0 --json --progress none").json()["result"], "target_not_reached");
}

TEST_F(CriteriaTest, WithoutATargetLabelsAreJudgedForInformation) {
  const Outcome outcome = quantize("--labels y.npy --metric accuracy@top1 --metric cosine");
  EXPECT_EQ(outcome.exit_code, 0);
  ASSERT_EQ(record()["criteria"].size(), 1u);
  EXPECT_EQ(record()["criteria"][0]["metric"], "accuracy@top1");
  EXPECT_EQ(record()["criteria"][0]["max_drop"], 0.01);
  const Outcome none = quantize("");
  EXPECT_THAT(record()["criteria"], IsEmpty());
  EXPECT_TRUE(record()["float_results"].is_null());
  EXPECT_THAT(none.out, Not(HasSubstr("target ")));
}

TEST_F(CriteriaTest, FloatResultsAreMeasuredOnce) {
  ASSERT_EQ(quantize("--metric cosine --progress none").exit_code, 0);
  EXPECT_EQ(record()["float_results"], (json{{"file", "out/float_results.octf"}, {"reused", false}}));
  const json first = record()["metrics"];
  const std::string kept = read("out/float_results.octf");
  const Outcome again =
      octune("quantize model.xml -o out --data x.npy --metric cosine --preset mixed --progress none --log-level debug");
  EXPECT_EQ(record()["float_results"]["reused"], true);
  EXPECT_THAT(again.err, HasSubstr("the float model's results are those of out/float_results.octf"));
  EXPECT_EQ(read("out/float_results.octf"), kept);
  ASSERT_EQ(quantize("--metric cosine --progress none").exit_code, 0);
  EXPECT_EQ(record()["metrics"], first) << "kept outputs compare like new ones";

  const Outcome other = quantize("--metric cosine --mean 1 --progress none --log-level debug");
  EXPECT_EQ(record()["float_results"]["reused"], false);
  EXPECT_THAT(other.err, HasSubstr("out/float_results.octf: measured anew, as others are"));
  write("out/float_results.octf", "no results");
  const Outcome foreign = quantize("--metric cosine --progress none --log-level debug");
  EXPECT_EQ(foreign.exit_code, 0);
  EXPECT_THAT(foreign.err, HasSubstr("is no file of float results"));
  EXPECT_GT(read("out/float_results.octf").size(), 100u);
}

TEST_F(CriteriaTest, AFloatModelThatIsNotAsExpectedStopsTheRun) {
  const Outcome outcome = quantize("--labels y.npy --metric accuracy@top1 --expect-baseline 5");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("error: float model: accuracy@top1 is "),
                                 HasSubstr("but 5.0000 +- 0.25 is expected; check the preprocessing")));
  EXPECT_THAT(entries("out"), IsEmpty()) << "nothing was quantized";
  const Outcome met = quantize("--metric cosine --expect-baseline 1");
  EXPECT_EQ(met.exit_code, 0) << met.err;
  EXPECT_EQ(quantize("--metric cosine --expect-baseline 2").exit_code, 2) << "kept results are not believed either";
}

TEST_F(CriteriaTest, MistakesAreSaidBeforeAnyWork) {
  const auto failure = [&](const std::string& more) {
    const Outcome outcome = quantize(more);
    EXPECT_EQ(outcome.exit_code, 2);
    return outcome.err;
  };
  EXPECT_THAT(failure("--metric cosine --max-drop much"), HasSubstr("--max-drop: 'much' is no limit; give a number"));
  EXPECT_THAT(failure("--metric cosine --drop-type percent"),
              HasSubstr("--drop-type: unknown value 'percent'; (known: relative, absolute)"));
  EXPECT_THAT(failure("--metric cosine --max-drop cosin=0.1"),
              HasSubstr("--max-drop: no metric 'cosin' is measured; did you mean 'cosine'?"));
  EXPECT_THAT(failure("--max-drop 0.1"), HasSubstr("--max-drop: there is no metric to limit; name one with --metric"));
  EXPECT_THAT(failure("--race"), HasSubstr("--race: there is no metric to limit; name one with --metric"));
}

TEST_F(CriteriaTest, OnlyMetricsWithALimitAreJudged) {
  const Outcome outcome = quantize("--metric cosine --metric kl --max-drop cosine=0.5");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  ASSERT_EQ(record()["criteria"].size(), 1u);
  EXPECT_EQ(record()["criteria"][0]["metric"], "cosine");
}

TEST_F(CriteriaTest, AFileThatIsNoneOfFloatResultsIsNotWrittenOver) {
  write("notes.txt", "mine");
  const std::string evaluate = "evaluate model.xml --reference model.xml --data x.npy --metric cosine --max-drop 0.5 ";
  const Outcome outcome = octune(evaluate + "--float-results notes.txt");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("notes.txt: is no file of float results"));
  EXPECT_EQ(read("notes.txt"), "mine");
  EXPECT_EQ(octune(evaluate + "--float-results float.octf").exit_code, 0);
  EXPECT_EQ(octune(evaluate + "--float-results float.octf").exit_code, 0);
}

}  // namespace
}  // namespace octune::cli_test
