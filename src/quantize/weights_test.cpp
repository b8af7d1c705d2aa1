// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/weights.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <openvino/opsets/opset13.hpp>

#include "quantize/weights_extent.hpp"
#include "testing/models.hpp"

namespace octune::quantization {
namespace {

using ::testing::ElementsAre;

Quantizer weights_quantizer(std::vector<std::size_t> axes, Mode mode = Mode::symmetric, int bits = 8) {
  Quantizer quantizer;
  quantizer.kind = QuantizerKind::weights;
  quantizer.scheme = {bits, mode, axes.empty() ? Granularity::per_tensor : Granularity::per_channel, std::nullopt,
                      std::nullopt};
  quantizer.storage_bits = bits <= 4 ? 4 : bits <= 8 ? 8 : 16;
  quantizer.channel_axes = std::move(axes);
  quantizer.estimator.min.type = EstimatorType::min;
  quantizer.estimator.max.type = mode == Mode::symmetric ? EstimatorType::abs_max : EstimatorType::max;
  return quantizer;
}

QuantizedWeights quantize_weights(const std::vector<float>& values, const ov::Shape& shape,
                                  const Quantizer& quantizer) {
  return quantize_weights(values, shape, quantizer, weights_extent(values, shape, quantizer));
}

TEST(ChannelOfElement, CountsAlongTheKeptAxes) {
  EXPECT_THAT(channel_of_element({2, 3}, {0}), ElementsAre(0, 0, 0, 1, 1, 1));
  EXPECT_THAT(channel_of_element({2, 3}, {1}), ElementsAre(0, 1, 2, 0, 1, 2));
  EXPECT_THAT(channel_of_element({2, 1, 2}, {0, 2}), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(channel_of_element({2, 2}, {}), ElementsAre(0, 0, 0, 0));
}

TEST(QuantizeWeights, StoresIntegersAndOneScaleAChannel) {
  const QuantizedWeights weights = quantize_weights({1, -0.5F, 0, 4, 2, -4}, {2, 3}, weights_quantizer({0}));
  EXPECT_THAT(weights.integers, ElementsAre(127, -64, 0, 127, 64, -127));
  EXPECT_EQ(weights.scale_shape, (ov::Shape{2, 1}));
  EXPECT_TRUE(weights.zero_point.empty());
  EXPECT_FLOAT_EQ(weights.scale[0], 1.F / 127);
  EXPECT_FLOAT_EQ(weights.scale[1], 4.F / 127);
}

class AnyWeights : public ::testing::TestWithParam<std::tuple<Mode, int, std::vector<std::size_t>>> {};

// The error of every element is at most half a step of its channel, zero stays zero, and the sub-graph computes the
// same values.
TEST_P(AnyWeights, AreWithinHalfAStepAndComeBackFromTheSubGraph) {
  const auto& [mode, bits, axes] = GetParam();
  const ov::Shape shape{4, 3, 2};
  std::vector<float> values = testing::normal(24, 7);
  values[5] = 0;
  const QuantizedWeights weights = quantize_weights(values, shape, weights_quantizer(axes, mode, bits));
  const std::vector<float> back = weights.dequantized();
  const std::vector<std::size_t> channel = channel_of_element(shape, axes);
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_LE(std::abs(back[i] - values[i]), weights.scale[channel[i]] * 0.5001F) << "element " << i;
  }
  EXPECT_EQ(back[5], 0.F);

  const auto node = weights_node(weights, ov::element::f32, "w");
  const ov::Node* source = node->get_input_node_ptr(0);
  while (source->get_input_size() > 0) source = source->get_input_node_ptr(0);
  EXPECT_EQ(source->get_output_element_type(0), bits <= 4   ? ov::element::i4
                                                : bits <= 8 ? ov::element::i8
                                                            : ov::element::i16);
  const auto zero = ov::opset13::Constant::create(ov::element::f32, shape, std::vector<float>(24, 0));
  const auto parameter = std::make_shared<ov::opset13::Parameter>(ov::element::f32, ov::PartialShape(shape));
  const auto sum = std::make_shared<ov::opset13::Add>(parameter, node);
  const ov::Model model(ov::OutputVector{sum}, ov::ParameterVector{parameter});
  ov::TensorVector outputs{ov::Tensor(ov::element::f32, shape)};
  ASSERT_TRUE(model.evaluate(outputs, {zero->get_tensor_view()}));
  for (std::size_t i = 0; i < values.size(); ++i) EXPECT_NEAR(outputs[0].data<float>()[i], back[i], 1e-6);
}

INSTANTIATE_TEST_SUITE_P(SchemesAndAxes, AnyWeights,
                         ::testing::Combine(::testing::Values(Mode::symmetric, Mode::asymmetric),
                                            ::testing::Values(2, 4, 8, 16),
                                            ::testing::Values(std::vector<std::size_t>{}, std::vector<std::size_t>{0},
                                                              std::vector<std::size_t>{1},
                                                              std::vector<std::size_t>{0, 1})));

TEST(QuantizeWeights, QuantilesCutOutliers) {
  std::vector<float> values = testing::normal(10000, 3);
  values[17] = 1000;
  Quantizer quantizer = weights_quantizer({});
  quantizer.estimator.max = {EstimatorType::abs_quantile, Aggregator::max, 1e-3, std::nullopt, std::nullopt};
  EXPECT_LT(quantize_weights(values, {10000}, quantizer).scale[0] * 127, 10);
}

}  // namespace
}  // namespace octune::quantization
