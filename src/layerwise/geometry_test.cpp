// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "layerwise/geometry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <numeric>
#include <openvino/opsets/opset13.hpp>

#include "infer/runtime.hpp"
#include "testing/models.hpp"

namespace octune::layerwise {
namespace {

namespace op = ov::opset13;
using NodePtr = std::shared_ptr<ov::Node>;

NodePtr constant(const ov::Shape& shape) {
  return op::Constant::create(ov::element::f32, shape, testing::normal(ov::shape_size(shape), 7));
}

/// A layer of some kind on an input of some shape.
struct Kind {
  std::string name;
  ov::Shape input;
  std::function<NodePtr(const NodePtr&)> make;
};

std::ostream& operator<<(std::ostream& out, const Kind& kind) { return out << kind.name; }

NodePtr convolution(const NodePtr& x, const ov::Shape& weights, std::size_t stride, std::size_t dilation,
                    const ov::CoordinateDiff& begin, const ov::CoordinateDiff& end,
                    ov::op::PadType pad = ov::op::PadType::EXPLICIT) {
  const ov::Strides strides(begin.size(), stride), dilations(begin.size(), dilation);
  if (weights.size() == begin.size() + 3)
    return std::make_shared<op::GroupConvolution>(x, constant(weights), strides, begin, end, dilations, pad);
  return std::make_shared<op::Convolution>(x, constant(weights), strides, begin, end, dilations, pad);
}

std::vector<Kind> kinds() {
  const auto conv = [](const ov::Shape& weights, std::size_t stride, std::size_t dilation,
                       const ov::CoordinateDiff& begin, const ov::CoordinateDiff& end,
                       ov::op::PadType pad = ov::op::PadType::EXPLICIT) {
    return [=](const NodePtr& x) { return convolution(x, weights, stride, dilation, begin, end, pad); };
  };
  const auto matmul = [](const ov::Shape& weights, bool transpose_data, bool transpose_weights,
                         bool weights_first = false) {
    return [=](const NodePtr& x) -> NodePtr {
      if (weights_first) return std::make_shared<op::MatMul>(constant(weights), x, transpose_weights, transpose_data);
      return std::make_shared<op::MatMul>(x, constant(weights), transpose_data, transpose_weights);
    };
  };
  using Pad = ov::op::PadType;
  return {
      {"plain", {2, 3, 6, 5}, conv({4, 3, 3, 3}, 1, 1, {1, 1}, {1, 1})},
      {"strided_dilated", {1, 3, 9, 8}, conv({4, 3, 3, 2}, 2, 2, {2, 0}, {1, 1})},
      {"grouped", {1, 4, 5, 5}, conv({2, 3, 2, 3, 3}, 1, 1, {1, 1}, {1, 1})},
      {"depthwise", {2, 4, 5, 7}, conv({4, 1, 1, 3, 3}, 2, 1, {1, 1}, {1, 1})},
      {"one_dimension", {1, 3, 11}, conv({5, 3, 4}, 3, 1, {2}, {0})},
      {"three_dimensions", {1, 2, 4, 3, 5}, conv({3, 2, 2, 2, 3}, 1, 1, {0, 1, 1}, {1, 0, 1})},
      {"same_upper", {1, 3, 6, 7}, conv({4, 3, 4, 2}, 2, 1, {0, 0}, {0, 0}, Pad::SAME_UPPER)},
      {"same_lower", {1, 3, 6, 7}, conv({4, 3, 4, 2}, 2, 1, {0, 0}, {0, 0}, Pad::SAME_LOWER)},
      {"valid", {1, 3, 6, 7}, conv({4, 3, 3, 3}, 1, 1, {0, 0}, {0, 0}, Pad::VALID)},
      {"matmul", {2, 5, 6}, matmul({6, 4}, false, false)},
      {"matmul_transposed", {2, 5, 6}, matmul({4, 6}, false, true)},
      {"matmul_of_columns", {2, 6, 5}, matmul({6, 4}, true, false)},
      {"matmul_weights_first", {2, 6, 5}, matmul({4, 6}, false, false, true)},
      {"matmul_weights_first_transposed", {2, 5, 6}, matmul({6, 4}, true, true, true)},
  };
}

class Geometry : public ::testing::TestWithParam<Kind> {};

// The runtime is the oracle: rows times the matrix of weights are what the layer computes.
TEST_P(Geometry, RowsTimesWeightsAreTheOutput) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, GetParam().input);
  const NodePtr layer = GetParam().make(x);
  const auto model = std::make_shared<ov::Model>(ov::OutputVector{layer}, ov::ParameterVector{x});
  ov::Tensor input(ov::element::f32, GetParam().input);
  const auto values = testing::normal(input.get_size(), 8);
  std::copy(values.begin(), values.end(), input.data<float>());
  ov::InferRequest request = infer::Runtime().compile(model, {.threads = 1}).create_infer_request();
  request.set_input_tensor(input);
  request.infer();
  const ov::Tensor output = request.get_output_tensor();

  const auto found = LayerGeometry::of(*layer);
  const auto* geometry = std::get_if<LayerGeometry>(&found);
  ASSERT_NE(geometry, nullptr) << std::get<std::string>(found);
  std::vector<std::size_t> positions(geometry->positions(output.get_shape()));
  std::iota(positions.begin(), positions.end(), std::size_t{0});
  std::vector<float> rows, targets;
  geometry->append_inputs(input, output.get_shape(), positions, rows);
  geometry->append_targets(output, positions, targets);
  const std::size_t groups = geometry->groups(), inputs = geometry->inputs(), outputs = geometry->outputs();
  ASSERT_EQ(rows.size(), positions.size() * groups * inputs);
  ASSERT_EQ(targets.size(), output.get_size());
  const auto weights =
      ov::as_type_ptr<op::Constant>(layer->get_input_node_shared_ptr(geometry->weights_port()))->cast_vector<float>();
  const auto matrix = geometry->as_matrix(std::span<const float>(weights));
  EXPECT_EQ(geometry->from_matrix(std::span<const float>(matrix)), weights);
  for (std::size_t p = 0; p < positions.size(); ++p) {
    for (std::size_t c = 0; c < groups * outputs; ++c) {
      double sum = 0;
      for (std::size_t k = 0; k < inputs; ++k)
        sum += double{rows[(p * groups + c / outputs) * inputs + k]} * matrix[c * inputs + k];
      EXPECT_NEAR(sum, targets[p * groups * outputs + c], 1e-4) << "position " << p << ", channel " << c;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, Geometry, ::testing::ValuesIn(kinds()),
                         [](const auto& kind) { return kind.param.name; });

TEST(GeometryOf, SaysWhyThereIsNone) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::Shape{2, 3, 4});
  const auto reason = [](const NodePtr& layer) { return std::get<std::string>(LayerGeometry::of(*layer)); };
  EXPECT_EQ(reason(std::make_shared<op::MatMul>(x, constant({2, 4, 5}))), "its weights are a stack of matrices");
  EXPECT_EQ(reason(std::make_shared<op::MatMul>(x, x, false, true)), "its weights are computed");
  const auto image = std::make_shared<op::Parameter>(ov::element::f32, ov::Shape{1, 3, 4, 4});
  EXPECT_EQ(reason(std::make_shared<op::ConvolutionBackpropData>(image, constant({3, 2, 2, 2}), ov::Strides{2, 2},
                                                                 ov::CoordinateDiff{0, 0}, ov::CoordinateDiff{0, 0},
                                                                 ov::Strides{1, 1})),
            "transposed convolutions are not tuned");
}

}  // namespace
}  // namespace octune::layerwise
