// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/smooth_quant.hpp"

#include <algorithm>
#include <cmath>
#include <openvino/op/constant.hpp>
#include <optional>
#include <set>

#include "base/extremes.hpp"
#include "base/parallel.hpp"
#include "base/quantile.hpp"
#include "graph/queries.hpp"
#include "quantize/plan_queries.hpp"
#include "quantize/ranges.hpp"

namespace octune::quantization {
namespace {

/// Smoothing has to lower the expected noise at least to this share: it costs a multiplication, and the estimate is
/// rough.
constexpr double kWorthwhile = 0.5;
/// Factors below this quantile of all factors are raised to it (as NNCF does): a channel that hardly moved during
/// calibration must not be cut off where noise of earlier layers moves it.
constexpr double kSmallestFactor = 0.1;
/// A sample's extremes lie about this many standard deviations apart.
constexpr double kDeviationsBetweenExtremes = 6;

/// The axis of the weights that the input's channels lie on.
std::optional<std::size_t> contracted_axis(const ov::Node& node, const ov::Shape& shape, std::size_t port) {
  if (std::string(node.get_type_info().name) != "MatMul" || shape.size() != 2) return std::nullopt;
  const std::vector<std::size_t> output = graph::weights_channel_axes(node, port);
  if (output.size() != 1) return std::nullopt;
  return 1 - output.front();
}

/// The axis along which every reader of the quantizer contracts its input; none if one of them does not allow it.
std::optional<std::size_t> common_axis(const std::map<std::string, std::shared_ptr<ov::Node>>& nodes, const Plan& plan,
                                       const Quantizer& quantizer) {
  std::optional<std::size_t> common;
  for (const EdgeRef& edge : quantizer.consumers) {
    const auto found = nodes.find(edge.node);
    if (found == nodes.end()) return std::nullopt;
    const ov::Node& reader = *found->second;
    const auto port = graph::weights_port(reader);
    const auto axis = graph::input_channel_axis(reader);
    if (!port || !axis || *port == edge.port || !weights_quantizer(plan, edge.node)) return std::nullopt;
    if (!contracted_axis(reader, reader.get_input_shape(*port), *port)) return std::nullopt;
    if (common && common != axis) return std::nullopt;
    common = axis;
  }
  return common;
}

/// The weights that read an input.
struct Reader {
  std::shared_ptr<ov::Node> node;
  std::size_t port = 1;
  std::size_t axis = 1;  ///< of the weights, along the input's channels
  std::shared_ptr<ov::op::v0::Constant> constant;

  explicit Reader(std::shared_ptr<ov::Node> reader)
      : node(std::move(reader)),
        port(graph::weights_port(*node).value()),
        axis(contracted_axis(*node, node->get_input_shape(port), port).value()),
        constant(graph::constant_of(node->input_value(port))) {}

  std::size_t inputs() const { return constant->get_shape()[axis]; }
  std::size_t outputs() const { return constant->get_shape()[1 - axis]; }
};

SmoothedReader matrix_of(const Reader& reader, const Quantizer& weights) {
  const std::vector<float> values = reader.constant->cast_vector<float>();
  const std::size_t inputs = reader.inputs();
  SmoothedReader matrix;
  matrix.outputs = reader.outputs();
  matrix.levels = levels_of(weights.scheme, QuantizerKind::weights, true).count();
  if (weights.halved) matrix.levels = (matrix.levels + 1) / 2;
  matrix.one_scale = weights.channel_axes.empty();
  matrix.magnitude.resize(values.size());
  matrix.power.resize(inputs);
  for (std::size_t o = 0; o < matrix.outputs; ++o) {
    for (std::size_t j = 0; j < inputs; ++j) {
      const float value = reader.axis == 1 ? values[o * inputs + j] : values[j * matrix.outputs + o];
      matrix.magnitude[o * inputs + j] = std::abs(value);
      matrix.power[j] += static_cast<double>(value) * value;
    }
  }
  return matrix;
}

std::vector<double> mean_rows(const Series& series) {
  std::vector<double> mean(series.sum);
  for (double& value : mean) value /= static_cast<double>(series.samples);
  return mean;
}

InputChannels channels_of(const SmoothedInput& input, const Statistics& statistics) {
  const auto requests = smoothing_requests(input);
  InputChannels channels{mean_rows(statistics.at(requests[0])), mean_rows(statistics.at(requests[1])), {}};
  const std::vector<double> mean = mean_rows(statistics.at(requests[2]));
  for (std::size_t c = 0; c < mean.size(); ++c) {
    const double deviation = (channels.high[c] - channels.low[c]) / kDeviationsBetweenExtremes;
    channels.power.push_back(mean[c] * mean[c] + deviation * deviation);
  }
  return channels;
}

/// a^alpha / w^(1 - alpha), scaled to a geometric mean of one; 1 where a channel or its weights are zero.
std::vector<double> factors(const std::vector<double>& input, const std::vector<double>& weights, double alpha) {
  std::vector<double> result(input.size(), 1);
  double logarithms = 0;
  std::size_t count = 0;
  for (std::size_t c = 0; c < result.size(); ++c) {
    if (input[c] <= 0 || weights[c] <= 0) continue;
    result[c] = std::pow(input[c], alpha) / std::pow(weights[c], 1 - alpha);
    logarithms += std::log(result[c]);
    ++count;
  }
  const double typical = count == 0 ? 1 : std::exp(logarithms / static_cast<double>(count));
  for (double& factor : result) factor /= typical;
  std::vector<float> sorted(result.begin(), result.end());
  const double low = base::quantile(std::span(sorted), kSmallestFactor);
  for (std::size_t c = 0; c < result.size(); ++c) result[c] = std::max(result[c], low);
  return result;
}

/// The factors with the least noise over all readers, each counted relative to its noise without; empty if not worth
/// it.
std::vector<double> best_factors(const InputChannels& channels, const Scheme& scheme,
                                 const std::vector<SmoothedReader>& readers) {
  const std::size_t inputs = channels.low.size();
  std::vector<double> magnitude(inputs), weights(inputs, 0);
  for (std::size_t c = 0; c < inputs; ++c) {
    magnitude[c] = std::max(std::abs(channels.low[c]), std::abs(channels.high[c]));
  }
  for (const SmoothedReader& reader : readers) {
    for (std::size_t o = 0; o < reader.outputs; ++o) {
      const float* row = reader.magnitude.data() + o * inputs;
      for (std::size_t j = 0; j < inputs; ++j) weights[j] = std::max<double>(weights[j], row[j]);
    }
  }
  const std::vector<double> none(inputs, 1);
  std::vector<double> unsmoothed;
  for (const SmoothedReader& reader : readers) unsmoothed.push_back(expected_noise(reader, channels, scheme, none));
  std::vector<double> best;
  double least = kWorthwhile * static_cast<double>(readers.size());
  for (int tenths = 2; tenths <= 10; ++tenths) {
    std::vector<double> candidate = factors(magnitude, weights, 0.1 * tenths);
    double noise = 0;
    for (std::size_t i = 0; i < readers.size(); ++i)
      noise += expected_noise(readers[i], channels, scheme, candidate) / unsmoothed[i];
    if (noise < least) {
      least = noise;
      best = std::move(candidate);
    }
  }
  return best;
}

void scale_weights(const Reader& reader, const std::vector<double>& factor) {
  std::vector<float> values = reader.constant->cast_vector<float>();
  const std::size_t inputs = reader.inputs();
  const std::size_t outputs = reader.outputs();
  const auto scaled = [](float value, double by) { return static_cast<float>(value * by); };
  for (std::size_t o = 0; o < outputs; ++o) {
    for (std::size_t j = 0; j < inputs; ++j) {
      float& value = values[reader.axis == 1 ? o * inputs + j : j * outputs + o];
      value = scaled(value, factor[j]);
    }
  }
  const auto constant = ov::op::v0::Constant::create(reader.node->get_input_element_type(reader.port),
                                                     reader.constant->get_shape(), values);
  constant->set_friendly_name(reader.node->get_input_node_ptr(reader.port)->get_friendly_name());
  reader.node->input(reader.port).replace_source_output(constant);
}

}  // namespace

std::vector<SmoothedInput> find_smoothed_inputs(const ov::Model& model, const Plan& plan) {
  const auto nodes = graph::nodes_by_name(model);
  std::map<TensorRef, std::size_t> uses;
  for (const Quantizer& quantizer : plan.quantizers) {
    ++uses[quantizer.tensor];
    for (const TensorRef& tensor : quantizer.also_covers) ++uses[tensor];
  }
  for (const AlignedPair& pair : plan.aligned_pairs) ++uses[pair.tensor];
  std::vector<SmoothedInput> result;
  for (const Quantizer& quantizer : plan.quantizers) {
    if (quantizer.kind != QuantizerKind::activation || quantizer.group || !quantizer.also_covers.empty() ||
        !quantizer.channel_axes.empty() || uses[quantizer.tensor] != 1 || !follows_from_extremes(quantizer.estimator)) {
      continue;
    }
    const auto axis = common_axis(nodes, plan, quantizer);
    if (!axis) continue;
    const ov::PartialShape shape = nodes.at(quantizer.tensor.node)->get_output_partial_shape(quantizer.tensor.port);
    if (shape.rank().is_dynamic() || shape[static_cast<std::ptrdiff_t>(*axis)].is_dynamic()) continue;
    result.push_back({quantizer.name, quantizer.tensor, *axis});
  }
  return result;
}

std::vector<StatisticRequest> smoothing_requests(const SmoothedInput& input) {
  return {{input.tensor, Reduction::min, 0, input.channel_axis},
          {input.tensor, Reduction::max, 0, input.channel_axis},
          {input.tensor, Reduction::mean, 0, input.channel_axis}};
}

std::map<std::string, Smoothing> smooth_inputs(const std::shared_ptr<ov::Model>& model, const Plan& plan,
                                               Statistics& statistics, int threads) {
  std::map<std::string, Smoothing> result;
  const auto nodes = graph::nodes_by_name(*model);
  std::map<std::string, const Quantizer*> quantizers;
  for (const Quantizer& quantizer : plan.quantizers) quantizers[quantizer.name] = &quantizer;
  std::vector<std::vector<double>> found(plan.smoothed_inputs.size());
  base::parallel_for(found.size(), threads, [&](std::size_t i) {
    const SmoothedInput& input = plan.smoothed_inputs[i];
    const Quantizer& quantizer = *quantizers.at(input.quantizer);
    std::vector<SmoothedReader> readers;
    for (const EdgeRef& edge : quantizer.consumers)
      readers.push_back(matrix_of(Reader(nodes.at(edge.node)), *weights_quantizer(plan, edge.node)));
    found[i] = best_factors(channels_of(input, statistics), quantizer.scheme, readers);
  });
  for (std::size_t i = 0; i < found.size(); ++i) {
    const SmoothedInput& input = plan.smoothed_inputs[i];
    const Quantizer& quantizer = *quantizers.at(input.quantizer);
    std::vector<double>& factor = found[i];
    if (factor.empty()) continue;
    for (const EdgeRef& edge : quantizer.consumers) scale_weights(Reader(nodes.at(edge.node)), factor);
    for (const StatisticRequest& request : smoothing_requests(input)) statistics[request].rescale(factor, {});
    result.emplace(quantizer.name, Smoothing{input.channel_axis, std::move(factor)});
  }
  return result;
}

double expected_noise(const SmoothedReader& reader, const InputChannels& channels, const Scheme& scheme,
                      std::span<const double> factor) {
  const std::size_t inputs = factor.size();
  Extent extent{{0}, {0}};
  double input_power = 0;
  double weights_power = 0;
  for (std::size_t c = 0; c < inputs; ++c) {
    extent.min[0] = std::min(extent.min[0], channels.low[c] / factor[c]);
    extent.max[0] = std::max(extent.max[0], channels.high[c] / factor[c]);
    input_power += channels.power[c] / (factor[c] * factor[c]);
    weights_power += reader.power[c] * factor[c] * factor[c];
  }
  if (scheme.mode == Mode::symmetric) extent.max[0] = std::max(extent.max[0], -extent.min[0]);
  const Range range = activation_range(extent, scheme);
  const double step = (static_cast<double>(range.high[0]) - range.low[0]) / (range.levels - 1);
  const std::vector<float> factors(factor.begin(), factor.end());
  const std::span<const float> magnitudes(reader.magnitude);
  double steps = 0;  // squared, of the weights of all outputs
  for (std::size_t o = 0; o < reader.outputs; ++o) {
    const double largest = base::largest_product(magnitudes.subspan(o * inputs, inputs), factors);
    const double own = 2 * largest / (reader.levels - 1);
    steps = reader.one_scale ? std::max(steps, own * own) : steps + own * own;
  }
  if (reader.one_scale) steps *= static_cast<double>(reader.outputs);
  return step * step / 12 * weights_power + steps / 12 * reader.taps * input_power;
}

}  // namespace octune::quantization
