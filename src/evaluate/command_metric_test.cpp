// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/command_metric.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "evaluate/test_values.hpp"

namespace octune::evaluate {
namespace {

using ::testing::ElementsAre;

std::string refusal(const std::string& spec, double time_limit_s = 60) {
  return error_text(ErrorKind::input, [&] {
    make_command_metric(spec, time_limit_s)->measure({"m.xml", "auto"}, nullptr);
  });
}

TEST(CommandMetric, MeasuresTheModelItIsGiven) {
  const auto metric = make_command_metric("cmd:test {model} = m.xml && echo 0.5", 60);
  EXPECT_EQ(metric->name(), "cmd:test {model} = m.xml && echo 0.5");
  const auto results = metric->measure({"m.xml", "auto"}, nullptr);
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].name, "cmd:test {model} = m.xml && echo 0.5");
  EXPECT_EQ(results[0].value, 0.5);
}

TEST(CommandMetric, TheEnvironmentTellsWhatToMeasure) {
  const auto metric = make_command_metric(
      "cmd:test $OCTUNE_MODEL,$OCTUNE_DEVICE,$OCTUNE_PRECISION = m.xml,CPU,f32 && echo 1; true {model}", 60);
  // The last command prints nothing: what counts is the last line.
  EXPECT_EQ(metric->measure({"m.xml", "f32"}, nullptr).at(0).value, 1);
}

TEST(CommandMetric, FailuresSayWhatTheCommandSaid) {
  EXPECT_EQ(refusal("cmd:echo {model}; echo bad data >&2; echo row 3 >&2; exit 7"),
            "cmd:echo {model}; echo bad data >&2; echo row 3 >&2; exit 7: with m.xml: ended with exit code 7; it has "
            "to be 0; "
            "its last lines on standard error:\n  bad data\n  row 3");
  EXPECT_EQ(refusal("cmd:false"),
            "cmd:false: with m.xml: ended with exit code 1; it has to be 0; it wrote nothing to standard error");
  EXPECT_EQ(refusal("cmd:true {model}; kill -KILL $$"),
            "cmd:true {model}; kill -KILL $$: with m.xml: ended by signal 9; it has to end with exit "
            "code 0; it wrote nothing to standard error");
  EXPECT_EQ(refusal("cmd:sleep 60; true", 0.2),
            "cmd:sleep 60; true: with m.xml: stopped after 0.2 s; give it more time with --metric-timeout, or fewer "
            "samples; it wrote nothing to standard error");
  EXPECT_EQ(
      refusal("cmd:echo fine"),
      "cmd:echo fine: with m.xml: its last line is 'fine m.xml'; it has to be JSON, a number or {\"value\": 0.761}");
  EXPECT_EQ(refusal("cmd: "), "cmd: : no command; write one, as cmd:./eval.sh {model}");
}

MetricResult result_of(const std::vector<double>& values) {
  MetricResult result;
  for (const double value : values) result.scores.push_back({value});
  return result;
}

TEST(PairedMeanInterval, NeedsTheScoresOfTheSameSamples) {
  const auto interval = paired_mean_interval(result_of({1, 1, 1, 0}), result_of({0.5, 0.5, 0.5, -0.5}), 3);
  ASSERT_TRUE(interval);
  EXPECT_DOUBLE_EQ(interval->low, 0.5) << "the same difference everywhere is certain";
  EXPECT_DOUBLE_EQ(interval->high, 0.5);
  EXPECT_FALSE(paired_mean_interval(result_of({1, 1}), result_of({1}), 3));
  EXPECT_FALSE(paired_mean_interval(result_of({}), result_of({}), 3));
}

TEST(PairedMeanDropInterval, IsOfTheDropInItsTypeAndDirection) {
  const MetricResult before = result_of({1, 2, 3, 4});
  const MetricResult after = result_of({0.5, 1, 1.5, 2});
  CriterionResult judged;
  judged.drop_type = DropType::relative;
  const auto relative = paired_mean_drop_interval(before, after, judged, 3);
  ASSERT_TRUE(relative);
  EXPECT_DOUBLE_EQ(relative->low, 0.5) << "each sample, and so each resample, loses half";
  EXPECT_DOUBLE_EQ(relative->high, 0.5);
  judged.higher_is_better = false;
  judged.drop_type = DropType::absolute;
  const auto gain = paired_mean_drop_interval(before, after, judged, 3);
  ASSERT_TRUE(gain);
  EXPECT_LT(gain->low, -1.25);
  EXPECT_GT(gain->low, -2.01);
  EXPECT_LT(gain->high, -0.49);
  EXPECT_GT(gain->high, -1.25);
  EXPECT_FALSE(paired_mean_drop_interval(result_of({1, 1}), result_of({1}), judged, 3));
}

TEST(CommandResults, ThatContradictEachOtherAreRefused) {
  MetricResult before = result_of({1, 2});
  MetricResult after = before;
  before.name = after.name = "error";
  EXPECT_NO_THROW(require_same_direction(before, after));
  after.higher_is_better = false;
  EXPECT_EQ(error_text(ErrorKind::input, [&] { require_same_direction(before, after); }),
            "metric 'error': 'higher_is_better' is true for the float model and false for the other one (true if left "
            "out); print the same for every model");
}

TEST(CommandResults, ThatCannotBePairedAreTold) {
  MetricResult after = result_of({1});
  after.name = "mine";
  EXPECT_EQ(unpaired_warning(result_of({1, 2}), after),
            "metric 'mine': the command gives values of 2 samples for the float model and of 1 for the other one: "
            "without values of the same samples its difference has no confidence interval");
  EXPECT_EQ(unpaired_warning(result_of({2}), after), std::nullopt);
  EXPECT_EQ(unpaired_warning(result_of({}), after), std::nullopt) << "it gives values if it wants to";
}

}  // namespace
}  // namespace octune::evaluate
