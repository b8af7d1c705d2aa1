// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/lift.hpp"

#include <openvino/op/if.hpp>
#include <openvino/op/util/sub_graph_base.hpp>
#include <openvino/opsets/opset13.hpp>

#include "base/assert.hpp"

namespace octune::calibration {
namespace {

namespace ops = ov::opset13;

/// A tensor of the rank of `like` without elements.
std::shared_ptr<ov::Node> nothing_like(const ov::Output<ov::Node>& like, std::size_t axis) {
  ov::Shape shape;
  for (const ov::Dimension& size : like.get_partial_shape())
    shape.push_back(size.is_static() ? static_cast<std::size_t>(size.get_length()) : 0);
  shape.at(axis) = 0;
  return ops::Constant::create(like.get_element_type(), shape, std::vector<float>{});
}

}  // namespace

ov::Output<ov::Node> lift(const ov::Output<ov::Node>& tensor, ov::Model& body,
                          const std::shared_ptr<ov::Node>& sub_graph, std::size_t axis) {
  OCTUNE_ASSERT(tensor.get_partial_shape().rank().is_static(), "a tensor of unknown rank is not lifted");
  const auto result = std::make_shared<ov::op::v0::Result>(tensor);
  body.add_results({result});
  if (const auto branches = ov::as_type_ptr<ov::op::v8::If>(sub_graph)) {
    const bool in_then = branches->get_then_body().get() == &body;
    const auto other = std::make_shared<ov::op::v0::Result>(nothing_like(tensor, axis));
    (in_then ? branches->get_else_body() : branches->get_then_body())->add_results({other});
    return in_then ? branches->set_output(result, other) : branches->set_output(other, result);
  }
  const auto repeated = ov::as_type_ptr<ov::op::util::SubGraphOp>(sub_graph);
  OCTUNE_ASSERT(repeated != nullptr, "a body of something else than If, Loop and TensorIterator");
  const auto at = static_cast<std::int64_t>(axis);
  const auto output = repeated->get_concatenated_slices(result, 0, 1, 1, -1, at);
  repeated->validate_and_infer_types();
  return output;
}

}  // namespace octune::calibration
