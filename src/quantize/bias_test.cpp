// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/bias.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <openvino/opsets/opset13.hpp>

#include "graph/normalise.hpp"
#include "graph/queries.hpp"
#include "testing/models.hpp"

namespace octune::quantization {
namespace {

namespace op = ov::opset13;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Bias, IsReadReplacedAndInserted) {
  const auto model = testing::small_convnet();
  const auto nodes = graph::nodes_by_name(*model);
  const auto before = bias_values(*nodes.at("conv1"));
  ASSERT_TRUE(before.has_value());
  set_bias(nodes.at("conv1"), std::vector<float>(8, 5.F));
  EXPECT_EQ(*bias_values(*nodes.at("conv1")), std::vector<float>(8, 5.F));

  const auto bare = graph::normalise(testing::conv_batch_norm_relu());
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 3});
  const auto layer = std::make_shared<op::MatMul>(
      x, op::Constant::create(ov::element::f32, {2, 3}, testing::normal(6, 1)), false, true);
  const auto with_result = std::make_shared<ov::Model>(ov::OutputVector{layer}, ov::ParameterVector{x});
  EXPECT_FALSE(bias_values(*layer).has_value());
  set_bias(layer, {1, 2});
  EXPECT_EQ(*bias_values(*layer), (std::vector<float>{1, 2}));
}

/// A MatMul of two output channels with a result behind it, and its bias if there are values.
struct Layer {
  std::shared_ptr<op::MatMul> node;
  std::shared_ptr<ov::Model> model;
};

Layer layer_with(const std::vector<float>& bias) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 3});
  const auto weights = op::Constant::create(ov::element::f32, {2, 3}, testing::normal(6, 1));
  const auto node = std::make_shared<op::MatMul>(x, weights, false, true);
  node->set_friendly_name("layer");
  std::shared_ptr<ov::Node> last = node;
  if (!bias.empty()) last = std::make_shared<op::Add>(node, op::Constant::create(ov::element::f32, {1, 2}, bias));
  return {node, std::make_shared<ov::Model>(ov::OutputVector{last}, ov::ParameterVector{x})};
}

SplitMeans shift(std::vector<double> all, std::vector<double> even, std::vector<double> odd) {
  return {std::move(all), std::move(even), std::move(odd)};
}

TEST(SplitMeans, AreThoseOfEverySecondRow) {
  const SplitMeans means = split_means(std::vector<float>{1, 10, 2, 20, 6, 60}, 2);
  EXPECT_THAT(means.all, ElementsAre(3, 30));
  EXPECT_THAT(means.even, ElementsAre(3.5, 35));
  EXPECT_THAT(means.odd, ElementsAre(2, 20));
  EXPECT_THAT(split_means(std::vector<float>{7}, 1).all, ElementsAre(7));
  EXPECT_THAT(split_means(std::vector<float>{7}, 1).even, IsEmpty());
}

TEST(CorrectBias, AddsTheShiftToAnExistingOrANewBias) {
  const Layer with = layer_with({1, 0});
  EXPECT_EQ(correct_bias(with.node, shift({0.5, -1}, {0.5, -1}, {0.5, -1}), std::nullopt), "");
  EXPECT_EQ(*bias_values(*with.node), (std::vector<float>{1.5F, -1})) << "a zero in the bias is no obstacle";
  const Layer without = layer_with({});
  EXPECT_EQ(correct_bias(without.node, shift({0.5, -1}, {}, {}), 0.1), "") << "no bias, no limit";
  EXPECT_EQ(*bias_values(*without.node), (std::vector<float>{0.5F, -1}));
}

TEST(CorrectBias, RefusesAShiftThatIsNotFinite) {
  const Layer layer = layer_with({1, 2});
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(correct_bias(layer.node, shift({nan, 0}, {nan, 0}, {0, 0}), std::nullopt), "the shift is not finite");
  EXPECT_EQ(*bias_values(*layer.node), (std::vector<float>{1, 2}));
}

// The halves disagree: what one shows would make the other worse.
TEST(CorrectBias, RefusesAShiftThatDoesNotGeneralise) {
  const Layer layer = layer_with({1, 2});
  const std::string reason = "the shift of one half of the samples does not lower the error of the other half";
  EXPECT_EQ(correct_bias(layer.node, shift({0.1, 0}, {1, 1}, {-0.8, -1}), std::nullopt), reason);
  EXPECT_EQ(correct_bias(layer.node, shift({1, 0}, {1, 1}, {1, -1}), std::nullopt), reason) << "no gain on the whole";
  EXPECT_EQ(correct_bias(layer.node, shift({1, 0}, {1, 0.3}, {1, -0.3}), std::nullopt), "");
}

TEST(CorrectBias, RefusesACorrectionBeyondTheThreshold) {
  // root mean square of the bias: 3; the second channel is measured against that, not against its own zero.
  const std::vector<float> bias{std::sqrt(18.F), 0};
  const Layer layer = layer_with(bias);
  EXPECT_EQ(correct_bias(layer.node, shift({0, 6.6}, {0, 6.6}, {0, 6.6}), 2),
            "the correction is 2.2 times the bias, the threshold is 2");
  EXPECT_EQ(*bias_values(*layer.node), bias);
  EXPECT_EQ(correct_bias(layer.node, shift({0, 5.4}, {0, 5.4}, {0, 5.4}), 2), "");
}

}  // namespace
}  // namespace octune::quantization
