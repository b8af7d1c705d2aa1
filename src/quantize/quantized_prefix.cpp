// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/quantized_prefix.hpp"

#include <openvino/opsets/opset13.hpp>

#include "base/assert.hpp"

namespace octune::quantization {
namespace {

namespace op = ov::opset13;

ov::Output<ov::Node> mean_of_channels(const ov::Output<ov::Node>& tensor, std::size_t channel_axis) {
  const ov::Rank rank = tensor.get_partial_shape().rank();
  OCTUNE_ASSERT(rank.is_static(), "a layer's input of unknown rank has been planned for bias correction");
  std::vector<std::int64_t> axes;
  for (std::int64_t axis = 0; axis < rank.get_length(); ++axis) {
    if (axis != static_cast<std::int64_t>(channel_axis)) axes.push_back(axis);
  }
  const auto constant = op::Constant::create(ov::element::i64, {axes.size()}, axes);
  return std::make_shared<op::ReduceMean>(tensor, constant, false);
}

/// Values outside the range of a FakeQuantize go past it, those inside are rounded:
/// y = FakeQuantize(x) + x - clamp(x, low, high).
void let_outliers_pass(const ov::Model& model) {
  for (const auto& node : model.get_ordered_ops()) {
    if (!ov::is_type<op::FakeQuantize>(node)) continue;
    const auto targets = node->output(0).get_target_inputs();
    const ov::Output<ov::Node> x = node->input_value(0);
    const auto clamped =
        std::make_shared<op::Minimum>(std::make_shared<op::Maximum>(x, node->input_value(1)), node->input_value(2));
    const auto sum = std::make_shared<op::Add>(node, std::make_shared<op::Subtract>(x, clamped));
    for (auto target : targets) target.replace_source_output(sum);
  }
}

}  // namespace

QuantizedPrefix::QuantizedPrefix(const infer::Runtime& runtime, const Dataset& dataset,
                                 std::vector<std::size_t> indices, int threads, std::size_t memory_limit)
    : prefix_(runtime, dataset, std::move(indices), threads, memory_limit) {}

std::vector<std::vector<float>> QuantizedPrefix::means(const ov::Model& model, std::span<const Channels> wanted,
                                                       const std::set<TensorRef>& remember, Observer* observer) {
  layerwise::ModelPrefix::Request request;
  for (const Channels& channels : wanted) request.wanted.push_back(channels.tensor);
  request.remember = remember;
  request.reduce = [&](const ov::Output<ov::Node>& tensor, std::size_t i) {
    return mean_of_channels(tensor, wanted[i].axis);
  };
  request.rewrite = let_outliers_pass;
  std::vector<std::vector<float>> rows(wanted.size());
  prefix_.run(model, request, "bias correction", observer, [&](std::size_t, std::span<const ov::Tensor> values) {
    for (std::size_t i = 0; i < values.size(); ++i)
      rows[i].insert(rows[i].end(), values[i].data<const float>(),
                     values[i].data<const float>() + values[i].get_size());
  });
  return rows;
}

}  // namespace octune::quantization
