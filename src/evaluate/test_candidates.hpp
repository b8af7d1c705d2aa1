// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <openvino/opsets/opset13.hpp>
#include <string>
#include <vector>

#include "evaluate/test_values.hpp"
#include "infer/runtime.hpp"
#include "octune/dataset.hpp"
#include "octune/metric.hpp"

/// Candidates whose right and wrong answers the tests choose: an input holds two answers, one for the float model and
/// one for the candidate, and a model picks one.
namespace octune::evaluate {

enum class Pick { float_answer = 0, own_answer = 1 };

/// x[1,2] -> y[1,2]: class 1 leads if x[0, pick] is 1.
inline std::shared_ptr<ov::Model> picking_model(Pick pick) {
  namespace op = ov::opset13;
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::Shape{1, 2});
  x->output(0).set_names({"x"});
  const std::vector<float> weights = pick == Pick::float_answer ? std::vector<float>{-1, 1, 0, 0}  //
                                                                : std::vector<float>{0, 0, -1, 1};
  const auto product = std::make_shared<op::MatMul>(x, op::Constant::create(ov::element::f32, {2, 2}, weights));
  const auto y = std::make_shared<op::Add>(
      product, op::Constant::create(ov::element::f32, {1, 2}, std::vector<float>{0.5F, -0.5F}));
  y->output(0).set_names({"y"});
  return std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{x});
}

inline ov::CompiledModel compiled(Pick pick, int streams = 1) {
  return infer::Runtime().compile(picking_model(pick), {.streams = streams});
}

/// What both models answer; the right answer is always 1.
struct Answers {
  int of_float = 1;
  int own = 1;
};

inline std::unique_ptr<Dataset> dataset_of(const std::vector<Answers>& answers) {
  std::vector<Sample> samples;
  for (const Answers& answer : answers) {
    samples.push_back({{"x", floats({1, 2}, {static_cast<float>(answer.of_float), static_cast<float>(answer.own)})}});
  }
  return dataset(std::move(samples));
}

/// The first `worse` samples only the float model gets right, the next `better` only the candidate.
inline std::vector<Answers> answers(std::size_t size, std::size_t worse, std::size_t better) {
  std::vector<Answers> answers(size);
  for (std::size_t i = 0; i < worse; ++i) answers[i] = {1, 0};
  for (std::size_t i = worse; i < worse + better; ++i) answers[i] = {0, 1};
  return answers;
}

inline std::vector<std::unique_ptr<Metric>> metrics_of(const std::vector<std::string>& names) {
  std::vector<std::unique_ptr<Metric>> metrics;
  for (const std::string& name : names) metrics.push_back(make_metric(name));
  return metrics;
}

}  // namespace octune::evaluate
