// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/judged_output.hpp"

#include <gtest/gtest.h>

#include <openvino/opsets/opset13.hpp>

#include "evaluate/registry.hpp"
#include "evaluate/test_values.hpp"

namespace octune::evaluate {
namespace {

namespace op = ov::opset13;

TEST(JudgedOutput, TheNamedOneInsteadOfTheFirst) {
  const Outputs outputs{floats({2}, {1, 0}), floats({2}, {0, 1})};
  MetricOptions second;
  second.output = 1;
  EXPECT_EQ(make_metric("accuracy@top1")->score(outputs, "1")[0], 0);
  EXPECT_EQ(make_metric("accuracy@top1", second)->score(outputs, "1")[0], 1);
  const Outputs reference{floats({2}, {5, 5}), floats({2}, {0, 1})};
  EXPECT_EQ(make_metric("mse_to_float", second)->score(outputs, reference)[0], 0);
  EXPECT_EQ(error_text(ErrorKind::input, [&] { make_metric("mae", second)->score({outputs[0]}, "1"); }),
            "metric 'mae': output 1 is to be judged but the model has 1; count them from 0");
}

TEST(JudgedOutput, EverythingElseIsTheMetricsOwn) {
  MetricOptions options{.dictionary = {"a"}};
  for (const MetricEntry& entry : metric_entries()) {
    options.output.reset();
    const auto metric = make_metric(entry.name, options);
    options.output = 0;
    const auto same = make_metric(entry.name, options);
    EXPECT_EQ(same->name(), metric->name());
    EXPECT_EQ(same->higher_is_better(), metric->higher_is_better()) << entry.name;
    EXPECT_EQ(same->unit(), metric->unit()) << entry.name;
    EXPECT_EQ(same->reference(), metric->reference()) << entry.name;
    EXPECT_EQ(same->aggregation(), metric->aggregation()) << entry.name;
    EXPECT_EQ(same->bounds().has_value(), metric->bounds().has_value()) << entry.name;
  }
}

TEST(JudgedOutput, ValuesAreTheMetricsOwn) {
  MetricOptions options;
  options.output = 0;
  EXPECT_EQ(make_metric("rmse", options)->value(Score{8}, 2), 2);
  const auto spearman = make_metric("spearman", options);
  EXPECT_NEAR(spearman->value(std::vector<Score>{{1, 1, 2, 3}, {3, 2}}), 0.5, 1e-12);
}

TEST(JudgedOutput, ByNameOfTheTensorOrOfTheOperationOrByNumber) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::Shape{2});
  const auto relu = std::make_shared<op::Relu>(x);
  relu->set_friendly_name("my/relu");
  relu->output(0).set_names({"probabilities"});
  const auto exp = std::make_shared<op::Exp>(x);
  exp->set_friendly_name("my/exp");
  const ov::Model model(ov::OutputVector{relu, exp}, ov::ParameterVector{x});
  EXPECT_EQ(output_index(model, "probabilities"), 0u);
  EXPECT_EQ(output_index(model, "my/relu"), 0u);
  EXPECT_EQ(output_index(model, "my/exp"), 1u);
  EXPECT_EQ(output_index(model, "1"), 1u);
  EXPECT_EQ(error_text(ErrorKind::input, [&] { output_index(model, "probability"); }),
            "output: the model has no 'probability'; did you mean 'probabilities'? (known: probabilities, my/exp)");
  EXPECT_EQ(error_text(ErrorKind::input, [&] { output_index(model, "2"); }),
            "output: the model has no '2'; (known: probabilities, my/exp)");
}

}  // namespace
}  // namespace octune::evaluate
