// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "graph/normalise.hpp"

#include <gtest/gtest.h>

#include <openvino/opsets/opset13.hpp>

#include "testing/models.hpp"

namespace octune::graph {
namespace {

namespace op = ov::opset13;

std::size_t count(const std::shared_ptr<ov::Model>& model, const std::string& type) {
  std::size_t found = 0;
  for (const auto& node : model->get_ops()) found += node->get_type_name() == type ? 1 : 0;
  return found;
}

TEST(Normalise, FoldsBatchNormalisationIntoTheConvolution) {
  const auto model = testing::conv_batch_norm_relu();
  const auto normal = normalise(model);
  EXPECT_EQ(count(model, "BatchNormInference"), 1u);
  EXPECT_EQ(count(normal, "BatchNormInference"), 0u);
  EXPECT_EQ(count(normal, "Multiply"), 0u);
  EXPECT_EQ(count(normal, "Convolution"), 1u);
}

TEST(Normalise, FusesTheHardSwishThatConvertersDecompose) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 4, 8, 8});
  const auto constant = [](float value) { return op::Constant::create(ov::element::f32, {}, {value}); };
  const auto shifted = std::make_shared<op::Add>(x, constant(3));
  const auto clamped = std::make_shared<op::Clamp>(shifted, 0, 6);
  const auto product = std::make_shared<op::Multiply>(x, clamped);
  const auto scaled = std::make_shared<op::Multiply>(product, constant(1.F / 6));
  const auto model = std::make_shared<ov::Model>(ov::OutputVector{scaled}, ov::ParameterVector{x});
  EXPECT_EQ(count(normalise(model), "HSwish"), 1u);
}

TEST(Normalise, LeavesTheGivenModelAloneAndIsIdempotent) {
  const auto model = testing::conv_batch_norm_relu();
  const std::size_t before = model->get_ops().size();
  const auto once = normalise(model);
  const auto twice = normalise(once);
  EXPECT_EQ(model->get_ops().size(), before);
  EXPECT_EQ(once->get_ops().size(), twice->get_ops().size());
}

TEST(Normalise, NamesAreTheSameHoweverManyNodesTheProcessMadeBefore) {
  const auto names = [] {
    std::vector<std::string> result;
    for (const auto& node : normalise(testing::conv_batch_norm_relu())->get_ordered_ops()) {
      result.push_back(node->get_friendly_name());
    }
    return result;
  };
  const auto first = names();
  EXPECT_EQ(first, names());
}

TEST(Normalise, EqualNamesBecomeUnique) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 4});
  const auto a = std::make_shared<op::Exp>(x);
  const auto b = std::make_shared<op::Sin>(a);
  a->set_friendly_name("same");
  b->set_friendly_name("same");
  const auto normal = normalise(std::make_shared<ov::Model>(ov::OutputVector{b}, ov::ParameterVector{x}));
  std::set<std::string> names;
  for (const auto& node : normal->get_ops()) EXPECT_TRUE(names.insert(node->get_friendly_name()).second);
}

}  // namespace
}  // namespace octune::graph
