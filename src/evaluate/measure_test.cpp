// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <openvino/opsets/opset13.hpp>

#include "evaluate/test_values.hpp"
#include "octune/evaluate.hpp"

namespace octune {
namespace {

using evaluate::error_text;
using evaluate::floats;
using ::testing::ElementsAre;

namespace op = ov::opset13;

/// y[1,2] = x[1,2] + (0, shift)
std::shared_ptr<ov::Model> shifted(float shift) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::Shape{1, 2});
  x->output(0).set_names({"x"});
  const auto y =
      std::make_shared<op::Add>(x, op::Constant::create(ov::element::f32, {1, 2}, std::vector<float>{0, shift}));
  return std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{x});
}

std::unique_ptr<Dataset> three_samples() {
  return dataset(3, [](std::size_t index) { return Sample{{"x", floats({1, 2}, {static_cast<float>(index), 1})}}; });
}

double value_at(const Outputs& outputs, std::size_t index) { return outputs.at(0).data<float>()[index]; }

using Metrics = std::vector<std::unique_ptr<Metric>>;

Metrics only(std::unique_ptr<Metric> metric) {
  Metrics metrics;
  metrics.push_back(std::move(metric));
  return metrics;
}

TEST(Measure, FunctionsJudgeOutputsAgainstLabelsAndTheFloatModel) {
  Metrics metrics;
  metrics.push_back(metric(
      "distance",
      [](const Outputs& outputs, const Label& label) { return std::abs(value_at(outputs, 0) - std::stod(label.text)); },
      {.higher_is_better = false}));
  metrics.push_back(metric("shift", [](const Outputs& outputs, const Outputs& float_outputs) {
    return value_at(outputs, 1) - value_at(float_outputs, 1);
  }));
  const auto results = measure(shifted(0.5F), *three_samples(), {"1", "1", "4"}, metrics,
                               {.float_model = shifted(0), .precision = InferencePrecision::f32});
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[0].name, "distance");
  EXPECT_FALSE(results[0].higher_is_better);
  EXPECT_EQ(results[0].samples, 3u);
  EXPECT_THAT(results[0].scores, ElementsAre(Score{1}, Score{0}, Score{2}));
  EXPECT_DOUBLE_EQ(results[0].value, 1);
  EXPECT_TRUE(results[1].higher_is_better);
  EXPECT_THAT(results[1].scores, ElementsAre(Score{0.5}, Score{0.5}, Score{0.5}));
}

TEST(Measure, WhatIsMissingIsAnError) {
  const auto samples = three_samples();
  const auto run = [&](const std::shared_ptr<ov::Model>& model, const Metrics& metrics) {
    return error_text(ErrorKind::input, [&] { measure(model, *samples, {}, metrics); });
  };
  EXPECT_EQ(run(nullptr, only(make_metric("cosine"))), "measure: the model is null; read one");
  EXPECT_EQ(run(shifted(0), {}), "measure: no metrics are given; name one");
  EXPECT_EQ(run(shifted(0), only(nullptr)), "measure: a metric is null; make it with make_metric()");
  EXPECT_EQ(run(shifted(0), only(make_metric("cosine"))),
            "measure: metric 'cosine' compares with the float model, which is null; set MeasureOptions::float_model");
}

std::unique_ptr<Metric> constant(double value, const MetricProperties& properties = {}) {
  return metric(
      "mine", [value](const Outputs&, const Label&) { return value; }, properties);
}

TEST(FunctionMetric, IsWhatItsPropertiesSay) {
  const auto bounded = constant(1, {.higher_is_better = false, .bounds = ScoreBounds{0, 2}});
  EXPECT_EQ(bounded->name(), "mine");
  EXPECT_FALSE(bounded->higher_is_better());
  EXPECT_EQ(bounded->aggregation(), Aggregation::mean);
  EXPECT_EQ(bounded->reference(), MetricReference::labels);
  ASSERT_TRUE(bounded->bounds());
  EXPECT_EQ(bounded->bounds()->high, 2);
  EXPECT_EQ(bounded->score({}, Label("")), Score{1});
}

TEST(FunctionMetric, GivesFiniteNumbersWithinItsBounds) {
  const auto refusal = [](const std::unique_ptr<Metric>& metric) {
    return error_text(ErrorKind::input, [&] { metric->score({}, Label("")); });
  };
  EXPECT_EQ(refusal(constant(std::numeric_limits<double>::quiet_NaN())),
            "metric 'mine': the function gave nan; it has to give a finite number");
  EXPECT_EQ(refusal(constant(3, {.bounds = ScoreBounds{0, 2}})),
            "metric 'mine': the function gave 3; it has to give a finite number from 0 to 2");
  EXPECT_EQ(error_text(ErrorKind::input, [] { metric("", [](const Outputs&, const Label&) { return 1.0; }); }),
            "metric: the name is empty; give one");
  EXPECT_EQ(error_text(ErrorKind::input, [] { metric("mine", std::function<double(const Outputs&, const Label&)>()); }),
            "metric 'mine': the function that scores is empty; give one");
}

}  // namespace
}  // namespace octune
