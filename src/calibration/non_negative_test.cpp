// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/non_negative.hpp"

#include <gtest/gtest.h>

#include <openvino/opsets/opset13.hpp>

namespace octune::calibration {
namespace {

namespace ops = ov::opset13;

std::shared_ptr<ov::Node> parameter(ov::element::Type type = ov::element::f32) {
  return std::make_shared<ops::Parameter>(type, ov::PartialShape{1, 4, 4, 4});
}

std::shared_ptr<ov::Node> axes(const std::vector<std::int64_t>& values) {
  return ops::Constant::create(ov::element::i64, {values.size()}, values);
}

TEST(NonNegative, FollowsFromTheOperation) {
  const auto x = parameter();
  EXPECT_FALSE(is_non_negative(x));
  EXPECT_TRUE(is_non_negative(std::make_shared<ops::Relu>(x)));
  EXPECT_TRUE(is_non_negative(std::make_shared<ops::Sigmoid>(x)));
  EXPECT_TRUE(is_non_negative(std::make_shared<ov::op::v8::Softmax>(x, 1)));
  EXPECT_TRUE(is_non_negative(std::make_shared<ops::Clamp>(x, 0, 6)));
  EXPECT_FALSE(is_non_negative(std::make_shared<ops::Clamp>(x, -1, 1)));
  EXPECT_FALSE(is_non_negative(std::make_shared<ops::Tanh>(x)));
  EXPECT_FALSE(is_non_negative(std::make_shared<ops::HSwish>(x)));
  EXPECT_FALSE(is_non_negative(std::make_shared<ops::Negative>(std::make_shared<ops::Relu>(x))));
}

TEST(NonNegative, PassesThroughWhatKeepsSigns) {
  const auto relu = std::make_shared<ops::Relu>(parameter());
  const auto transposed = std::make_shared<ops::Transpose>(relu, axes({0, 2, 3, 1}));
  EXPECT_TRUE(is_non_negative(transposed));
  EXPECT_TRUE(is_non_negative(std::make_shared<ops::Concat>(ov::OutputVector{relu, relu}, 1)));
  EXPECT_FALSE(is_non_negative(std::make_shared<ops::Concat>(ov::OutputVector{relu, parameter()}, 1)));
  const auto split = std::make_shared<ops::Split>(relu, ops::Constant::create(ov::element::i64, {}, {1}), 2);
  EXPECT_TRUE(is_non_negative(split->output(1)));
}

TEST(NonNegative, UnsignedIntegersStaySoOnlyAsFloatingPoint) {
  const auto bytes = parameter(ov::element::u8);
  EXPECT_TRUE(is_non_negative(std::make_shared<ops::Convert>(bytes, ov::element::f32)));
  EXPECT_FALSE(is_non_negative(std::make_shared<ops::Convert>(bytes, ov::element::i8)));
}

TEST(SameValues, EndsAtTheFirstOperationThatComputes) {
  const auto relu = std::make_shared<ops::Relu>(parameter());
  const auto transposed = std::make_shared<ops::Transpose>(relu, axes({0, 2, 3, 1}));
  const auto flat = std::make_shared<ops::Reshape>(transposed, axes({1, -1}), false);
  EXPECT_EQ(same_values(flat), relu->output(0));
  EXPECT_EQ(same_values(relu), relu->output(0));
}

}  // namespace
}  // namespace octune::calibration
