// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "graph/patterns.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <openvino/opsets/opset13.hpp>

#include "graph/normalise.hpp"
#include "graph/queries.hpp"
#include "testing/models.hpp"

namespace octune::graph {
namespace {

namespace op = ov::opset13;
using NodePtr = std::shared_ptr<ov::Node>;

NodePtr named(NodePtr node, const std::string& name) {
  node->set_friendly_name(name);
  return node;
}

NodePtr layer(const NodePtr& x, std::size_t channels, const std::string& name) {
  const auto weights =
      op::Constant::create(ov::element::f32, {channels, channels, 1, 1}, testing::normal(channels * channels, 5));
  return named(std::make_shared<op::Convolution>(x, weights, ov::Strides{1, 1}, ov::CoordinateDiff{0, 0},
                                                 ov::CoordinateDiff{0, 0}, ov::Strides{1, 1}),
               name);
}

std::shared_ptr<ov::Model> model_of(const NodePtr& output, const std::shared_ptr<op::Parameter>& x) {
  return std::make_shared<ov::Model>(ov::OutputVector{output}, ov::ParameterVector{x});
}

std::map<std::string, std::string> reasons(const ov::Model& model) {
  std::map<std::string, std::string> result;
  for (const auto& [node, reason] : kept_in_float(model)) result[node->get_friendly_name()] = reason;
  return result;
}

TEST(FusedChains, BiasAndActivationBelongToTheConvolution) {
  const auto model = testing::small_convnet();
  const auto nodes = nodes_by_name(*model);
  const FusedChains chains = fused_chains(*model);
  EXPECT_EQ(chains.head.at(nodes.at("bias1").get()), nodes.at("conv1").get());
  EXPECT_EQ(chains.head.at(nodes.at("relu1").get()), nodes.at("conv1").get());
  EXPECT_EQ(chains.tail.at(nodes.at("conv1").get()), nodes.at("relu1").get());
  EXPECT_FALSE(chains.head.contains(nodes.at("pool").get()));
}

TEST(FusedChains, AResidualSumJoinsOneOfItsConvolutions) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 4, 8, 8});
  const auto a = layer(x, 4, "a");
  const auto b = layer(x, 4, "b");
  const auto sum = named(std::make_shared<op::Add>(a, b), "sum");
  const auto model = model_of(std::make_shared<op::Relu>(sum), x);
  const FusedChains chains = fused_chains(*model);
  ASSERT_TRUE(chains.head.contains(sum.get()));
  const std::size_t fused_port = chains.head.at(sum.get()) == a.get() ? 0 : 1;
  EXPECT_TRUE(chains.edges.contains({sum.get(), fused_port}));
  EXPECT_FALSE(chains.edges.contains({sum.get(), 1 - fused_port}));
}

TEST(FusedChains, EndWhereAValueIsReadTwice) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 4, 8, 8});
  const auto a = layer(x, 4, "a");
  const auto relu = std::make_shared<op::Relu>(a);
  const auto model = model_of(std::make_shared<op::Multiply>(relu, std::make_shared<op::Sigmoid>(a)), x);
  const FusedChains chains = fused_chains(*model);
  EXPECT_EQ(chains.tail.at(a.get()), a.get());
}

TEST(KeptInFloat, TheProductOfProbabilitiesAndValues) {
  const auto model = testing::small_transformer();
  const auto kept = reasons(*model);
  EXPECT_TRUE(kept.contains("context"));
  EXPECT_FALSE(kept.contains("scores"));
  EXPECT_TRUE(has_attention(*model));
  EXPECT_FALSE(has_attention(*testing::small_convnet()));
}

TEST(HasAttention, SurvivesNormalisation) { EXPECT_TRUE(has_attention(*normalise(testing::small_transformer()))); }

ov::Output<ov::Node> tokens() { return std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{2, 8, 8}); }

/// softmax(change(a b)) c
std::shared_ptr<ov::Model> attention(const std::function<ov::Output<ov::Node>(ov::Output<ov::Node>)>& change) {
  const auto a = tokens(), b = tokens(), c = tokens();
  const auto scores = std::make_shared<op::MatMul>(a, b);
  const auto probabilities = std::make_shared<op::Softmax>(change(scores), 2);
  const auto context = std::make_shared<op::MatMul>(probabilities, c);
  ov::ParameterVector inputs;
  for (const auto& input : {a, b, c}) inputs.push_back(ov::as_type_ptr<op::Parameter>(input.get_node_shared_ptr()));
  return std::make_shared<ov::Model>(ov::OutputVector{context}, inputs);
}

TEST(HasAttention, IsFoundBehindScalesAndMasksOfEveryKind) {
  const auto mask = [](float value) { return op::Constant::create(ov::element::f32, {2, 8, 8}, {value}); };
  const auto computed = [](const ov::Output<ov::Node>& like) { return std::make_shared<op::Exp>(like); };
  const auto where = op::Constant::create(ov::element::boolean, {2, 8, 8}, {true});
  using Scores = const ov::Output<ov::Node>&;
  EXPECT_TRUE(has_attention(*attention([&](Scores s) { return s; })));
  EXPECT_TRUE(has_attention(*attention([&](Scores s) { return std::make_shared<op::Add>(mask(-9), s); })));
  EXPECT_TRUE(has_attention(*attention([&](Scores s) { return std::make_shared<op::Add>(computed(s), s); })));
  EXPECT_TRUE(has_attention(*attention([&](Scores s) { return std::make_shared<op::Select>(where, s, mask(-9)); })));
  EXPECT_TRUE(has_attention(*attention([&](Scores s) { return std::make_shared<op::Select>(where, mask(-9), s); })));
  EXPECT_TRUE(has_attention(*attention([&](Scores s) {
    const auto soft_cap =
        std::make_shared<op::Multiply>(std::make_shared<op::Tanh>(std::make_shared<op::Divide>(s, mask(30))), mask(30));
    return std::make_shared<op::Add>(soft_cap, mask(0));
  })));
}

TEST(HasAttention, ScaledDotProductAttentionIsOne) {
  const auto a = tokens(), b = tokens(), c = tokens();
  const auto node = std::make_shared<op::ScaledDotProductAttention>(a, b, c, false);
  ov::ParameterVector inputs;
  for (const auto& input : {a, b, c}) inputs.push_back(ov::as_type_ptr<op::Parameter>(input.get_node_shared_ptr()));
  EXPECT_TRUE(has_attention(ov::Model(ov::OutputVector{node}, inputs)));
}

// Softmax over the branches of a selective-kernel block, over the channels of a gate, and pooling with learned scores:
// no queries meet keys.
TEST(HasAttention, SoftmaxAloneIsNone) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 4, 8, 8});
  const auto axes = op::Constant::create(ov::element::i64, {2}, {2, 3});
  const auto gate = std::make_shared<op::Softmax>(layer(std::make_shared<op::ReduceMean>(x, axes, true), 4, "gate"), 1);
  EXPECT_FALSE(has_attention(*model_of(std::make_shared<op::Multiply>(x, gate), x)));

  const auto rows = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 8, 4});
  const auto learned = op::Constant::create(ov::element::f32, {4, 1}, testing::normal(4, 3));
  const auto scores = std::make_shared<op::Softmax>(std::make_shared<op::MatMul>(rows, learned), 1);
  const auto pooled = std::make_shared<op::MatMul>(scores, rows, true, false);
  EXPECT_FALSE(has_attention(*model_of(pooled, rows)));

  EXPECT_FALSE(has_attention(*attention([](const ov::Output<ov::Node>& s) { return std::make_shared<op::Sinh>(s); })));
}

TEST(HasAttention, IsFoundInsideSubGraphs) {
  const auto inner = attention([](ov::Output<ov::Node> s) { return s; });
  const auto yes = op::Constant::create(ov::element::boolean, {}, {true});
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{2, 8, 8});
  const auto loop = std::make_shared<op::Loop>(op::Constant::create(ov::element::i64, {}, {2}), yes);
  const auto result = inner->get_results()[0]->input_value(0);
  const auto goes_on = op::Constant::create(ov::element::boolean, {}, {true});
  loop->set_function(std::make_shared<ov::Model>(ov::OutputVector{result, goes_on}, inner->get_parameters()));
  loop->set_special_body_ports({-1, 1});
  for (const auto& parameter : inner->get_parameters()) loop->set_invariant_input(parameter, x);
  const auto y = loop->get_iter_value(result, -1);
  EXPECT_TRUE(has_attention(ov::Model(ov::OutputVector{y}, ov::ParameterVector{x})));
}

TEST(KeptInFloat, SqueezeAndExcitation) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 4, 8, 8});
  const auto features = std::make_shared<op::Relu>(layer(x, 4, "features"));
  const auto mean = named(
      std::make_shared<op::ReduceMean>(features, op::Constant::create(ov::element::i64, {2}, {2, 3}), true), "mean");
  const auto squeeze = std::make_shared<op::Relu>(layer(mean, 4, "squeeze"));
  const auto gate = std::make_shared<op::Sigmoid>(layer(squeeze, 4, "excite"));
  const auto model = model_of(std::make_shared<op::Multiply>(features, gate), x);
  const auto kept = reasons(*model);
  EXPECT_TRUE(kept.contains("squeeze"));
  EXPECT_TRUE(kept.contains("excite"));
  EXPECT_TRUE(kept.contains("mean"));
  EXPECT_FALSE(kept.contains("features"));
}

TEST(KeptInFloat, EverythingBehindTheLastLayersOfADetector) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 4, 8, 8});
  const auto head = layer(x, 4, "head");
  const auto scaled =
      named(std::make_shared<op::Multiply>(head, op::Constant::create(ov::element::f32, {1}, {2})), "decode");
  const auto flat = std::make_shared<op::Reshape>(scaled, op::Constant::create(ov::element::i64, {2}, {1, -1}), false);
  const auto best = std::make_shared<op::TopK>(flat, op::Constant::create(ov::element::i64, {}, {5}), 1,
                                               op::TopK::Mode::MAX, op::TopK::SortType::SORT_VALUES);
  const auto kept = reasons(ov::Model(ov::OutputVector{best->output(0)}, ov::ParameterVector{x}));
  EXPECT_TRUE(kept.contains("decode"));
  EXPECT_FALSE(kept.contains("head"));
}

TEST(KeptInFloat, AnglesOfPositionEmbeddings) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 8, 1});
  const auto frequencies = op::Constant::create(ov::element::f32, {1, 4}, testing::normal(4, 3));
  const auto angles = named(std::make_shared<op::MatMul>(x, frequencies), "angles");
  const auto model =
      model_of(std::make_shared<op::Add>(std::make_shared<op::Cos>(angles), std::make_shared<op::Sin>(angles)), x);
  EXPECT_TRUE(reasons(*model).contains("angles"));
}

}  // namespace
}  // namespace octune::graph
