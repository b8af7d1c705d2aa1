// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/judge.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

#include "evaluate/checkpoints.hpp"
#include "evaluate/test_candidates.hpp"

namespace octune::evaluate {
namespace {

using ::testing::ElementsAre;

/// A candidate with everything that it is judged by.
struct Case {
  explicit Case(const std::vector<Answers>& given, const std::vector<std::string>& names = {"accuracy@top1"},
                double max_drop = 0.01)
      : data(dataset_of(given)), labels(given.size(), "1"), metrics(metrics_of(names)) {
    for (const std::string& name : names) criteria.push_back({name, max_drop, DropType::absolute});
    float_results = measure_float(compiled(Pick::float_answer), *data, labels, metrics, {}, nullptr);
  }

  Judgement judged(const JudgeOptions& options, int streams = 1, Observer* observer = nullptr) const {
    return judge(compiled(Pick::own_answer, streams), {*data, labels, metrics, criteria, float_results, nullptr},
                 options, observer);
  }

  std::unique_ptr<Dataset> data;
  Labels labels;
  std::vector<std::unique_ptr<Metric>> metrics;
  std::vector<Criterion> criteria;
  FloatResults float_results;
};

const JudgeOptions kAllSamples{};
const JudgeOptions kRaced{.seed = 3, .race = RaceOptions{.accept_error = 0.02}};

TEST(Judge, WithoutARaceAllSamplesDecide) {
  const Case good(answers(200, 4, 2));
  const Judgement judgement = good.judged(kAllSamples);
  EXPECT_TRUE(judgement.accepted);
  EXPECT_EQ(judgement.basis, Basis::all_samples);
  EXPECT_EQ(judgement.samples.used, 200u);
  EXPECT_EQ(judgement.samples.available, 200u);
  EXPECT_EQ(judgement.results.at(0).value, 0.98);
  EXPECT_EQ(judgement.results.at(0).scores.at(3), Score{0});
  EXPECT_EQ(judgement.results.at(0).scores.at(4), Score{1});
  EXPECT_EQ(judgement.criteria.at(0).baseline, 0.99);
  EXPECT_NEAR(judgement.criteria.at(0).drop, 0.01, 1e-12);
  EXPECT_FALSE(Case(answers(200, 5, 2)).judged(kAllSamples).accepted);
}

TEST(Judge, AHopelessCandidateIsStopped) {
  const Case bad(answers(4000, 400, 40));
  const Judgement judgement = bad.judged(kRaced);
  EXPECT_FALSE(judgement.accepted);
  EXPECT_EQ(judgement.basis, Basis::race);
  EXPECT_LT(judgement.samples.used, 600u);
  EXPECT_EQ(judgement.samples.available, 4000u);
  EXPECT_EQ(judgement.samples.used % 25, 0u);
  ASSERT_EQ(judgement.used.size(), judgement.samples.used);
  EXPECT_TRUE(std::is_sorted(judgement.used.begin(), judgement.used.end()));
  ASSERT_EQ(judgement.results.at(0).scores.size(), judgement.used.size());
  for (std::size_t i = 0; i < judgement.used.size(); ++i)
    EXPECT_EQ(judgement.results[0].scores[i][0], judgement.used[i] < 400 ? 0 : 1);
  EXPECT_NEAR(judgement.criteria.at(0).drop, 0.09, 0.06);
}

TEST(Judge, APassingCandidateIsStoppedOnlyIfTheRaceMayAccept) {
  const Case good(answers(4000, 10, 10), {"accuracy@top1"}, 0.02);
  const Judgement early = good.judged(kRaced);
  EXPECT_TRUE(early.accepted);
  EXPECT_EQ(early.basis, Basis::race);
  EXPECT_LT(early.samples.used, 1500u);
  const Judgement whole = good.judged({.seed = 3, .race = RaceOptions{}});
  EXPECT_TRUE(whole.accepted);
  EXPECT_EQ(whole.basis, Basis::all_samples);
  EXPECT_EQ(whole.samples.used, 4000u);
}

// Half of the answers of the float model are right: 1 % of that is half a percent of the samples.
TEST(Judge, ARelativeLimitIsThatOfTheBaseline) {
  const auto judged = [](std::size_t worse, const JudgeOptions& options) {
    std::vector<Answers> given = answers(2000, worse, 0);
    std::fill(given.begin() + 1000, given.end(), Answers{0, 0});
    Case half(given);
    half.criteria[0].drop_type = DropType::relative;
    return half.judged(options);
  };
  EXPECT_NEAR(judged(10, kAllSamples).criteria[0].drop, 0.01, 1e-12);
  EXPECT_TRUE(judged(10, kAllSamples).accepted);
  EXPECT_FALSE(judged(11, kAllSamples).accepted);
  EXPECT_TRUE(judged(10, kRaced).accepted);
  EXPECT_FALSE(judged(11, kRaced).accepted);
  // 5 % of the samples, ten times what is allowed.
  const Judgement raced = judged(100, kRaced);
  EXPECT_FALSE(raced.accepted);
  EXPECT_LT(raced.samples.used, 1000u);
}

TEST(Judge, TheOutcomeDependsOnTheSeedAlone) {
  const Case bad(answers(2000, 120, 20));
  const Judgement one = bad.judged(kRaced);
  const Judgement again = bad.judged(kRaced, 2);
  EXPECT_EQ(one.used, again.used);
  EXPECT_EQ(one.criteria.at(0).drop, again.criteria.at(0).drop);
  JudgeOptions other = kRaced;
  other.seed = 4;
  EXPECT_NE(one.used, bad.judged(other).used);
}

TEST(Judge, AllCriteriaHaveToBeMet) {
  const Case both(answers(1000, 60, 50), {"accuracy@top1", "top1_agreement"});
  const Judgement judgement = both.judged(kAllSamples);
  ASSERT_EQ(judgement.criteria.size(), 2u);
  EXPECT_TRUE(judgement.criteria[0].accepted);
  EXPECT_FALSE(judgement.criteria[1].accepted);
  EXPECT_EQ(judgement.criteria[1].baseline, 1);
  EXPECT_NEAR(judgement.criteria[1].drop, 0.11, 1e-12);
  EXPECT_FALSE(judgement.accepted);
  const Judgement raced = both.judged(kRaced);
  EXPECT_FALSE(raced.accepted);
  EXPECT_LT(raced.samples.used, 1000u);
}

TEST(Judge, ADirectionMayBeTurnedRound) {
  Case errors(answers(200, 0, 10));
  EXPECT_TRUE(errors.judged(kAllSamples).accepted);
  errors.criteria[0].higher_is_better = false;  // as if the metric counted errors
  EXPECT_FALSE(errors.judged(kAllSamples).accepted);
  EXPECT_NEAR(errors.judged(kAllSamples).criteria[0].drop, 0.05, 1e-12);
}

TEST(Judge, MetricsThatAreNoMeansAreLookedAtAtCheckpoints) {
  const Case bad(answers(800, 400, 0), {"sqnr"}, 3);
  const Judgement judgement = bad.judged(kRaced);
  EXPECT_FALSE(judgement.accepted);
  EXPECT_EQ(judgement.basis, Basis::checkpoint);
  EXPECT_EQ(judgement.samples.used, 100u);
  const Case good(answers(800, 0, 0), {"sqnr"}, 3);
  const Judgement whole = good.judged(kRaced);
  EXPECT_TRUE(whole.accepted);
  EXPECT_EQ(whole.samples.used, 800u) << "a heuristic accepts nothing";
}

TEST(Judge, WithoutCriteriaItOnlyMeasures) {
  Case free(answers(100, 50, 0));
  free.criteria.clear();
  const Judgement judgement = free.judged(kRaced);
  EXPECT_TRUE(judgement.accepted);
  EXPECT_EQ(judgement.samples.used, 100u);
  EXPECT_EQ(judgement.results.at(0).value, 0.5);
}

TEST(Judge, TheFloatModelRunsAgainIfItsOutputsWereNotKept) {
  Case some(answers(100, 10, 0), {"top1_agreement"}, 0.2);
  some.float_results.outputs.clear();
  const ov::CompiledModel float_model = compiled(Pick::float_answer);
  const Judgement judgement =
      judge(compiled(Pick::own_answer),
            {*some.data, some.labels, some.metrics, some.criteria, some.float_results, &float_model}, {}, nullptr);
  EXPECT_EQ(judgement.results.at(0).value, 0.9);
  EXPECT_EQ(error_text(ErrorKind::internal, [&] { some.judged(kAllSamples); }),
            "a metric compares with the float model, which is null");
}

/// Counts the samples that are decoded.
class Counted final : public Dataset {
 public:
  explicit Counted(const Dataset& inner, std::size_t sequence_length) : inner_(inner), length_(sequence_length) {}
  std::size_t size() const override { return inner_.size(); }
  Sample sample(std::size_t index) const override {
    ++decoded;
    return inner_.sample(index);
  }
  std::size_t sequence_length() const override { return length_; }
  mutable std::atomic<std::size_t> decoded = 0;

 private:
  const Dataset& inner_;
  std::size_t length_;
};

TEST(Judge, StopsAsSoonAsItIsDecided) {
  const Case bad(answers(3000, 1500, 0));
  const Counted data(*bad.data, 1);
  const Judgement judgement =
      judge(compiled(Pick::own_answer), {data, bad.labels, bad.metrics, bad.criteria, bad.float_results, nullptr},
            kRaced, nullptr);
  EXPECT_EQ(judgement.samples.used, 50u);
  EXPECT_LE(data.decoded, 60u);
}

TEST(Judge, SequencesAreNotRaced) {
  const Case bad(answers(3000, 1500, 0));
  const Counted data(*bad.data, 10);
  const Judgement judgement =
      judge(compiled(Pick::own_answer), {data, bad.labels, bad.metrics, bad.criteria, bad.float_results, nullptr},
            kRaced, nullptr);
  EXPECT_EQ(judgement.samples.used, 3000u);
  EXPECT_FALSE(judgement.accepted);
}

TEST(Judge, ProgressEndsWhereItStops) {
  class Steps final : public Observer {
   public:
    void progress(std::string_view, std::size_t done, std::size_t total) override { last = {done, total}; }
    std::pair<std::size_t, std::size_t> last;
  };
  Steps steps;
  Case(answers(3000, 1500, 0)).judged(kRaced, 1, &steps);
  EXPECT_EQ(steps.last, (std::pair<std::size_t, std::size_t>{50, 50}));
}

TEST(Judge, AnInterruptionIsNoDecision) {
  class Impatient final : public Observer {
   public:
    void progress(std::string_view, std::size_t done, std::size_t) override { seen = done; }
    bool should_stop() const override { return seen > 10; }
    std::size_t seen = 0;
  };
  Impatient observer;
  EXPECT_THROW(Case(answers(3000, 1500, 0)).judged(kRaced, 1, &observer), Interrupted);
}

TEST(Judge, WrongBoundsAreSaid) {
  class Points final : public Metric {
   public:
    using Metric::score;
    std::string name() const override { return "points"; }
    std::optional<ScoreBounds> bounds() const override { return ScoreBounds{0, 1}; }
    Score score(const Outputs& outputs, const Label&) const override {
      return {outputs[0].data<const float>()[1] * 10};
    }
  };
  Case wrong(answers(100, 100, 0));
  wrong.metrics.clear();
  wrong.metrics.push_back(std::make_unique<Points>());
  wrong.criteria = {{"points", 0.01, DropType::absolute}};
  wrong.float_results =
      measure_float(compiled(Pick::float_answer), *wrong.data, wrong.labels, wrong.metrics, {}, nullptr);
  EXPECT_EQ(error_text(ErrorKind::input, [&] { wrong.judged(kRaced); }),
            "metric 'points': scores 5 and -5 differ by more than the metric's bounds allow (1); correct its bounds");
}

TEST(Checkpoints, LieAtAnEighthAQuarterAndHalf) {
  std::vector<std::size_t> found;
  for (std::size_t seen = 1; seen <= 1000; ++seen) {
    if (is_checkpoint(seen, 1000)) found.push_back(seen);
  }
  EXPECT_THAT(found, ElementsAre(125, 250, 500));
  found.clear();
  for (std::size_t seen = 1; seen <= 100; ++seen) {
    if (is_checkpoint(seen, 100)) found.push_back(seen);
  }
  EXPECT_THAT(found, ElementsAre(50));  // 12 and 25 are too few
}

TEST(Checkpoints, OnlyWhatIsFarOffIsBeyond) {
  const auto metric = make_metric("cer", {.dictionary = {"a"}});
  std::vector<Score> baseline, slightly, clearly;
  for (int i = 0; i < 200; ++i) {
    baseline.push_back({i % 10 == 0 ? 1.0 : 0.0, 10});                    // 1 % of the characters
    slightly.push_back({i % 8 == 0 ? 1.0 : 0.0, 10});                     // 1.25 %
    clearly.push_back({i % 10 == 0 ? 2.0 : i % 3 == 0 ? 1.0 : 0.0, 10});  // 5 %
  }
  EXPECT_FALSE(is_clearly_beyond(baseline, slightly, *metric, -1, 0.005, 1));
  EXPECT_TRUE(is_clearly_beyond(baseline, clearly, *metric, -1, 0.005, 1));
  EXPECT_FALSE(is_clearly_beyond(clearly, baseline, *metric, -1, 0.005, 1)) << "better is not beyond";
  EXPECT_FALSE(is_clearly_beyond(baseline, clearly, *metric, -1, 0.1, 1));
}

}  // namespace
}  // namespace octune::evaluate
