// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/mlp_biases.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <openvino/opsets/opset13.hpp>

#include "octune/quantize.hpp"
#include "quantize/test_runs.hpp"
#include "testing/models.hpp"

namespace octune::quantization {
namespace {

namespace op = ov::opset13;
using NodePtr = std::shared_ptr<ov::Node>;

NodePtr constant(const ov::Shape& shape, std::uint64_t seed) {
  return op::Constant::create(ov::element::f32, shape, testing::normal(ov::shape_size(shape), seed, 0, 0.1F));
}

enum class Bias { none, uniform };

/// [8, 64] -> 128 -> ReLU -> 10
std::shared_ptr<ov::Model> perceptron(Bias bias) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{8, 64});
  x->set_friendly_name("x");
  x->output(0).set_names({"x"});
  NodePtr hidden = std::make_shared<op::MatMul>(x, constant({64, 128}, 1));
  if (bias == Bias::uniform)
    hidden = std::make_shared<op::Add>(hidden, op::Constant::create(ov::element::f32, {128}, std::vector(128, 0.5F)));
  const auto y = std::make_shared<op::MatMul>(std::make_shared<op::Relu>(hidden), constant({128, 10}, 2));
  return std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{x});
}

class Perceptron : public ::testing::TestWithParam<Bias> {};

// Without the bias the runtime's results are off by more than ten orders of magnitude.
TEST_P(Perceptron, IsComputedRightly) {
  const auto model = perceptron(GetParam());
  const auto samples = samples_for(*model, 20, 1);
  QuantizeOptions options;
  options.plan.bias_correction = BiasCorrectionMethod::none;
  const auto low = octune::quantize(model, *dataset(samples), options).model;
  const auto expected = run(model, samples);
  const auto got = run(low, samples);
  double error = 0, power = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    error += std::pow(got[i] - expected[i], 2);
    power += std::pow(expected[i], 2);
  }
  EXPECT_LT(error, 0.01 * power);
}

INSTANTIATE_TEST_SUITE_P(Biases, Perceptron, ::testing::Values(Bias::none, Bias::uniform),
                         [](const auto& one) { return one.param == Bias::none ? "none" : "uniform"; });

TEST(UnevenBiases, AreGivenWhereAnotherQuantizedMatMulFollows) {
  const auto model = perceptron(Bias::none);
  EXPECT_EQ(give_uneven_biases(model), 0u) << "nothing is quantized";
  QuantizeOptions options;
  options.plan.bias_correction = BiasCorrectionMethod::none;
  const auto low = octune::quantize(model, *dataset(samples_for(*model, 5)), options).model;
  EXPECT_EQ(give_uneven_biases(low), 0u) << "it has one";
  std::size_t adds = 0;
  for (const auto& node : low->get_ops()) adds += ov::is_type<op::Add>(node) ? 1 : 0;
  EXPECT_EQ(adds, 1u) << "the last layer needs none";
}

}  // namespace
}  // namespace octune::quantization
