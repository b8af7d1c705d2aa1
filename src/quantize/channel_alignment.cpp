// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/channel_alignment.hpp"

#include <algorithm>
#include <cmath>
#include <openvino/op/constant.hpp>
#include <openvino/op/convolution.hpp>

#include "graph/queries.hpp"
#include "quantize/bias.hpp"
#include "quantize/ranges.hpp"
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

bool estimated_by_extremes(const RangeEstimator& estimator) {
  const auto is_extreme = [](EstimatorType type) {
    return type == EstimatorType::min || type == EstimatorType::max || type == EstimatorType::abs_max;
  };
  return is_extreme(estimator.min.type) && is_extreme(estimator.max.type);
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
  const double typical = widths.empty() ? 0 : quantile(widths, 0.5);
  for (std::size_t c = 0; c < low.size(); ++c) {
    const double width = high[c] - low[c];
    alignment.scale.push_back(width > 0 ? std::clamp(width / typical, kSmallestScale, kLargestScale) : 1);
  }
  return alignment;
}

struct Weights {
  std::vector<float> values;
  ov::Shape shape;
};

Weights read_weights(const ov::Node& node) {
  const auto constant = graph::constant_of(node.input_value(1));
  return {constant->cast_vector<float>(), constant->get_shape()};
}

void write_weights(const std::shared_ptr<ov::Node>& node, const Weights& weights) {
  const auto constant = ov::op::v0::Constant::create(node->get_input_element_type(1), weights.shape, weights.values);
  constant->set_friendly_name(node->get_input_node_ptr(1)->get_friendly_name());
  node->input(1).replace_source_output(constant);
}

/// Expected squared error at the consumer's output, up to a common factor, from 8-bit steps of the tensor (one for all
/// channels) and of the weights (one an output channel).
double expected_noise(const Weights& weights, const std::vector<double>& low, const std::vector<double>& high) {
  const std::size_t inputs = weights.shape[1];
  const double width = std::max(0.0, *std::max_element(high.begin(), high.end())) -
                       std::min(0.0, *std::min_element(low.begin(), low.end()));
  double input_power = 0;
  for (std::size_t c = 0; c < inputs; ++c) {
    const double centre = (low[c] + high[c]) / 2;
    input_power += centre * centre + (high[c] - low[c]) * (high[c] - low[c]) / 12;
  }
  const std::size_t row = weights.values.size() / weights.shape[0];
  const double taps = static_cast<double>(row) / static_cast<double>(inputs);
  double noise = 0;
  for (std::size_t o = 0; o < weights.shape[0]; ++o) {
    double power = 0;
    double largest = 0;
    for (std::size_t i = o * row; i < (o + 1) * row; ++i) {
      power += static_cast<double>(weights.values[i]) * weights.values[i];
      largest = std::max(largest, static_cast<double>(std::abs(weights.values[i])));
    }
    noise += width * width / (255.0 * 255.0) * power + largest * largest / (127.0 * 127.0) * taps * input_power;
  }
  return noise;
}

void scale_channels(Weights& weights, const std::vector<std::size_t>& axes, const std::vector<double>& factor) {
  const std::vector<std::size_t> channel = channel_of_element(weights.shape, axes);
  for (std::size_t i = 0; i < channel.size(); ++i) {
    weights.values[i] = static_cast<float>(weights.values[i] * factor[channel[i]]);
  }
}

std::vector<float> shifted_output(const Weights& weights, std::vector<float> bias, const std::vector<double>& shift) {
  const std::vector<std::size_t> input = channel_of_element(weights.shape, {1});
  const std::vector<std::size_t> output = channel_of_element(weights.shape, {0});
  std::vector<double> sum(bias.begin(), bias.end());
  for (std::size_t i = 0; i < input.size(); ++i) sum[output[i]] += weights.values[i] * shift[input[i]];
  for (std::size_t o = 0; o < bias.size(); ++o) bias[o] = static_cast<float>(sum[o]);
  return bias;
}

/// What a second pass over the aligned model would have collected: every reduction kept is monotone in its channel.
void transform(Series& series, const Alignment& alignment) {
  const std::size_t channels = series.channels;
  const auto moved = [&](std::size_t c, double value) {
    return static_cast<float>((value - alignment.shift[c]) / alignment.scale[c]);
  };
  for (std::size_t i = 0; i < series.rows.size(); ++i) series.rows[i] = moved(i % channels, series.rows[i]);
  for (std::size_t c = 0; c < channels; ++c) {
    series.lowest[c] = moved(c, series.lowest[c]);
    series.highest[c] = moved(c, series.highest[c]);
    series.sum[c] = (series.sum[c] - alignment.shift[c] * static_cast<double>(series.samples)) / alignment.scale[c];
  }
}

bool align(const AlignedPair& pair, const std::map<std::string, std::shared_ptr<ov::Node>>& nodes,
           Statistics& statistics) {
  const auto producer = nodes.at(pair.producer);
  const auto consumer = nodes.at(pair.consumer);
  const auto requests = alignment_requests(pair);
  const auto median = [&](const StatisticRequest& request) {
    const Series& series = statistics.at(request);
    return aggregate(series.rows, series.channels, Aggregator::median);
  };
  const std::vector<double> low = median(requests.at(0));
  const std::vector<double> high = median(requests.at(1));
  auto producer_bias = bias_values(*producer);
  auto consumer_bias = bias_values(*consumer);
  const Alignment alignment = alignment_from(low, high, producer_bias && consumer_bias);

  Weights before = read_weights(*consumer);
  Weights after = before;
  scale_channels(after, {1}, alignment.scale);
  std::vector<double> aligned_low;
  std::vector<double> aligned_high;
  for (std::size_t c = 0; c < low.size(); ++c) {
    aligned_low.push_back((low[c] - alignment.shift[c]) / alignment.scale[c]);
    aligned_high.push_back((high[c] - alignment.shift[c]) / alignment.scale[c]);
  }
  if (expected_noise(after, aligned_low, aligned_high) >= expected_noise(before, low, high)) return false;

  std::vector<double> inverse;
  for (const double scale : alignment.scale) inverse.push_back(1 / scale);
  Weights produced = read_weights(*producer);
  scale_channels(produced, graph::weights_channel_axes(*producer, 1), inverse);
  write_weights(producer, produced);
  if (producer_bias) {
    for (std::size_t c = 0; c < producer_bias->size(); ++c) {
      (*producer_bias)[c] = static_cast<float>(((*producer_bias)[c] - alignment.shift[c]) * inverse[c]);
    }
    set_bias(producer, *producer_bias);
  }
  if (consumer_bias && producer_bias) set_bias(consumer, shifted_output(before, *consumer_bias, alignment.shift));
  write_weights(consumer, after);

  for (const auto& [request, series] : statistics.series()) {
    if (request.tensor == pair.tensor && request.channel_axis) transform(statistics[request], alignment);
  }
  return true;
}

}  // namespace

std::vector<AlignedPair> find_aligned_pairs(const ov::Model& model, const Plan& plan) {
  std::vector<AlignedPair> pairs;
  for (const auto& producer : model.get_ordered_ops()) {
    if (!graph::is_convolution(*producer) || !graph::weights_port(*producer)) continue;
    const auto bias = graph::bias_of(*producer);
    const ov::Node& last = bias ? *bias->add : *producer;
    const auto consumers = graph::data_consumers(last);
    if (consumers.size() != 1 || consumers.front().get_index() != 0 || !undoes_alignment(*consumers.front().get_node()))
      continue;
    const AlignedPair pair{producer->get_friendly_name(),
                           consumers.front().get_node()->get_friendly_name(),
                           {last.get_friendly_name(), 0}};
    const auto quantizer = std::find_if(plan.quantizers.begin(), plan.quantizers.end(),
                                        [&](const Quantizer& entry) { return entry.tensor == pair.tensor; });
    if (quantizer == plan.quantizers.end() || quantizer->scheme.granularity != Granularity::per_tensor) continue;
    if (estimated_by_extremes(quantizer->estimator)) pairs.push_back(pair);
  }
  return pairs;
}

std::vector<StatisticRequest> alignment_requests(const AlignedPair& pair) {
  return {{pair.tensor, Reduction::quantile, kTailProbability, 1},
          {pair.tensor, Reduction::quantile, 1 - kTailProbability, 1}};
}

std::size_t align_channels(const std::shared_ptr<ov::Model>& model, const Plan& plan, Statistics& statistics) {
  const auto nodes = graph::nodes_by_name(*model);
  return static_cast<std::size_t>(
      std::count_if(plan.aligned_pairs.begin(), plan.aligned_pairs.end(),
                    [&](const AlignedPair& pair) { return align(pair, nodes, statistics); }));
}

}  // namespace octune::quantization
