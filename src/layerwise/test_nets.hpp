// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <openvino/opsets/opset13.hpp>
#include <string>
#include <vector>

#include "octune/dataset.hpp"
#include "testing/models.hpp"

/// A small network in float and, rounded to few bits by hand, in integers.
namespace octune::layerwise {

namespace ops = ov::opset13;
using NodePtr = std::shared_ptr<ov::Node>;

template <class T>
std::shared_ptr<T> named(const std::string& name, std::shared_ptr<T> node) {
  node->set_friendly_name(name);
  return node;
}

/// Weights in float, or as integers of -`levels`..`levels` behind Convert and Multiply, one scale an output channel.
inline NodePtr weights_of(const ov::Shape& shape, std::uint64_t seed, int levels) {
  const std::vector<float> values = testing::normal(ov::shape_size(shape), seed, 0, 0.3F);
  if (levels == 0) return ops::Constant::create(ov::element::f32, shape, values);
  const std::size_t channel = values.size() / shape[0];
  std::vector<std::int8_t> integers;
  std::vector<float> scales;
  for (std::size_t c = 0; c < shape[0]; ++c) {
    float largest = 0;
    for (std::size_t i = 0; i < channel; ++i) largest = std::max(largest, std::abs(values[c * channel + i]));
    scales.push_back(largest / static_cast<float>(levels));
    for (std::size_t i = 0; i < channel; ++i)
      integers.push_back(static_cast<std::int8_t>(std::lround(values[c * channel + i] / scales.back())));
  }
  ov::Shape scale_shape(shape.size(), 1);
  scale_shape[0] = shape[0];
  const auto convert =
      std::make_shared<ops::Convert>(ops::Constant::create(ov::element::i8, shape, integers), ov::element::f32);
  return std::make_shared<ops::Multiply>(convert, ops::Constant::create(ov::element::f32, scale_shape, scales));
}

inline NodePtr quantized(const std::string& name, const NodePtr& x, float low, float high, bool wanted) {
  if (!wanted) return x;
  const auto from = ops::Constant::create(ov::element::f32, {}, {low});
  const auto to = ops::Constant::create(ov::element::f32, {}, {high});
  return named(name, std::make_shared<ops::FakeQuantize>(x, from, to, from, to, 256));
}

/// x[1,3,12,12] -> "conv1" 3x3, 8 channels, + "bias1" -> ReLU -> "conv2" 3x3, 6 channels -> ReLU -> mean -> "fc" to 4.
/// levels 0: in float; otherwise weights have 2 * levels + 1 of them and inputs of layers 256.
inline std::shared_ptr<ov::Model> small_net(int levels) {
  const bool integer = levels > 0;
  const auto x = named("x", std::make_shared<ops::Parameter>(ov::element::f32, ov::Shape{1, 3, 12, 12}));
  x->output(0).set_names({"x"});
  const auto conv = [&](const std::string& name, const NodePtr& input, const ov::Shape& shape, std::uint64_t seed) {
    return named(name, std::make_shared<ops::Convolution>(input, weights_of(shape, seed, levels), ov::Strides{1, 1},
                                                          ov::CoordinateDiff{1, 1}, ov::CoordinateDiff{1, 1},
                                                          ov::Strides{1, 1}));
  };
  NodePtr y = conv("conv1", quantized("fq1", x, -4 * 128 / 127.F, 4, integer), {8, 3, 3, 3}, 1);
  y = named("bias1", std::make_shared<ops::Add>(
                         y, ops::Constant::create(ov::element::f32, {1, 8, 1, 1}, testing::normal(8, 2, 0, 0.2F))));
  y = named("relu1", std::make_shared<ops::Relu>(y));
  y = named("relu2", std::make_shared<ops::Relu>(conv("conv2", quantized("fq2", y, 0, 6, integer), {6, 8, 3, 3}, 3)));
  const auto axes = ops::Constant::create(ov::element::i64, {2}, {2, 3});
  y = named("mean", std::make_shared<ops::ReduceMean>(y, axes, false));
  y = named("fc", std::make_shared<ops::MatMul>(quantized("fq3", y, 0, 6, integer), weights_of({4, 6}, 4, levels),
                                                false, true));
  y->output(0).set_names({"y"});
  return std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{x});
}

inline std::vector<Sample> samples_of_net(std::size_t count) {
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < count; ++i) {
    ov::Tensor tensor(ov::element::f32, {1, 3, 12, 12});
    const auto values = testing::normal(tensor.get_size(), 50 + i, 0.2F);
    std::copy(values.begin(), values.end(), tensor.data<float>());
    samples.push_back({{"x", tensor}});
  }
  return samples;
}

}  // namespace octune::layerwise
