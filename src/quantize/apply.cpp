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
#include "quantize/fast_bias_correction.hpp"
#include "quantize/smooth_quant.hpp"
#include "quantize/weights.hpp"
#include "quantize/weights_extent.hpp"

namespace octune::quantization {
namespace {

using Nodes = std::map<std::string, std::shared_ptr<ov::Node>>;

std::shared_ptr<ov::Node> find(const Nodes& nodes, const std::string& name) {
  const auto found = nodes.find(name);
  OCTUNE_ASSERT(found != nodes.end(), fmt::format("the plan names '{}', which the model does not have", name));
  return found->second;
}

/// A constant and what it became; operations that read the same constant in the same way share the result.
struct SharedWeights {
  Quantizer quantizer;
  std::shared_ptr<ov::op::v0::Constant> original;
  QuantizedWeights quantized;
  std::shared_ptr<ov::Node> node;

  bool serves(const Quantizer& other) const {
    return !other.group && !quantizer.group && quantizer.channel_axes == other.channel_axes &&
           quantizer.scheme == other.scheme && quantizer.estimator == other.estimator &&
           quantizer.halved == other.halved && quantizer.storage_bits == other.storage_bits;
  }
};

class WeightsQuantization {
 public:
  WeightsQuantization(const Nodes& nodes, const Plan& plan) : nodes_(nodes) {
    for (const Quantizer& quantizer : plan.quantizers) {
      if (quantizer.kind != QuantizerKind::weights || !quantizer.group) continue;
      const auto constant = constant_for(quantizer.consumers.front());
      groups_[*quantizer.group].push_back(
          weights_extent(constant->cast_vector<float>(), constant->get_shape(), quantizer));
    }
  }

  const SharedWeights& quantize(const Quantizer& quantizer) {
    const EdgeRef& edge = quantizer.consumers.front();
    const auto consumer = find(nodes_, edge.node);
    const auto source = consumer->input_value(edge.port);
    auto& entries = done_[source.get_node_shared_ptr()];
    auto entry = std::find_if(entries.begin(), entries.end(),
                              [&](const SharedWeights& shared) { return shared.serves(quantizer); });
    if (entry == entries.end()) {
      const auto constant = constant_for(edge);
      const std::vector<float> values = constant->cast_vector<float>();
      const Extent extent = quantizer.group ? merge(groups_.at(*quantizer.group))
                                            : weights_extent(values, constant->get_shape(), quantizer);
      QuantizedWeights weights = quantize_weights(values, constant->get_shape(), quantizer, extent);
      const auto node = weights_node(weights, source.get_element_type(), quantizer.name);
      entry = entries.insert(entries.end(), {quantizer, constant, std::move(weights), node});
    }
    return *entry;
  }

 private:
  std::shared_ptr<ov::op::v0::Constant> constant_for(const EdgeRef& edge) const {
    const auto constant = graph::constant_of(find(nodes_, edge.node)->input_value(edge.port));
    OCTUNE_ASSERT(constant != nullptr, fmt::format("the weights of '{}' are not constant", edge.node));
    return constant;
  }

  const Nodes& nodes_;
  std::map<std::size_t, std::vector<Extent>> groups_;  ///< of weights that share their scales
  std::map<std::shared_ptr<ov::Node>, std::vector<SharedWeights>> done_;
};

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

/// FakeQuantize on the quantizer's tensor, for its consumers. With a smoothing, `range` is that of the divided tensor.
/// A FakeQuantize with an input range for each channel could divide too, but the CPU plugin (2026.4) refuses one that
/// it does not fuse and computes others wrongly.
void insert_fake_quantize(const Nodes& nodes, const Quantizer& quantizer, const Range& range,
                          const Smoothing* smoothing) {
  const auto output = find(nodes, quantizer.tensor.node)->output(quantizer.tensor.port);
  const auto low = borders(output, quantizer.channel_axes, range.low);
  const auto high = borders(output, quantizer.channel_axes, range.high);
  auto source = output;
  if (smoothing != nullptr) {
    std::vector<float> inverse;
    for (const double factor : smoothing->factors) inverse.push_back(static_cast<float>(1 / factor));
    source = std::make_shared<ov::op::v1::Multiply>(output, borders(output, {smoothing->channel_axis}, inverse));
    source.get_node()->set_friendly_name(quantizer.name + "/smoothed");
  }
  const auto node =
      std::make_shared<ov::op::v0::FakeQuantize>(source, low, high, low, high, static_cast<std::size_t>(range.levels));
  node->set_friendly_name(quantizer.name);
  for (const EdgeRef& edge : quantizer.consumers) find(nodes, edge.node)->input(edge.port).replace_source_output(node);
}

}  // namespace

Applied apply(const std::shared_ptr<const ov::Model>& model, const Plan& plan, Statistics statistics) {
  Applied result;
  result.model = model->clone();
  result.unaligned_pairs = align_channels(result.model, plan, statistics);
  result.aligned_pairs = plan.aligned_pairs.size() - result.unaligned_pairs.size();
  const auto smoothings = smooth_inputs(result.model, plan, statistics);
  result.smoothed_inputs = smoothings.size();
  const Nodes nodes = graph::nodes_by_name(*result.model);
  const std::vector<Range> ranges = activation_ranges(plan, statistics);

  std::map<std::string, const BiasCorrection*> corrections;
  for (const BiasCorrection& correction : plan.bias_corrections) corrections[correction.operation] = &correction;
  // The producer of a tensor may get a bias behind it, so its FakeQuantize goes in first.
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const Quantizer& quantizer = plan.quantizers[i];
    if (quantizer.kind != QuantizerKind::activation) continue;
    const auto smoothed = smoothings.find(quantizer.name);
    insert_fake_quantize(nodes, quantizer, ranges[i], smoothed == smoothings.end() ? nullptr : &smoothed->second);
  }
  WeightsQuantization weights(nodes, plan);
  for (const Quantizer& quantizer : plan.quantizers) {
    if (quantizer.kind != QuantizerKind::weights) continue;
    const SharedWeights& quantized = weights.quantize(quantizer);
    const EdgeRef& edge = quantizer.consumers.front();
    const auto node = find(nodes, edge.node);
    const auto connect = [&] { node->input(edge.port).replace_source_output(quantized.node); };
    const auto correction = corrections.find(quantizer.operations.front());
    if (correction == corrections.end()) {
      connect();
      continue;
    }
    const BiasCorrection& wanted = *correction->second;
    const Series& means = statistics.at({wanted.input, Reduction::mean, 0, wanted.channel_axis});
    if (plan.bias_correction == BiasCorrectionMethod::sequential) {
      result.waiting.push_back({edge, quantized.original, quantized.quantized, wanted.channel_axis, means});
      connect();
      continue;
    }
    const SplitMeans lost = lost_by_weights(*node, quantized.original->cast_vector<float>(),
                                            quantized.quantized.dequantized(), quantized.quantized.shape, means);
    if (std::string reason = correct_bias(node, lost, plan.bias_correction_threshold); reason.empty()) {
      ++result.corrected_biases;
    } else {
      result.uncorrected_biases.push_back({edge.node, std::move(reason)});
    }
    // Last: which port holds the weights is read off the constant there.
    connect();
  }
  // The constants made here have no names yet; equal runs must write equal files.
  std::set<std::string> known = graph::given_names(*result.model);
  for (const auto& node : model->get_ops()) known.insert(node->get_friendly_name());
  graph::rename_all_but(known, *result.model);
  result.model->validate_nodes_and_infer_types();
  return result;
}

}  // namespace octune::quantization
