// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "config/criteria.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/run_config.hpp"
#include "octune/error.hpp"

namespace octune::config {
namespace {

using ::testing::ElementsAre;

template <class Action>
std::string error_text(Action action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input);
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

CriteriaOptions limits(const std::vector<std::string>& texts) {
  CriteriaOptions options;
  for (const std::string& text : texts) options.max_drop.push_back(parse_limit(text, "--max-drop"));
  return options;
}

CriteriaOptions expecting(const std::string& text) {
  CriteriaOptions options;
  options.expected.push_back(parse_expectation(text, "--expect-baseline"));
  return options;
}

const std::vector<std::string> kOne{"accuracy@top1"};
const std::vector<std::string> kTwo{"accuracy@top1", "f1"};

TEST(Criteria, WithoutALimitOnePercentOfTheBaselineMayBeLost) {
  const auto criteria = criteria_of({}, kTwo);
  ASSERT_EQ(criteria.size(), 2u);
  EXPECT_EQ(criteria[0].metric, "accuracy@top1");
  EXPECT_EQ(criteria[1].metric, "f1");
  EXPECT_EQ(criteria[1].max_drop, 0.01);
  EXPECT_EQ(criteria[1].drop_type, DropType::relative);
  EXPECT_EQ(criteria[1].higher_is_better, std::nullopt);
  EXPECT_FALSE(CriteriaOptions{}.is_target());
}

TEST(Criteria, ALimitWithANameWinsOverTheOneForAll) {
  for (const auto& options : {limits({"0.02", "f1=0.05"}), limits({"f1=0.05", "0.02"})}) {
    const auto criteria = criteria_of(options, kTwo);
    EXPECT_EQ(criteria[0].max_drop, 0.02);
    EXPECT_EQ(criteria[1].max_drop, 0.05);
    EXPECT_TRUE(options.is_target());
  }
  EXPECT_EQ(criteria_of(limits({"0.02", "0.03"}), kOne)[0].max_drop, 0.03);
}

TEST(Criteria, NamesMayHoldEqualSigns) {
  const LimitText limit = parse_limit("cmd:./eval.sh --n=5=0.02", "");
  EXPECT_EQ(limit.metric, "cmd:./eval.sh --n=5");
  EXPECT_EQ(limit.value, 0.02);
}

TEST(Criteria, MistakesAreSaid) {
  EXPECT_EQ(error_text([] { parse_limit("1%", "--max-drop"); }),
            "--max-drop: '1%' is no limit; give a number, as in 0.01, or one for a metric, as in f1=0.01");
  EXPECT_EQ(error_text([] { parse_limit("-0.1", "--max-drop"); }),
            "--max-drop: -0.1 is out of range; give 0 (nothing may be lost) or more");
  EXPECT_EQ(error_text([] { parse_limit("f1=nan", "--max-drop"); }),
            "--max-drop: 'f1=nan' is no limit; give a number, as in 0.01, or one for a metric, as in f1=0.01");
  EXPECT_EQ(error_text([] { criteria_of(limits({"f=0.1"}), kTwo); }),
            "--max-drop: no metric 'f' is measured; did you mean 'f1'? (known: accuracy@top1, f1)");
  CriteriaOptions turned;
  turned.higher_is_better = false;
  EXPECT_EQ(criteria_of(turned, kOne)[0].higher_is_better, false);
  EXPECT_EQ(error_text([&] { criteria_of(turned, kTwo); }),
            "--higher-is-better: 2 metrics are measured, and it can be said of one only; measure one");
}

TEST(Expectations, AreOfTheOnlyMetricOrOfANamedOne) {
  const auto only = expected_of(expecting("0.76"), kOne);
  EXPECT_EQ(only.at(0).metric, "accuracy@top1");
  EXPECT_EQ(only.at(0).value, 0.76);
  EXPECT_EQ(only.at(0).tolerance, std::nullopt);
  const auto named = expected_of(expecting("f1=0.76:0.02"), kTwo);
  EXPECT_EQ(named.at(0).metric, "f1");
  EXPECT_EQ(named.at(0).tolerance, 0.02);
  EXPECT_EQ(error_text([] { expected_of(expecting("0.76"), kTwo); }),
            "--expect-baseline: 2 metrics are measured; name the one that is meant, as in accuracy@top1=0.76");
  EXPECT_EQ(error_text([] { expected_of(expecting("f2=0.76"), kTwo); }),
            "--expect-baseline: no metric 'f2' is measured; did you mean 'f1'? (known: accuracy@top1, f1)");
  EXPECT_EQ(error_text([] { expecting("0.76:"); }),
            "--expect-baseline: '0.76:' is no value to expect; give a number, as in 0.76, with a tolerance, as in "
            "0.76:0.02, or of a metric, as in f1=0.76:0.02");
  EXPECT_EQ(error_text([] { expecting("0.76:-1"); }),
            "--expect-baseline: tolerance -1 is out of range; give 0 or more");
}

TEST(Criteria, AreReadFromAFile) {
  const RunConfig config = parse_run_config(
      R"({"engine": {"metric": ["f1", "cer"], "max_drop": [0.02, "cer=0.1"], "drop_type": "absolute",
                     "higher_is_better": false, "expect_baseline": "f1=0.5:0.1"}})",
      "run.json");
  EXPECT_THAT(to_texts(config.criteria.max_drop), ElementsAre("0.02", "cer=0.1"));
  EXPECT_EQ(config.criteria.drop_type, DropType::absolute);
  EXPECT_EQ(config.criteria.higher_is_better, false);
  EXPECT_THAT(to_texts(config.criteria.expected), ElementsAre("f1=0.5:0.1"));
  EXPECT_EQ(to_json(config)["max_drop"], (nlohmann::json{"0.02", "cer=0.1"}));
  EXPECT_EQ(to_json(config)["drop_type"], "absolute");
  EXPECT_EQ(to_json(config)["higher_is_better"], false);
  EXPECT_EQ(to_json(config)["expect_baseline"], (nlohmann::json{"f1=0.5:0.1"}));
}

}  // namespace
}  // namespace octune::config
