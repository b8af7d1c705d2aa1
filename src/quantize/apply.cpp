// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/apply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <openvino/op/constant.hpp>
#include <openvino/op/fake_quantize.hpp>
#include <openvino/op/multiply.hpp>
#include <set>

#include "base/assert.hpp"
#include "graph/names.hpp"
#include "graph/queries.hpp"
#include "quantize/bias.hpp"
#include "quantize/channel_alignment.hpp"
#include "quantize/estimate.hpp"
#include "quantize/quantized_constants.hpp"
#include "quantize/smooth_quant.hpp"

namespace octune::quantization {
namespace {

using Nodes = std::map<std::string, std::shared_ptr<ov::Node>>;

std::shared_ptr<ov::Node> find(const Nodes& nodes, const std::string& name) {
  const auto found = nodes.find(name);
  OCTUNE_ASSERT(found != nodes.end(), fmt::format("the plan names '{}', which the model does not have", name));
  return found->second;
}

/// Borders as a constant that broadcasts over `output`: one value, or one an index of the channel axis.
ov::Output<ov::Node> borders(const ov::Output<ov::Node>& output, const std::vector<std::size_t>& channel_axes,
                             const std::vector<float>& values) {
  ov::Shape shape;
  if (!channel_axes.empty()) {
    shape.assign(static_cast<std::size_t>(output.get_partial_shape().rank().get_length()), 1);
    shape[channel_axes.front()] = values.size();
  }
  return ov::op::v0::Constant::create(output.get_element_type(), shape, values);
}

/// The quantizer's tensor divided by the factors.
ov::Output<ov::Node> smoothed_source(const Nodes& nodes, const Quantizer& quantizer, const Smoothing& smoothing) {
  const auto output = find(nodes, quantizer.tensor.node)->output(quantizer.tensor.port);
  std::vector<float> inverse;
  for (const double factor : smoothing.factors) inverse.push_back(static_cast<float>(1 / factor));
  const auto node = std::make_shared<ov::op::v1::Multiply>(output, borders(output, {smoothing.channel_axis}, inverse));
  node->set_friendly_name(quantizer.name + "/smoothed");
  return node;
}

void redirect_consumers(const Nodes& nodes, const Quantizer& quantizer, const ov::Output<ov::Node>& source) {
  for (const EdgeRef& edge : quantizer.consumers)
    find(nodes, edge.node)->input(edge.port).replace_source_output(source);
}

/// FakeQuantize on the quantizer's tensor, for its consumers. With a smoothing, `range` is that of the divided tensor.
/// A FakeQuantize with an input range for each channel could divide too, but the CPU plugin (2026.4) refuses one that
/// it does not fuse and computes others wrongly.
void insert_fake_quantize(const Nodes& nodes, const Quantizer& quantizer, const Range& range,
                          const Smoothing* smoothing) {
  const auto output = find(nodes, quantizer.tensor.node)->output(quantizer.tensor.port);
  const auto low = borders(output, quantizer.channel_axes, range.low);
  const auto high = borders(output, quantizer.channel_axes, range.high);
  const auto source = smoothing == nullptr ? output : smoothed_source(nodes, quantizer, *smoothing);
  const auto node =
      std::make_shared<ov::op::v0::FakeQuantize>(source, low, high, low, high, static_cast<std::size_t>(range.levels));
  node->set_friendly_name(quantizer.name);
  redirect_consumers(nodes, quantizer, node);
}

}  // namespace

Applied apply(const std::shared_ptr<const ov::Model>& model, const Plan& plan, Statistics statistics, int threads) {
  Applied result;
  result.model = model->clone();
  result.unaligned_pairs = align_channels(result.model, plan, statistics);
  result.aligned_pairs = plan.aligned_pairs.size() - result.unaligned_pairs.size();
  const auto smoothings = smooth_inputs(result.model, plan, statistics, threads);
  result.smoothed_inputs = smoothings.size();
  const Nodes nodes = graph::nodes_by_name(*result.model);
  const std::vector<Range> ranges = activation_ranges(plan, statistics, threads);

  // The producer of a tensor may get a bias behind it, so its FakeQuantize goes in first.
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const Quantizer& quantizer = plan.quantizers[i];
    if (quantizer.kind != QuantizerKind::activation) continue;
    const auto smoothed = smoothings.find(quantizer.name);
    insert_fake_quantize(nodes, quantizer, ranges[i], smoothed == smoothings.end() ? nullptr : &smoothed->second);
  }
  std::vector<QuantizedConstant> constants = quantize_constants(nodes, plan, statistics, threads);
  for (std::size_t i = 0; i < constants.size(); ++i) {
    const Quantizer& quantizer = plan.quantizers[i];
    if (quantizer.kind != QuantizerKind::weights) continue;
    const QuantizedConstant& constant = constants[i];
    const EdgeRef& edge = quantizer.consumers.front();
    const auto node = find(nodes, edge.node);
    if (constant.original) {
      result.waiting.push_back({edge, constant.original});
    } else if (constant.lost) {
      if (std::string reason = correct_bias(node, *constant.lost, plan.bias_correction_threshold); reason.empty()) {
        ++result.corrected_biases;
      } else {
        result.uncorrected_biases.push_back({edge.node, std::move(reason)});
      }
    }
    // Last: which port holds the weights is read off the constant there.
    node->input(edge.port).replace_source_output(constant.node);
  }
  // The constants made here have no names yet; equal runs must write equal files.
  std::set<std::string> known = graph::given_names(*result.model);
  for (const auto& node : model->get_ops()) known.insert(node->get_friendly_name());
  graph::rename_all_but(known, *result.model);
  result.model->validate_nodes_and_infer_types();
  return result;
}

std::shared_ptr<ov::Model> rescaled(const std::shared_ptr<const ov::Model>& model, const Plan& plan,
                                    Statistics statistics, int threads) {
  const std::shared_ptr<ov::Model> result = model->clone();
  align_channels(result, plan, statistics);
  const auto smoothings = smooth_inputs(result, plan, statistics, threads);
  const Nodes nodes = graph::nodes_by_name(*result);
  for (const Quantizer& quantizer : plan.quantizers) {
    const auto smoothed = smoothings.find(quantizer.name);
    if (smoothed != smoothings.end())
      redirect_consumers(nodes, quantizer, smoothed_source(nodes, quantizer, smoothed->second));
  }
  result->validate_nodes_and_infer_types();
  return result;
}

}  // namespace octune::quantization
