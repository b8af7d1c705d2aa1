// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "testing/models.hpp"

#include <openvino/opsets/opset13.hpp>
#include <random>
#include <string>

namespace octune::testing {
namespace {

namespace op = ov::opset13;
using NodePtr = std::shared_ptr<ov::Node>;

/// A constant of normal numbers scaled so that activations keep about the same size from layer to layer.
NodePtr weights(const ov::Shape& shape, std::uint64_t seed, std::size_t fan_in) {
  const float deviation = std::sqrt(2.F / static_cast<float>(fan_in));
  return op::Constant::create(ov::element::f32, shape, normal(ov::shape_size(shape), seed, 0, deviation));
}

NodePtr named(NodePtr node, const std::string& name) {
  node->set_friendly_name(name);
  return node;
}

NodePtr conv(const NodePtr& x, std::size_t in, std::size_t out, std::size_t kernel, const std::string& name,
             std::uint64_t seed) {
  const auto pad = static_cast<std::ptrdiff_t>(kernel / 2);
  return named(std::make_shared<op::Convolution>(x, weights({out, in, kernel, kernel}, seed, in * kernel * kernel),
                                                 ov::Strides{1, 1}, ov::CoordinateDiff{pad, pad},
                                                 ov::CoordinateDiff{pad, pad}, ov::Strides{1, 1}),
               name);
}

NodePtr bias(const NodePtr& x, const ov::Shape& shape, const std::string& name, std::uint64_t seed) {
  return named(std::make_shared<op::Add>(
                   x, op::Constant::create(ov::element::f32, shape, normal(ov::shape_size(shape), seed, 0, 0.2F))),
               name);
}

NodePtr linear(const NodePtr& x, std::size_t in, std::size_t out, const std::string& name, std::uint64_t seed) {
  const auto product = named(std::make_shared<op::MatMul>(x, weights({out, in}, seed, in), false, true), name);
  return bias(product, {1, 1, out}, name + "_bias", seed + 1);
}

NodePtr layer_norm(const NodePtr& x, std::size_t width, const std::string& name, std::uint64_t seed) {
  const auto axes = op::Constant::create(ov::element::i64, {1}, {-1});
  const auto centred = named(std::make_shared<op::MVN>(x, axes, true, 1e-5F, ov::op::MVNEpsMode::INSIDE_SQRT), name);
  const auto gamma = op::Constant::create(ov::element::f32, {1, 1, width}, normal(width, seed, 1, 0.1F));
  return bias(std::make_shared<op::Multiply>(centred, gamma), {1, 1, width}, name + "_shift", seed + 1);
}

}  // namespace

std::vector<float> normal(std::size_t count, std::uint64_t seed, float mean, float deviation) {
  std::mt19937_64 engine(seed);
  std::normal_distribution<float> distribution(mean, deviation);
  std::vector<float> values(count);
  for (float& value : values) value = distribution(engine);
  return values;
}

std::shared_ptr<ov::Model> conv_batch_norm_relu() {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 3, 16, 16});
  x->set_friendly_name("x");
  x->output(0).set_names({"x"});
  const auto vector = [](std::uint64_t seed, float mean) {
    return op::Constant::create(ov::element::f32, {8}, normal(8, seed, mean, 0.1F));
  };
  const auto product = conv(x, 3, 8, 3, "conv", 1);
  const auto norm =
      std::make_shared<op::BatchNormInference>(product, vector(2, 1), vector(3, 0), vector(4, 0), vector(5, 1), 1e-5);
  const auto relu = named(std::make_shared<op::Relu>(norm), "relu");
  return std::make_shared<ov::Model>(ov::OutputVector{relu}, ov::ParameterVector{x}, "conv_batch_norm_relu");
}

std::shared_ptr<ov::Model> small_convnet() {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 3, 16, 16});
  x->set_friendly_name("x");
  x->output(0).set_names({"x"});
  const auto relu1 =
      named(std::make_shared<op::Relu>(bias(conv(x, 3, 8, 3, "conv1", 11), {1, 8, 1, 1}, "bias1", 12)), "relu1");
  const auto depthwise = named(
      std::make_shared<op::GroupConvolution>(relu1, weights({8, 1, 1, 3, 3}, 13, 9), ov::Strides{1, 1},
                                             ov::CoordinateDiff{1, 1}, ov::CoordinateDiff{1, 1}, ov::Strides{1, 1}),
      "conv2");
  const auto relu2 = named(std::make_shared<op::Relu>(bias(depthwise, {1, 8, 1, 1}, "bias2", 14)), "relu2");
  const auto conv3 = bias(conv(relu2, 8, 16, 1, "conv3", 15), {1, 16, 1, 1}, "bias3", 16);
  const auto pool = named(
      std::make_shared<op::ReduceMean>(conv3, op::Constant::create(ov::element::i64, {2}, {2, 3}), false), "pool");
  const auto product = named(std::make_shared<op::MatMul>(pool, weights({10, 16}, 17, 16), false, true), "fc");
  const auto logits = bias(product, {1, 10}, "bias_fc", 18);
  return std::make_shared<ov::Model>(ov::OutputVector{logits}, ov::ParameterVector{x}, "small_convnet");
}

std::shared_ptr<ov::Model> small_transformer() {
  constexpr std::size_t kTokens = 8, kWidth = 16, kHeads = 2;
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, kTokens, kWidth});
  x->set_friendly_name("x");
  x->output(0).set_names({"x"});
  const auto heads = [&](const NodePtr& tokens, const std::vector<std::int64_t>& order) -> NodePtr {
    const auto shape =
        op::Constant::create(ov::element::i64, {4}, std::vector<std::int64_t>{0, 0, kHeads, kWidth / kHeads});
    const auto split = std::make_shared<op::Reshape>(tokens, shape, true);
    return std::make_shared<op::Transpose>(split, op::Constant::create(ov::element::i64, {4}, order));
  };
  const auto normed = layer_norm(x, kWidth, "norm1", 21);
  const auto query = heads(linear(normed, kWidth, kWidth, "query", 23), {0, 2, 1, 3});
  const auto key = heads(linear(normed, kWidth, kWidth, "key", 25), {0, 2, 3, 1});
  const auto value = heads(linear(normed, kWidth, kWidth, "value", 27), {0, 2, 1, 3});
  const auto scores = named(std::make_shared<op::MatMul>(query, key), "scores");
  const auto scaled = std::make_shared<op::Multiply>(
      scores,
      op::Constant::create(ov::element::f32, {1, 1, 1, 1}, {1 / std::sqrt(static_cast<float>(kWidth / kHeads))}));
  const auto probabilities = named(std::make_shared<op::Softmax>(scaled, 3), "softmax");
  const auto context = named(std::make_shared<op::MatMul>(probabilities, value), "context");
  const auto back = std::make_shared<op::Transpose>(context, op::Constant::create(ov::element::i64, {4}, {0, 2, 1, 3}));
  const auto merged = std::make_shared<op::Reshape>(
      back, op::Constant::create(ov::element::i64, {3}, std::vector<std::int64_t>{0, 0, kWidth}), true);
  const auto residual = named(std::make_shared<op::Add>(linear(merged, kWidth, kWidth, "proj", 29), x), "residual1");
  const auto hidden =
      std::make_shared<op::Gelu>(linear(layer_norm(residual, kWidth, "norm2", 31), kWidth, 32, "ffn1", 33));
  const auto output = named(std::make_shared<op::Add>(linear(hidden, 32, kWidth, "ffn2", 35), residual), "residual2");
  return std::make_shared<ov::Model>(ov::OutputVector{output}, ov::ParameterVector{x}, "small_transformer");
}

}  // namespace octune::testing
