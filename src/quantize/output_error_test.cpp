// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/output_error.hpp"

#include <gtest/gtest.h>

#include <openvino/opsets/opset13.hpp>

#include "quantize/test_runs.hpp"

namespace octune::quantization {
namespace {

namespace op = ov::opset13;

/// Two outputs: x * factor and, of another type, the number of elements.
std::shared_ptr<ov::Model> scaled(float factor) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 4});
  x->output(0).set_names({"x"});
  const auto product = std::make_shared<op::Multiply>(x, op::Constant::create(ov::element::f32, {}, {factor}));
  return std::make_shared<ov::Model>(ov::OutputVector{product, std::make_shared<op::ShapeOf>(x)},
                                     ov::ParameterVector{x});
}

TEST(OutputError, IsRelativeToThePowerOfTheFloatOutputs) {
  const auto model = scaled(2);
  const auto data = dataset(samples_for(*model, 5));
  const infer::Runtime runtime;
  const OutputError error(runtime, model, *data, {0, 1, 4}, 2, nullptr);
  EXPECT_EQ(error.samples(), 3u);
  EXPECT_EQ(error.of(model, nullptr), 0);
  EXPECT_NEAR(error.of(scaled(2.2F), nullptr).value(), 0.01, 1e-6);
}

TEST(OutputError, IsNoneWhereTheFloatOutputsAreZero) {
  const auto model = scaled(0);
  const auto data = dataset(samples_for(*model, 2));
  const infer::Runtime runtime;
  EXPECT_FALSE(OutputError(runtime, model, *data, {0, 1}, 1, nullptr).of(scaled(1), nullptr).has_value());
}

}  // namespace
}  // namespace octune::quantization
