// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <openvino/openvino.hpp>
#include <openvino/opsets/opset13.hpp>
#include <vector>

#include "evaluate/test_values.hpp"
#include "octune/dataset.hpp"

/// Networks to be timed in tests.
namespace octune::evaluate {

/// x[?,size] -> `layers` times MatMul with a [size,size] matrix and Tanh
inline std::shared_ptr<ov::Model> dense_net(std::size_t size, std::size_t layers) {
  namespace op = ov::opset13;
  const auto x =
      std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{-1, static_cast<std::int64_t>(size)});
  x->output(0).set_names({"x"});
  std::shared_ptr<ov::Node> y = x;
  for (std::size_t i = 0; i < layers; ++i) {
    const std::vector<float> weights(size * size, 0.001F * static_cast<float>(i + 1));
    y = std::make_shared<op::MatMul>(y, op::Constant::create(ov::element::f32, {size, size}, weights));
    y = std::make_shared<op::Tanh>(y);
  }
  return std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{x});
}

/// Samples for it: row i holds i everywhere.
inline std::vector<Sample> dense_rows(std::size_t count, std::size_t size) {
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < count; ++i) {
    samples.push_back({{"x", floats({1, size}, std::vector<float>(size, static_cast<float>(i)))}});
  }
  return samples;
}

}  // namespace octune::evaluate
