// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/evaluate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <openvino/opsets/opset13.hpp>

#include "base/random.hpp"
#include "evaluate/test_values.hpp"
#include "infer/runtime.hpp"

namespace octune::evaluate {
namespace {

using ::testing::ElementsAre;

namespace op = ov::opset13;
constexpr std::size_t kClasses = 3;

/// x[1,3] -> function -> y[1,3]
template <class Function>
ov::CompiledModel compiled(Function function) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::Shape{1, kClasses});
  x->output(0).set_names({"x"});
  const std::shared_ptr<ov::Node> y = function(x);
  y->output(0).set_names({"y"});
  return infer::Runtime().compile(std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{x}));
}

/// y = x * factor + (0, 0, shift)
ov::CompiledModel linear(float factor, float shift) {
  return compiled([&](const auto& x) {
    const auto scaled = std::make_shared<op::Multiply>(x, op::Constant::create(ov::element::f32, {}, {factor}));
    return std::make_shared<op::Add>(
        scaled, op::Constant::create(ov::element::f32, {1, kClasses}, std::vector<float>{0, 0, shift}));
  });
}

std::vector<std::vector<float>> random_rows(std::size_t count) {
  base::RandomStream random(21);
  std::vector<std::vector<float>> rows(count, std::vector<float>(kClasses));
  for (auto& row : rows) {
    for (float& value : row) value = static_cast<float>(random.uniform());
  }
  return rows;
}

std::unique_ptr<Dataset> dataset_of(const std::vector<std::vector<float>>& rows) {
  std::vector<Sample> samples;
  for (const auto& row : rows) samples.push_back({{"x", floats({1, kClasses}, row)}});
  return dataset(std::move(samples));
}

std::vector<std::unique_ptr<Metric>> metrics_of(const std::vector<std::string>& names) {
  std::vector<std::unique_ptr<Metric>> metrics;
  for (const std::string& name : names) metrics.push_back(make_metric(name));
  return metrics;
}

class Recorder final : public Observer {
 public:
  void progress(std::string_view stage, std::size_t done, std::size_t total) override {
    EXPECT_EQ(stage, "evaluation");
    steps.emplace_back(done, total);
  }
  bool should_stop() const override { return steps.size() > stop_after; }

  std::vector<std::pair<std::size_t, std::size_t>> steps;
  std::size_t stop_after = 1'000'000;
};

TEST(Evaluate, ScoresEverySampleAgainstItsLabel) {
  const auto data = dataset_of({{0, 1, 2}, {0, 2, 1}, {2, 1, 0}, {0, 0, 5}});
  const auto results = evaluate(linear(1, 0), nullptr, *data, {"2", "1", "1", "0|2"},
                                metrics_of({"accuracy@top1", "accuracy@top2"}), nullptr);
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[0].name, "accuracy@top1");
  EXPECT_EQ(results[0].value, 0.75);
  EXPECT_EQ(results[0].samples, 4u);
  EXPECT_TRUE(results[0].higher_is_better);
  std::vector<double> numerators;
  for (const Score& score : results[0].scores) numerators.push_back(score[0]);
  EXPECT_THAT(numerators, ElementsAre(1, 1, 0, 1));
  EXPECT_EQ(results[1].value, 1);
}

// 70 samples: blocks of 1, 32, 32 and 5.
TEST(Evaluate, EverySampleMeetsTheFloatOutputsOfTheSameSample) {
  const auto rows = random_rows(70);
  const auto data = dataset_of(rows);
  const ov::CompiledModel float_model = linear(1, 0);
  const auto results =
      evaluate(linear(1, 0.5F), &float_model, *data, {}, metrics_of({"sqnr", "cosine", "top1_agreement"}), nullptr);
  ASSERT_EQ(results.size(), 3u);
  for (std::size_t m = 0; m < results.size(); ++m) {
    const auto metric = make_metric(results[m].name);
    std::vector<Score> all;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::vector<float> shifted = rows[i];
      shifted[2] += 0.5F;
      const Score expected = metric->score({floats({1, kClasses}, shifted)}, Outputs{floats({1, kClasses}, rows[i])});
      ASSERT_EQ(results[m].scores.at(i).size(), expected.size());
      for (std::size_t k = 0; k < expected.size(); ++k)
        EXPECT_NEAR(results[m].scores.at(i)[k], expected[k], 1e-6) << results[m].name << " " << i;
      all.push_back(expected);
    }
    EXPECT_NEAR(results[m].value, metric->value(all), 1e-4);
    EXPECT_EQ(results[m].scores.size(), rows.size());
  }
  EXPECT_LT(results[2].value, 1);  // the shift changes some answers
  EXPECT_GT(results[2].value, 0.3);
}

/// y = the sum of all x of the sequence.
ov::CompiledModel running_sum() {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::Shape{1, kClasses});
  x->output(0).set_names({"x"});
  const auto variable = std::make_shared<ov::op::util::Variable>(
      ov::op::util::VariableInfo{ov::PartialShape{1, kClasses}, ov::element::f32, "sum"});
  const auto zero = op::Constant::create(ov::element::f32, {1, kClasses}, {0.0F});
  const auto sum = std::make_shared<op::Add>(std::make_shared<op::ReadValue>(zero, variable), x);
  const auto assign = std::make_shared<op::Assign>(sum, variable);
  return infer::Runtime().compile(std::make_shared<ov::Model>(ov::ResultVector{std::make_shared<op::Result>(sum)},
                                                              ov::SinkVector{assign}, ov::ParameterVector{x}));
}

// Class 1 leads by the first sample of a sequence; class 0 gathers up and overtakes it with the fourth.
TEST(Evaluate, BlocksDoNotCutSequences) {
  class Race final : public Dataset {
   public:
    std::size_t size() const override { return 100; }
    std::size_t sequence_length() const override { return 7; }
    Sample sample(std::size_t index) const override {
      return {
          {"x", floats({1, kClasses}, index % 7 == 0 ? std::vector<float>{0, 1, 0} : std::vector<float>{0.4F, 0, 0})}};
    }
  };
  const Race data;
  Labels labels;
  for (std::size_t i = 0; i < data.size(); ++i) labels.push_back(i % 7 < 3 ? "1" : "0");
  const ov::CompiledModel model = running_sum();
  const auto results = evaluate(model, &model, data, labels, metrics_of({"accuracy@top1", "cosine"}), nullptr);
  EXPECT_EQ(results[0].value, 1);
}

TEST(Evaluate, MetricsWithLabelsAndAgainstFloatGoTogether) {
  const auto data = dataset_of({{0, 1, 2}, {0, 2, 1}});
  const ov::CompiledModel float_model = linear(1, 0);
  const auto results =
      evaluate(linear(2, 0), &float_model, *data, {"2", "0"}, metrics_of({"cosine", "accuracy@top1"}), nullptr);
  EXPECT_NEAR(results.at(0).value, 1, 1e-12);
  EXPECT_EQ(results.at(1).value, 0.5);
}

TEST(Evaluate, ProgressIsOneStepASampleWithAndWithoutFloat) {
  const auto data = dataset_of(random_rows(40));
  const ov::CompiledModel model = linear(1, 0);
  for (const char* name : {"accuracy@top1", "cosine"}) {
    Recorder recorder;
    evaluate(model, &model, *data, Labels(40, "1"), metrics_of({name}), &recorder);
    ASSERT_EQ(recorder.steps.size(), 41u) << name;
    for (std::size_t i = 0; i <= 40; ++i) EXPECT_EQ(recorder.steps[i], std::make_pair(i, std::size_t{40})) << name;
  }
}

TEST(Evaluate, StopsWhenAsked) {
  const auto data = dataset_of(random_rows(40));
  const ov::CompiledModel model = linear(1, 0);
  for (const char* name : {"accuracy@top1", "cosine"}) {
    Recorder recorder;
    recorder.stop_after = 5;
    EXPECT_THROW(evaluate(model, &model, *data, Labels(40, "1"), metrics_of({name}), &recorder), Interrupted);
    EXPECT_LT(recorder.steps.size(), 41u);
  }
}

TEST(Evaluate, NothingToMeasureIsNoWork) {
  EXPECT_TRUE(evaluate(linear(1, 0), nullptr, *dataset_of({{0, 1, 2}}), {}, {}, nullptr).empty());
}

TEST(Evaluate, DataAndLabelsThatDoNotFit) {
  const ov::CompiledModel model = linear(1, 0);
  const auto accuracy = metrics_of({"accuracy@top1"});
  const auto two = dataset_of({{0, 1, 2}, {0, 2, 1}});
  EXPECT_EQ(error_text(ErrorKind::input, [&] { evaluate(model, nullptr, *dataset_of({}), {}, accuracy, nullptr); }),
            "evaluation: the data set is empty; at least one sample is needed");
  EXPECT_EQ(error_text(ErrorKind::input, [&] { evaluate(model, nullptr, *two, {}, accuracy, nullptr); }),
            "evaluation: metric 'accuracy@top1' needs labels, none were given; give one a sample or take a metric that "
            "compares with the float model");
  EXPECT_EQ(error_text(ErrorKind::input,
                       [&] {
                         evaluate(model, nullptr, *two, {"1", "2", "0"}, accuracy, nullptr);
                       }),
            "evaluation: 3 labels for 2 samples; give one label a sample");
  EXPECT_EQ(
      error_text(ErrorKind::input,
                 [&] {
                   evaluate(model, nullptr, *two, {"1", "cat"}, accuracy, nullptr);
                 }),
      "sample 1: metric 'accuracy@top1': label 'cat' is no class index; an integer is allowed, or several "
      "acceptable ones as '[3,5]', '3|5' or '3,5' (folders with names: --labels folders:sorted or folders:names.txt)");
  EXPECT_EQ(
      error_text(ErrorKind::internal, [&] { evaluate(model, nullptr, *two, {}, metrics_of({"cosine"}), nullptr); }),
      "a metric compares with the float model, which is null");
}

TEST(Evaluate, OutputsThatAreNotFiniteAreNamed) {
  const ov::CompiledModel good = linear(1, 0);
  const ov::CompiledModel log = compiled([](const auto& x) { return std::make_shared<op::Log>(x); });
  const auto accuracy = metrics_of({"accuracy@top1"});
  const auto cosine = metrics_of({"cosine"});
  const auto infinite = dataset_of({{1, 1, 2}, {1, 0, 1}});
  const auto undefined = dataset_of({{1, 1, 2}, {1, -1, 1}});
  EXPECT_EQ(error_text(ErrorKind::input,
                       [&] {
                         evaluate(log, nullptr, *infinite, {"1", "1"}, accuracy, nullptr);
                       }),
            "sample 1: output 'y' of the evaluated model holds infinity; metrics need finite outputs");
  EXPECT_EQ(error_text(ErrorKind::input,
                       [&] {
                         evaluate(log, nullptr, *undefined, {"1", "1"}, accuracy, nullptr);
                       }),
            "sample 1: output 'y' of the evaluated model holds NaN; metrics need finite outputs");
  EXPECT_EQ(error_text(ErrorKind::input, [&] { evaluate(good, &log, *undefined, {}, cosine, nullptr); }),
            "sample 1: output 'y' of the float model holds NaN; metrics need finite outputs");
}

}  // namespace
}  // namespace octune::evaluate
