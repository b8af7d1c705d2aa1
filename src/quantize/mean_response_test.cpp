// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/mean_response.hpp"

#include <gtest/gtest.h>

#include <openvino/opsets/opset13.hpp>

#include "quantize/test_runs.hpp"
#include "testing/models.hpp"

namespace octune::quantization {
namespace {

namespace op = ov::opset13;

/// The mean of each output channel of a model with one operation whose input channels are constant.
std::vector<double> means_of_constant_input(const std::shared_ptr<ov::Node>& operation,
                                            const std::shared_ptr<op::Parameter>& x, const std::vector<double>& mean,
                                            std::size_t channels) {
  ov::Tensor input(ov::element::f32, x->get_shape());
  const std::size_t area = input.get_size() / mean.size();
  for (std::size_t i = 0; i < input.get_size(); ++i) input.data<float>()[i] = static_cast<float>(mean[i / area]);
  const auto model = std::make_shared<ov::Model>(ov::OutputVector{operation}, ov::ParameterVector{x});
  const std::vector<float> output = run(model, {{{"x", input}}});
  const std::size_t positions = output.size() / channels;
  std::vector<double> result(channels, 0);
  for (std::size_t i = 0; i < output.size(); ++i) result[i / positions] += output[i] / static_cast<double>(positions);
  return result;
}

// A padded convolution against a brute-force convolution of a constant input.
TEST(MeanResponse, CountsTheTapsThatPaddingCovers) {
  constexpr std::int64_t kSize = 4;
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 2, kSize, kSize});
  const ov::Shape shape{3, 2, 3, 3};
  const std::vector<float> values = testing::normal(54, 12);
  const auto weights = op::Constant::create(ov::element::f32, shape, values);
  const auto conv = std::make_shared<op::Convolution>(x, weights, ov::Strides{2, 1}, ov::CoordinateDiff{1, 0},
                                                      ov::CoordinateDiff{1, 2}, ov::Strides{1, 1});
  const std::vector<double> mean{0.5, -2};
  const auto response = MeanResponse(*conv, values, shape)(mean);

  const auto expected = means_of_constant_input(conv, x, mean, 3);
  for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(response[c], expected[c], 1e-4) << "channel " << c;
}

// The same for a transposed convolution, where most taps meet only every other output position.
TEST(MeanResponse, CountsTheProductsOfTransposedConvolutions) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 2, 4, 4});
  x->output(0).set_names({"x"});
  const ov::Shape shape{2, 3, 3, 2};
  const std::vector<float> values = testing::normal(36, 13);
  const auto conv = std::make_shared<op::ConvolutionBackpropData>(
      x, op::Constant::create(ov::element::f32, shape, values), ov::Strides{2, 2}, ov::CoordinateDiff{1, 0},
      ov::CoordinateDiff{0, 0}, ov::Strides{1, 1});
  const std::vector<double> mean{0.5, -2};
  const auto response = MeanResponse(*conv, values, shape)(mean);
  const auto expected = means_of_constant_input(conv, x, mean, 3);
  for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(response[c], expected[c], 1e-4) << "channel " << c;
}

TEST(MeanResponse, GroupedAndTransposedWeightsAgainstTheirDefinition) {
  const auto grouped = std::make_shared<op::GroupConvolution>(
      std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 4, 5, 5}),
      op::Constant::create(ov::element::f32, {2, 3, 2, 1, 1}, testing::normal(12, 4)), ov::Strides{1, 1},
      ov::CoordinateDiff{0, 0}, ov::CoordinateDiff{0, 0}, ov::Strides{1, 1});
  const std::vector<float> w = testing::normal(12, 4);
  const auto response = MeanResponse(*grouped, w, {2, 3, 2, 1, 1})(std::vector<double>{1, 2, 3, 4});
  ASSERT_EQ(response.size(), 6u);
  for (std::size_t g = 0; g < 2; ++g) {
    for (std::size_t o = 0; o < 3; ++o) {
      const double expected = w[(g * 3 + o) * 2] * (g * 2 + 1.0) + w[(g * 3 + o) * 2 + 1] * (g * 2 + 2.0);
      EXPECT_NEAR(response[g * 3 + o], expected, 1e-6);
    }
  }
}

// Both ways of storing the matrix of a MatMul, and the matrix on the left.
TEST(MeanResponse, MatricesAgainstTheirDefinition) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{4, 4});
  const std::vector<float> w = testing::normal(16, 5);
  const std::vector<double> mean{1, -2, 3, 0.5};
  const auto weights = op::Constant::create(ov::element::f32, {4, 4}, w);
  const auto expect = [&](const op::MatMul& node, bool rows_are_outputs) {
    const auto response = MeanResponse(node, w, {4, 4})(mean);
    for (std::size_t o = 0; o < 4; ++o) {
      double expected = 0;
      for (std::size_t i = 0; i < 4; ++i) expected += w[rows_are_outputs ? o * 4 + i : i * 4 + o] * mean[i];
      EXPECT_NEAR(response[o], expected, 1e-5);
    }
  };
  expect(op::MatMul(x, weights, false, false), false);
  expect(op::MatMul(x, weights, false, true), true);
  expect(op::MatMul(weights, x, false, false), true);
  expect(op::MatMul(weights, x, true, false), false);
}

}  // namespace
}  // namespace octune::quantization
