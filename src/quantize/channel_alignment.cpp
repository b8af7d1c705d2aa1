// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/channel_alignment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <openvino/op/constant.hpp>
#include <openvino/op/convolution.hpp>

#include "base/assert.hpp"
#include "base/quantile.hpp"
#include "graph/queries.hpp"
#include "quantize/aggregate.hpp"
#include "quantize/alignment_error.hpp"
#include "quantize/bias.hpp"
#include "quantize/estimate.hpp"
#include "quantize/plan_queries.hpp"
#include "quantize/ranges.hpp"
#include "quantize/scope.hpp"
#include "quantize/weights.hpp"

namespace octune::quantization {
namespace {

constexpr double kTailProbability = 1e-4;
constexpr double kSmallestScale = 1e-2;
constexpr double kLargestScale = 1e2;

bool undoes_alignment(const ov::Node& node) {
  const auto* conv = ov::as_type<const ov::op::v1::Convolution>(&node);
  if (!conv) return false;
  const auto all = [](const auto& list, auto value) {
    return std::all_of(list.begin(), list.end(), [&](auto entry) { return entry == value; });
  };
  // SAME padding is computed from the shapes: the attribute pads say nothing of it.
  const bool explicit_pads =
      conv->get_auto_pad() == ov::op::PadType::EXPLICIT || conv->get_auto_pad() == ov::op::PadType::VALID;
  return explicit_pads && all(conv->get_strides(), std::size_t{1}) && all(conv->get_dilations(), std::size_t{1}) &&
         all(conv->get_pads_begin(), std::ptrdiff_t{0}) && all(conv->get_pads_end(), std::ptrdiff_t{0}) &&
         graph::weights_port(node);
}

/// Per-channel shift and scale of the tensor between a pair: aligned = (x - shift) / scale.
struct Alignment {
  std::vector<double> shift;
  std::vector<double> scale;
};

Alignment alignment_from(const std::vector<double>& low, const std::vector<double>& high, bool with_shift) {
  Alignment alignment;
  std::vector<float> widths;
  for (std::size_t c = 0; c < low.size(); ++c) {
    alignment.shift.push_back(with_shift ? (low[c] + high[c]) / 2 : 0);
    if (high[c] > low[c]) widths.push_back(static_cast<float>(high[c] - low[c]));
  }
  const double typical = widths.empty() ? 0 : base::quantile(std::span(widths), 0.5);
  for (std::size_t c = 0; c < low.size(); ++c) {
    const double width = high[c] - low[c];
    alignment.scale.push_back(width > 0 ? std::clamp(width / typical, kSmallestScale, kLargestScale) : 1);
  }
  return alignment;
}

FloatWeights read_weights(const ov::Node& node) {
  const auto constant = graph::constant_of(node.input_value(1));
  return {constant->cast_vector<float>(), constant->get_shape()};
}

void write_weights(const std::shared_ptr<ov::Node>& node, const FloatWeights& weights) {
  const auto constant = ov::op::v0::Constant::create(node->get_input_element_type(1), weights.shape, weights.values);
  constant->set_friendly_name(node->get_input_node_ptr(1)->get_friendly_name());
  node->input(1).replace_source_output(constant);
}

void scale_channels(FloatWeights& weights, const std::vector<std::size_t>& axes, const std::vector<double>& factor) {
  const std::vector<std::size_t> channel = channel_of_element(weights.shape, axes);
  for (std::size_t i = 0; i < channel.size(); ++i) {
    weights.values[i] = static_cast<float>(weights.values[i] * factor[channel[i]]);
  }
}

std::vector<float> shifted_output(const FloatWeights& weights, std::vector<float> bias,
                                  const std::vector<double>& shift) {
  const std::vector<std::size_t> input = channel_of_element(weights.shape, {1});
  const std::vector<std::size_t> output = channel_of_element(weights.shape, {0});
  std::vector<double> sum(bias.begin(), bias.end());
  for (std::size_t i = 0; i < input.size(); ++i) sum[output[i]] += weights.values[i] * shift[input[i]];
  for (std::size_t o = 0; o < bias.size(); ++o) bias[o] = static_cast<float>(sum[o]);
  return bias;
}

/// The range that the tensor gets, shared with the other tensors of its group.
Range range_of(const Quantizer& quantizer, const Plan& plan, const Statistics& statistics) {
  std::vector<Extent> extents;
  for (const Quantizer& other : plan.quantizers) {
    const bool shares =
        quantizer.group ? other.kind == quantizer.kind && other.group == quantizer.group : other.name == quantizer.name;
    if (shares) extents.push_back(activation_extent(other, plan, statistics));
  }
  return activation_range(merge(extents), quantizer.scheme);
}

const Quantizer* activation_quantizer(const Plan& plan, const TensorRef& tensor) {
  for (const Quantizer& quantizer : plan.quantizers) {
    if (quantizer.kind == QuantizerKind::activation && quantizer.tensor == tensor) return &quantizer;
  }
  return nullptr;
}

/// The series of the tensor between a pair, all of which alignment changes.
class TensorStatistics {
 public:
  TensorStatistics(Statistics& statistics, const TensorRef& tensor) : statistics_(statistics) {
    for (const auto& [request, series] : statistics.series()) {
      if (request.tensor == tensor && request.channel_axis) before_.emplace(request, series);
    }
  }

  /// What a second pass over the aligned model would collect.
  void align(const Alignment& alignment) {
    for (const auto& [request, series] : before_) statistics_[request].rescale(alignment.scale, alignment.shift);
  }
  void restore() {
    for (const auto& [request, series] : before_) statistics_[request] = series;
  }

 private:
  Statistics& statistics_;
  std::map<StatisticRequest, Series> before_;
};

/// Between two convolutions lies a sum of many products: a normal distribution, whose quantiles give its deviation.
/// `positions`: values a channel and sample, of which the outermost stand for the quantile where it lies beyond them.
ChannelMoments moments_of(const std::vector<double>& low, const std::vector<double>& high, double positions) {
  const double tail = std::max(kTailProbability, std::numbers::ln2 / positions);  // of the extreme in every second draw
  const double width = 2 * normal_quantile(std::min(tail, 0.3));
  ChannelMoments moments;
  for (std::size_t c = 0; c < low.size(); ++c) {
    moments.mean.push_back((low[c] + high[c]) / 2);
    moments.deviation.push_back((high[c] - low[c]) / width);
  }
  return moments;
}

/// Values a channel of the output has; many if the shape is not known.
double positions_of(const ov::Node& node) {
  double positions = 1;
  const ov::PartialShape& shape = node.get_output_partial_shape(0);
  for (std::size_t axis = 2; axis < shape.size(); ++axis) {
    if (shape[axis].is_dynamic()) return 1 / kTailProbability;
    positions *= static_cast<double>(shape[axis].get_length());
  }
  return positions;
}

ChannelMoments aligned_moments(ChannelMoments moments, const Alignment& alignment) {
  for (std::size_t c = 0; c < moments.mean.size(); ++c) {
    moments.mean[c] = (moments.mean[c] - alignment.shift[c]) / alignment.scale[c];
    moments.deviation[c] /= alignment.scale[c];
  }
  return moments;
}

/// Why the pair was left alone; empty if it was aligned.
std::string align(const AlignedPair& pair, const std::map<std::string, std::shared_ptr<ov::Node>>& nodes,
                  const Plan& plan, Statistics& statistics) {
  const auto producer = nodes.at(pair.producer);
  const auto consumer = nodes.at(pair.consumer);
  const auto requests = alignment_requests(pair);
  const auto median = [&](const StatisticRequest& request) {
    const Series& series = statistics.at(request);
    return aggregate(series.rows.read(), series.channels, Aggregator::median);
  };
  const std::vector<double> low = median(requests.at(0));
  const std::vector<double> high = median(requests.at(1));
  auto producer_bias = bias_values(*producer);
  auto consumer_bias = bias_values(*consumer);
  const Alignment alignment = alignment_from(low, high, producer_bias && consumer_bias);
  std::vector<double> inverse;
  for (const double scale : alignment.scale) inverse.push_back(1 / scale);

  const Quantizer* quantizer = activation_quantizer(plan, pair.tensor);
  OCTUNE_ASSERT(quantizer != nullptr, "the tensor between a pair is not quantized");
  const QuantizedPair before{
      .producer = read_weights(*producer),
      .producer_quantizer = weights_quantizer(plan, pair.producer),
      .producer_channel_axes = graph::weights_channel_axes(*producer, 1),
      .consumer = read_weights(*consumer),
      .consumer_quantizer = weights_quantizer(plan, pair.consumer),
      .between = moments_of(low, high, positions_of(*producer)),
      .range = range_of(*quantizer, plan, statistics),
      .bias_corrected = std::any_of(plan.bias_corrections.begin(), plan.bias_corrections.end(),
                                    [&](const BiasCorrection& entry) { return entry.operation == pair.consumer; })};
  QuantizedPair after = before;
  scale_channels(after.producer, after.producer_channel_axes, inverse);
  scale_channels(after.consumer, {1}, alignment.scale);
  after.between = aligned_moments(before.between, alignment);
  TensorStatistics tensor_statistics(statistics, pair.tensor);
  tensor_statistics.align(alignment);
  after.range = range_of(*quantizer, plan, statistics);
  const double error_before = expected_output_error(before);
  const double error_after = expected_output_error(after);
  if (error_after >= error_before) {
    tensor_statistics.restore();
    return fmt::format("the squared error of its output would be {:.3g} times what it is", error_after / error_before);
  }

  write_weights(producer, after.producer);
  if (producer_bias) {
    for (std::size_t c = 0; c < producer_bias->size(); ++c) {
      (*producer_bias)[c] = static_cast<float>(((*producer_bias)[c] - alignment.shift[c]) * inverse[c]);
    }
    set_bias(producer, *producer_bias);
  }
  if (consumer_bias && producer_bias)
    set_bias(consumer, shifted_output(before.consumer, *consumer_bias, alignment.shift));
  write_weights(consumer, after.consumer);
  return {};
}

}  // namespace

std::vector<AlignedPair> find_aligned_pairs(const ov::Model& model, const Plan& plan, const IgnoredScope& not_aligned) {
  const auto left_alone = ignored_nodes(model, not_aligned);
  std::vector<AlignedPair> pairs;
  for (const auto& producer : model.get_ordered_ops()) {
    if (!graph::is_convolution(*producer) || !graph::weights_port(*producer)) continue;
    const auto bias = graph::bias_of(*producer);
    const ov::Node& last = bias ? *bias->add : *producer;
    const auto consumers = graph::data_consumers(last);
    if (consumers.size() != 1 || consumers.front().get_index() != 0 || !undoes_alignment(*consumers.front().get_node()))
      continue;
    if (left_alone.contains(producer.get()) || left_alone.contains(consumers.front().get_node())) continue;
    const AlignedPair pair{producer->get_friendly_name(),
                           consumers.front().get_node()->get_friendly_name(),
                           {last.get_friendly_name(), 0}};
    const Quantizer* quantizer = activation_quantizer(plan, pair.tensor);
    if (!quantizer || quantizer->scheme.granularity != Granularity::per_tensor) continue;
    if (follows_from_extremes(quantizer->estimator)) pairs.push_back(pair);
  }
  return pairs;
}

std::vector<StatisticRequest> alignment_requests(const AlignedPair& pair) {
  return {{pair.tensor, Reduction::quantile, kTailProbability, 1},
          {pair.tensor, Reduction::quantile, 1 - kTailProbability, 1}};
}

std::vector<LeftAlone> align_channels(const std::shared_ptr<ov::Model>& model, const Plan& plan,
                                      Statistics& statistics) {
  const auto nodes = graph::nodes_by_name(*model);
  std::vector<LeftAlone> left_alone;
  for (const AlignedPair& pair : plan.aligned_pairs) {
    if (std::string reason = align(pair, nodes, plan, statistics); !reason.empty())
      left_alone.push_back({pair.consumer, std::move(reason)});
  }
  return left_alone;
}

}  // namespace octune::quantization
