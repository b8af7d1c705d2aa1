// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "graph/queries.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <openvino/opsets/opset13.hpp>

#include "testing/models.hpp"

namespace octune::graph {
namespace {

namespace op = ov::opset13;
using ::testing::ElementsAre;

std::shared_ptr<op::Parameter> parameter(const ov::PartialShape& shape) {
  return std::make_shared<op::Parameter>(ov::element::f32, shape);
}

std::shared_ptr<op::Constant> constant(const ov::Shape& shape) {
  return op::Constant::create(ov::element::f32, shape, testing::normal(ov::shape_size(shape), 1));
}

std::shared_ptr<ov::Node> group_convolution(const ov::Shape& weights) {
  return std::make_shared<op::GroupConvolution>(
      parameter({1, static_cast<std::int64_t>(weights[0] * weights[2]), 8, 8}), constant(weights), ov::Strides{1, 1},
      ov::CoordinateDiff{0, 0}, ov::CoordinateDiff{0, 0}, ov::Strides{1, 1});
}

TEST(OperationType, TellsDepthwiseFromGroupedConvolutions) {
  EXPECT_EQ(operation_type(*group_convolution({4, 1, 1, 3, 3})), "DepthwiseConvolution");
  EXPECT_EQ(operation_type(*group_convolution({2, 2, 2, 3, 3})), "GroupConvolution");
}

TEST(OperationType, AGatherOfConstantRowsIsAnEmbedding) {
  const auto ids = std::make_shared<op::Parameter>(ov::element::i64, ov::PartialShape{1, 4});
  const auto axis = op::Constant::create(ov::element::i64, {}, {0});
  EXPECT_EQ(operation_type(op::Gather(constant({10, 3}), ids, axis)), "Embedding");
  EXPECT_EQ(operation_type(op::Gather(parameter({10, 3}), ids, axis)), "Gather");
}

TEST(Weights, PortsAndAxesOfEveryLinearOperation) {
  const auto nodes = nodes_by_name(*testing::small_convnet());
  EXPECT_EQ(weights_port(*nodes.at("conv1")), 1u);
  EXPECT_THAT(weights_channel_axes(*nodes.at("conv1"), 1), ElementsAre(0));
  EXPECT_THAT(weights_channel_axes(*nodes.at("conv2"), 1), ElementsAre(0, 1));
  EXPECT_THAT(weights_channel_axes(*nodes.at("fc"), 1), ElementsAre(0));  // transposed
  EXPECT_EQ(weights_port(*nodes.at("relu1")), std::nullopt);

  const op::MatMul plain(parameter({1, 4}), constant({4, 6}), false, false);
  EXPECT_THAT(weights_channel_axes(plain, 1), ElementsAre(1));
  const op::MatMul on_the_left(constant({6, 4}), parameter({4, 2}), false, false);
  EXPECT_EQ(weights_port(on_the_left), 0u);
  EXPECT_THAT(weights_channel_axes(on_the_left, 0), ElementsAre(0));
  EXPECT_EQ(output_channel_axis(on_the_left), 0u);
  EXPECT_EQ(input_channel_axis(on_the_left), 0u);
}

TEST(Weights, ConvertedFromSixteenBitsAreConstants) {
  const auto half = op::Constant::create(ov::element::f16, {4, 3}, testing::normal(12, 2));
  const auto converted = std::make_shared<op::Convert>(half, ov::element::f32);
  const op::MatMul node(parameter({1, 3}), converted, false, true);
  EXPECT_EQ(weights_port(node), 1u);
  EXPECT_EQ(constant_of(node.input_value(1))->get_element_type(), ov::element::f32);
}

TEST(Weights, ComputedOnesAreNone) {
  const op::MatMul node(parameter({1, 3}), parameter({3, 2}), false, false);
  EXPECT_EQ(weights_port(node), std::nullopt);
}

TEST(BiasOf, IsAConstantWithOneValueAChannel) {
  const auto nodes = nodes_by_name(*testing::small_convnet());
  EXPECT_EQ(bias_of(*nodes.at("conv1"))->add->get_friendly_name(), "bias1");
  EXPECT_EQ(bias_of(*nodes.at("fc"))->constant_port, 1u);
  EXPECT_FALSE(bias_of(*nodes.at("relu1")).has_value());

  const auto product = std::make_shared<op::MatMul>(parameter({1, 5, 4}), constant({6, 4}), false, true);
  const auto positions = std::make_shared<op::Add>(product, constant({1, 5, 6}));
  EXPECT_FALSE(bias_of(*product).has_value()) << "a value a position is no bias";
}

TEST(BiasOf, AConstantThatWidensTheOutputIsNone) {
  const auto product = std::make_shared<op::MatMul>(parameter({2, 4}), constant({1, 4}), false, true);
  const auto sum = std::make_shared<op::Add>(product, constant({5}));
  EXPECT_FALSE(bias_of(*product).has_value());
}

TEST(DataConsumers, LeavesShapesOutAndIsOrderedByName) {
  const auto x = parameter({1, 4});
  const auto b = std::make_shared<op::Relu>(x);
  const auto a = std::make_shared<op::Exp>(x);
  const auto shape = std::make_shared<op::ShapeOf>(x);
  b->set_friendly_name("b");
  a->set_friendly_name("a");
  const auto consumers = data_consumers(*x);
  ASSERT_EQ(consumers.size(), 2u);
  EXPECT_EQ(consumers[0].get_node()->get_friendly_name(), "a");
  EXPECT_EQ(consumers[1].get_node()->get_friendly_name(), "b");
}

}  // namespace
}  // namespace octune::graph
