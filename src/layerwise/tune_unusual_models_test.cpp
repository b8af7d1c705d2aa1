// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <openvino/op/util/variable.hpp>

#include "graph/queries.hpp"
#include "layerwise/test_nets.hpp"
#include "layerwise/tunable_layer.hpp"
#include "octune/layerwise.hpp"

// Models that are not a plain chain of static shapes with a quantizer right in front of every layer.
namespace octune::layerwise {
namespace {

constexpr int kLevels = 127;
constexpr int kFewLevels = 3;  // rounding hurts: every layer has something to gain

LayerwiseOptions options_of_test() {
  LayerwiseOptions options;
  options.method = LayerwiseMethod::least_squares;
  options.rows = 1200;
  options.held_out = 0.5;
  return options;
}

/// `count` samples of the input "x" with the shape that `shape` gives the i-th.
std::vector<Sample> samples_of(std::size_t count, const std::function<ov::Shape(std::size_t)>& shape) {
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < count; ++i) {
    ov::Tensor tensor(ov::element::f32, shape(i));
    const auto values = testing::normal(tensor.get_size(), 70 + i, 0.5F);
    std::copy(values.begin(), values.end(), tensor.data<float>());
    samples.push_back({{"x", tensor}});
  }
  return samples;
}

std::shared_ptr<ops::Parameter> input(const ov::PartialShape& shape) {
  const auto x = named("x", std::make_shared<ops::Parameter>(ov::element::f32, shape));
  x->output(0).set_names({"x"});
  return x;
}

NodePtr matmul(const std::string& name, const NodePtr& x, const ov::Shape& weights, std::uint64_t seed, int levels) {
  return named(name, std::make_shared<ops::MatMul>(x, weights_of(weights, seed, levels), false, true));
}

float upper_border(const ov::Model& model, const std::string& name) {
  return graph::constant_of(graph::nodes_by_name(model).at(name)->input_value(2))->cast_vector<float>()[0];
}

/// "first" -> FakeQuantize with a range far too wide -> Transpose -> Reshape -> "second" -> "third".
std::shared_ptr<ov::Model> moving_net(int levels) {
  constexpr float kRange = 80;
  const auto x = input({1, 12, 5});
  NodePtr y = matmul("first", x, {8, 5}, 1, levels);
  y = quantized("fq", y, -kRange * 128 / 127, kRange, levels > 0);
  y = named("turned", std::make_shared<ops::Transpose>(y, ops::Constant::create(ov::element::i64, {3}, {0, 2, 1})));
  y = named("flat", std::make_shared<ops::Reshape>(y, ops::Constant::create(ov::element::i64, {3}, {1, 24, 4}), false));
  y = matmul("second", y, {6, 4}, 2, levels);
  y = matmul("third", y, {3, 6}, 3, levels);
  y->output(0).set_names({"y"});
  return std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{x});
}

TEST(FindLayers, RangesLieBehindOperationsThatMoveValues) {
  const auto model = moving_net(kLevels);
  const auto found = find_layers(*model, *moving_net(0));
  ASSERT_EQ(found.size(), 3u);
  const TunableLayer& second = *found[1].tunable;
  ASSERT_EQ(second.moves.size(), 2u);
  EXPECT_EQ(second.moves[0]->get_friendly_name(), "flat");
  EXPECT_EQ(second.moves[1]->get_friendly_name(), "turned");
  EXPECT_EQ(second.input_quantizer->get_friendly_name(), "fq");
  EXPECT_EQ(second.input(), (TensorRef{"first", 0}));
  EXPECT_EQ(second.moved(second.input_quantizer->input_value(0)).get_shape(), (ov::Shape{1, 24, 4}));
  EXPECT_TRUE(found[2].tunable->moves.empty());
  EXPECT_EQ(found[2].tunable->input_quantizer, nullptr);

  std::set<TensorRef> remembered{{"flat", 0}, {"other", 0}};
  second.keep_range_open(remembered);
  EXPECT_EQ(remembered, (std::set<TensorRef>{{"first", 0}, {"other", 0}}));
  std::set<TensorRef> foreign{{"other", 0}};
  second.keep_range_open(foreign);
  EXPECT_EQ(foreign, (std::set<TensorRef>{{"other", 0}}));
}

TEST(FindLayers, ARangeThatOthersReadBehindAMoveStays) {
  const auto model = moving_net(kLevels);
  const auto turned = graph::nodes_by_name(*model).at("turned");
  model->add_results({std::make_shared<ops::Result>(turned)});
  const auto found = find_layers(*model, *moving_net(0));
  EXPECT_TRUE(found[1].tunable->moves.empty());
  EXPECT_EQ(found[1].tunable->input_quantizer, nullptr);
}

TEST(FindLayers, WeightsThatAreAllZeroAreLeftAlone) {
  const auto net = [](bool integer, int zero_point) {
    const auto x = input({1, 6});
    NodePtr weights = ops::Constant::create(ov::element::f32, {2, 6}, std::vector<float>(12, 0));
    if (integer) {
      weights = std::make_shared<ops::Convert>(
          ops::Constant::create(ov::element::u8, {2, 6}, std::vector<int>(12, zero_point)), ov::element::f32);
      if (zero_point != 0) {
        weights = std::make_shared<ops::Subtract>(
            weights, ops::Constant::create(ov::element::f32, {}, {static_cast<float>(zero_point)}));
      }
      weights = std::make_shared<ops::Multiply>(weights, ops::Constant::create(ov::element::f32, {}, {0.1F}));
    }
    const auto y = named("fc", std::make_shared<ops::MatMul>(x, weights, false, true));
    return std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{x});
  };
  for (const int zero_point : {0, 128}) {
    const auto found = find_layers(*net(true, zero_point), *net(false, zero_point));
    ASSERT_EQ(found.size(), 1u);
    EXPECT_FALSE(found[0].tunable);
    EXPECT_EQ(found[0].reason, "its weights are all zero");
  }
}

TEST(TuneLayers, TunesARangeBehindMovesAndLaterLayersSeeIt) {
  const auto model = moving_net(kLevels);
  const auto samples = samples_of(16, [](std::size_t) { return ov::Shape{1, 12, 5}; });
  const auto layers = tune_layers(model, moving_net(0), *dataset(samples), options_of_test());
  ASSERT_EQ(layers.size(), 3u);
  EXPECT_TRUE(layers[1].kept);
  EXPECT_LT(layers[1].loss_after, 0.5 * layers[1].loss_before);
  EXPECT_LT(upper_border(*model, "fq"), 60);
  // What "third" reads is computed with the new range: with that of the untuned model it would err as much as there.
  EXPECT_LT(layers[2].loss_before, 0.5 * layers[2].loss_untuned);
}

TEST(TuneLayers, TakesSamplesOfAnySize) {
  const auto net = [](int levels) {
    const auto x = input({1, -1, 6});
    NodePtr y = matmul("first", quantized("fq", x, -4 * 128 / 127.F, 4, levels > 0), {8, 6}, 1, levels);
    y = matmul("second", std::make_shared<ops::Relu>(y), {5, 8}, 2, levels);
    return std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{x});
  };
  const auto samples = samples_of(16, [](std::size_t i) { return ov::Shape{1, 20 + i, 6}; });
  const auto layers = tune_layers(net(kFewLevels), net(0), *dataset(samples), options_of_test());
  ASSERT_EQ(layers.size(), 2u);
  for (const TunedLayer& layer : layers) {
    EXPECT_TRUE(layer.kept) << layer.reason;
    EXPECT_EQ(layer.rows, 16u * 20 + 15 * 16 / 2) << "all positions of all samples";
    EXPECT_LT(layer.loss_after, layer.loss_before);
  }
}

TEST(TuneLayers, FeedsStatesSampleBySample) {
  const auto net = [](int levels) {
    const auto x = input({1, 6});
    const auto variable = std::make_shared<ov::op::util::Variable>(
        ov::op::util::VariableInfo{ov::PartialShape{1, 6}, ov::element::f32, "memory"});
    const auto zero = ops::Constant::create(ov::element::f32, {1, 6}, std::vector<float>(6, 0));
    const auto before = std::make_shared<ops::ReadValue>(zero, variable);
    const auto half = ops::Constant::create(ov::element::f32, {}, {0.5F});
    const NodePtr state = std::make_shared<ops::Add>(x, std::make_shared<ops::Multiply>(before, half));
    NodePtr y = matmul("first", state, {6, 6}, 1, levels);
    y = matmul("second", std::make_shared<ops::Relu>(y), {4, 6}, 2, levels);
    const auto assign = std::make_shared<ops::Assign>(state, variable);
    return std::make_shared<ov::Model>(ov::OutputVector{y}, ov::SinkVector{assign}, ov::ParameterVector{x},
                                       ov::op::util::VariableVector{variable});
  };
  const auto samples = samples_of(160, [](std::size_t) { return ov::Shape{1, 6}; });
  const auto model = net(kFewLevels);
  const auto layers = tune_layers(model, net(0), *dataset(samples), options_of_test());
  ASSERT_EQ(layers.size(), 2u);
  EXPECT_TRUE(layers[0].kept) << layers[0].reason;
  for (const TunedLayer& layer : layers) {
    EXPECT_EQ(layer.rows, 160u) << "one position a sample";
    EXPECT_LT(layer.loss_after, layer.loss_untuned);
  }
  EXPECT_EQ(model->get_sinks().size(), 1u);
}

}  // namespace
}  // namespace octune::layerwise
