// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "layerwise/tunable_layer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <openvino/op/convert.hpp>
#include <openvino/op/fake_quantize.hpp>
#include <openvino/op/multiply.hpp>
#include <openvino/op/parameter.hpp>
#include <openvino/op/reshape.hpp>
#include <openvino/op/squeeze.hpp>
#include <openvino/op/subtract.hpp>
#include <openvino/op/transpose.hpp>
#include <openvino/op/unsqueeze.hpp>

#include "base/assert.hpp"
#include "graph/bias.hpp"
#include "graph/queries.hpp"
#include "layerwise/model_prefix.hpp"
#include "octune/error.hpp"

namespace octune::layerwise {
namespace {

namespace op = ov::op;
using NodePtr = std::shared_ptr<ov::Node>;

std::string type_of(const ov::Node& node) { return node.get_type_info().name; }

/// Convert(integers) -> [Subtract] -> Multiply: the nodes whose constants make up integer weights.
struct IntegerWeights {
  NodePtr convert, subtract, multiply;
};

std::optional<IntegerWeights> integer_weights_at(const ov::Output<ov::Node>& source) {
  IntegerWeights found;
  found.multiply = ov::as_type_ptr<op::v1::Multiply>(source.get_node_shared_ptr());
  if (!found.multiply || !graph::constant_of(found.multiply->input_value(1))) return std::nullopt;
  NodePtr below = found.multiply->get_input_node_shared_ptr(0);
  if (ov::is_type<op::v1::Subtract>(below) && graph::constant_of(below->input_value(1))) {
    found.subtract = below;
    below = below->get_input_node_shared_ptr(0);
  }
  if (!ov::is_type<op::v0::Convert>(below)) return std::nullopt;
  const auto constant = ov::as_type_ptr<op::v0::Constant>(below->get_input_node_shared_ptr(0));
  if (!constant || !constant->get_element_type().is_integral_number()) return std::nullopt;
  found.convert = below;
  return found;
}

/// Whether a constant broadcast over `weights` holds one number, or one an output channel.
bool is_per_channel(const ov::Shape& constant, const ov::Shape& weights, const std::vector<std::size_t>& channel_axes) {
  if (ov::shape_size(constant) == 1) return true;
  if (constant.size() != weights.size()) return false;
  for (std::size_t axis = 0; axis < weights.size(); ++axis) {
    const bool of_channels = std::find(channel_axes.begin(), channel_axes.end(), axis) != channel_axes.end();
    if (constant[axis] != (of_channels ? weights[axis] : 1)) return false;
  }
  return true;
}

std::vector<float> border(const ov::Node& fake_quantize, std::size_t port) {
  const auto constant = graph::constant_of(fake_quantize.input_value(port));
  return constant ? constant->cast_vector<float>() : std::vector<float>{};
}

/// Quantizes with one constant range that it gives back unchanged, whose steps meet zero, and is read once. Others are
/// a fixed part of what the layer reads.
bool has_range_of_its_own(const ov::Node& node) {
  if (!ov::is_type<op::v0::FakeQuantize>(&node) || node.output(0).get_target_inputs().size() != 1) return false;
  if (is_left_out_by_runtime(node)) return false;
  const std::vector<float> low = border(node, 1);
  const std::vector<float> high = border(node, 2);
  if (low.size() != 1 || high.size() != 1 || low != border(node, 3) || high != border(node, 4) || !(high[0] > low[0]))
    return false;
  const auto steps = static_cast<double>(static_cast<const op::v0::FakeQuantize&>(node).get_levels() - 1);
  const double zero = -double{low[0]} / (double{high[0]} - double{low[0]}) * steps;
  // Borders are floats: more levels, less of them is exact.
  const double off = std::max(1e-3, steps * 0x1p-22);
  return zero > -off && zero < steps + off && std::abs(zero - std::round(zero)) < off;
}

/// Moves the values of its first input, for one reader, to places that constants tell: it could as well be in front of
/// a quantizer with one range.
bool only_moves(const ov::Node& node) {
  const bool moves = ov::is_type<op::v1::Transpose>(&node) || ov::is_type<op::v1::Reshape>(&node) ||
                     ov::is_type<op::v0::Squeeze>(&node) || ov::is_type<op::v0::Unsqueeze>(&node) ||
                     ov::is_type<op::v15::Squeeze>(&node);
  return moves && node.output(0).get_target_inputs().size() == 1 &&
         (node.get_input_size() == 1 || ov::is_type<op::v0::Constant>(node.get_input_node_ptr(1)));
}

AffineQuantizer quantizer_of(const ov::Node& fake_quantize) {
  const auto levels = static_cast<int>(static_cast<const op::v0::FakeQuantize&>(fake_quantize).get_levels());
  const double low = border(fake_quantize, 1).front();
  const double high = border(fake_quantize, 2).front();
  const double scale = (high - low) / (levels - 1);
  AffineQuantizer quantizer;
  quantizer.scale = {static_cast<float>(scale)};
  quantizer.lowest = 0;
  quantizer.highest = levels - 1;
  quantizer.zero_point = {static_cast<int>(std::clamp<long>(std::lround(-low / scale), 0, levels - 1))};
  return quantizer;
}

/// The integers that weights may take: those that lie between the ones the layer has, symmetric if there is no zero
/// point. So whatever the plan kept free (7 of 8 bits where pairs of products saturate) stays free.
void limit(AffineQuantizer& quantizer, const std::vector<std::int16_t>& integers, const ov::element::Type& type) {
  const auto [lowest, highest] = std::minmax_element(integers.begin(), integers.end());
  quantizer.lowest = *lowest;
  quantizer.highest = *highest;
  for (const int zero : quantizer.zero_point) {
    quantizer.lowest = std::min(quantizer.lowest, zero);
    quantizer.highest = std::max(quantizer.highest, zero);
  }
  if (!quantizer.zero_point.empty()) return;
  if (!type.is_signed()) {
    quantizer.lowest = 0;
    return;
  }
  const int largest_of_type = (1 << (type.bitwidth() - 1)) - 1;
  const int largest = std::max(std::abs(quantizer.lowest), std::abs(quantizer.highest));
  quantizer.lowest = -largest;
  quantizer.highest = std::min(largest, largest_of_type);
}

void replace_constant(const NodePtr& reader, std::size_t port, const std::shared_ptr<op::v0::Constant>& constant) {
  constant->set_friendly_name(reader->get_input_node_ptr(port)->get_friendly_name());
  reader->input(port).replace_source_output(constant);
}

/// With the type and shape of the old one.
template <class Number>
void replace_values(const NodePtr& reader, std::size_t port, const std::vector<Number>& values) {
  const auto& old = reader->input_value(port);
  replace_constant(reader, port, op::v0::Constant::create(old.get_element_type(), old.get_shape(), values));
}

std::variant<TunableLayer, std::string> tunable(const NodePtr& node, const NodePtr& original,
                                                const IntegerWeights& weights) {
  auto geometry = LayerGeometry::of(*original);
  if (auto* reason = std::get_if<std::string>(&geometry)) return std::move(*reason);
  TunableLayer layer{node->get_friendly_name(),
                     node,
                     original,
                     std::get<LayerGeometry>(std::move(geometry)),
                     {},
                     {},
                     {},
                     {},
                     {},
                     {},
                     {}};
  const std::size_t port = layer.geometry.weights_port();
  if (weights.multiply->output(0).get_target_inputs().size() != 1 ||
      weights.convert->output(0).get_target_inputs().size() != 1)
    return "other layers read the same weights";
  const auto& axes = layer.geometry.channel_axes();
  const ov::Shape shape = weights.convert->get_output_shape(0);
  if (!is_per_channel(weights.multiply->get_input_shape(1), shape, axes) ||
      (weights.subtract && !is_per_channel(weights.subtract->get_input_shape(1), shape, axes)))
    return "its weights have scales for groups of inputs";
  const auto integers = ov::as_type_ptr<op::v0::Constant>(weights.convert->get_input_node_shared_ptr(0));
  const auto values = integers->cast_vector<std::int16_t>();
  const std::vector<int> zeros =
      weights.subtract ? graph::constant_of(weights.subtract->input_value(1))->cast_vector<int>() : std::vector{0};
  const auto is_zero = [&](int number) { return number == zeros.front(); };
  if (std::all_of(values.begin(), values.end(), is_zero) && std::all_of(zeros.begin(), zeros.end(), is_zero))
    return "its weights are all zero";
  layer.integers_reader = weights.convert;
  layer.scale_reader = weights.multiply;
  layer.zero_point_reader = weights.subtract;
  NodePtr source = node->get_input_node_shared_ptr(1 - port);
  while (only_moves(*source)) {
    layer.moves.push_back(source);
    source = source->get_input_node_shared_ptr(0);
  }
  if (has_range_of_its_own(*source)) {
    layer.input_quantizer = source;
  } else {
    layer.moves.clear();
  }
  const auto bias = graph::bias_of(*original);
  const auto own_bias = graph::bias_of(*node, layer.geometry.output_channel_axis());
  if (bias && !own_bias) return "something lies between it and its bias";
  layer.untuned_output = graph::ref((own_bias ? own_bias->add : node)->output(0));
  layer.target = graph::ref((bias ? bias->add : original)->output(0));
  return layer;
}

}  // namespace

TensorRef TunableLayer::input() const {
  return graph::ref(input_quantizer ? input_quantizer->input_value(0)
                                    : quantized->input_value(1 - geometry.weights_port()));
}

ov::Output<ov::Node> TunableLayer::moved(const ov::Output<ov::Node>& input) const {
  ov::Output<ov::Node> result = input;
  for (auto move = moves.rbegin(); move != moves.rend(); ++move) {
    ov::OutputVector inputs{result};  // constants are copied, too: nothing of one model hangs on another
    if ((*move)->get_input_size() > 1) inputs.push_back((*move)->get_input_node_ptr(1)->clone_with_new_inputs({}));
    result = (*move)->clone_with_new_inputs(inputs)->output(0);
  }
  return result;
}

void TunableLayer::keep_range_open(std::set<TensorRef>& remember) const {
  if (!input_quantizer) return;
  std::size_t taken = remember.erase(graph::ref(input_quantizer->output(0)));
  for (const NodePtr& move : moves) taken += remember.erase(graph::ref(move->output(0)));
  const ov::Output<ov::Node> source = input_quantizer->input_value(0);
  if (taken != 0 && !ov::is_type<op::v0::Parameter>(source.get_node())) remember.insert(graph::ref(source));
}

LayerProblem TunableLayer::problem() const {
  LayerProblem problem;
  problem.groups = geometry.groups();
  problem.inputs = geometry.inputs();
  problem.outputs = geometry.outputs();
  const std::vector<float> weights =
      graph::constant_of(original->input_value(geometry.weights_port()))->cast_vector<float>();
  problem.weights = geometry.as_matrix(std::span<const float>(weights));
  const auto constant = ov::as_type_ptr<op::v0::Constant>(integers_reader->get_input_node_shared_ptr(0));
  const auto integers = constant->cast_vector<std::int16_t>();
  problem.integers = geometry.as_matrix(std::span<const std::int16_t>(integers));
  problem.weights_quantizer.scale = graph::constant_of(scale_reader->input_value(1))->cast_vector<float>();
  if (zero_point_reader)
    problem.weights_quantizer.zero_point = graph::constant_of(zero_point_reader->input_value(1))->cast_vector<int>();
  limit(problem.weights_quantizer, integers, constant->get_element_type());
  problem.bias = graph::bias_values(*quantized, geometry.output_channel_axis())
                     .value_or(std::vector<float>(problem.channels(), 0.F));
  if (input_quantizer) {
    problem.input_quantizer = quantizer_of(*input_quantizer);
    problem.tunes_input_range = true;
  }
  return problem;
}

LayerConstants TunableLayer::constants() const {
  LayerConstants constants;
  constants.integers =
      ov::as_type_ptr<op::v0::Constant>(integers_reader->get_input_node_shared_ptr(0))->cast_vector<std::int16_t>();
  constants.scale = graph::constant_of(scale_reader->input_value(1))->cast_vector<float>();
  constants.bias = graph::bias_values(*quantized, geometry.output_channel_axis()).value_or(std::vector<float>{});
  if (input_quantizer)
    constants.input_range = {border(*input_quantizer, 1).front(), border(*input_quantizer, 2).front()};
  return constants;
}

void TunableLayer::put(const LayerConstants& wanted) const {
  const LayerConstants present = constants();
  const std::size_t channels = geometry.groups() * geometry.outputs();
  if (wanted.integers.size() != present.integers.size() || wanted.scale.size() != present.scale.size() ||
      (!wanted.bias.empty() && wanted.bias.size() != channels) ||
      wanted.input_range.has_value() != present.input_range.has_value())
    throw Error(ErrorKind::input, fmt::format("'{}': the constants are of another layer", name));
  if (wanted.integers != present.integers) replace_values(integers_reader, 0, wanted.integers);
  if (wanted.scale != present.scale) replace_values(scale_reader, 1, wanted.scale);
  if (!wanted.bias.empty() && wanted.bias != present.bias)
    graph::set_bias(quantized, geometry.output_channel_axis(), wanted.bias);
  if (wanted.input_range == present.input_range) return;
  const bool shared = input_quantizer->input_value(1) == input_quantizer->input_value(3) &&
                      input_quantizer->input_value(2) == input_quantizer->input_value(4);
  replace_values(input_quantizer, 1, std::vector{wanted.input_range->first});
  replace_values(input_quantizer, 2, std::vector{wanted.input_range->second});
  for (const std::size_t port : {3, 4}) {
    if (shared) {
      input_quantizer->input(port).replace_source_output(input_quantizer->input_value(port - 2));
    } else {
      replace_values(input_quantizer, port,
                     std::vector{port == 3 ? wanted.input_range->first : wanted.input_range->second});
    }
  }
}

void TunableLayer::put(const LayerSolution& solution) const {
  LayerConstants wanted = constants();
  wanted.integers = geometry.from_matrix(std::span<const std::int16_t>(solution.integers));
  wanted.scale = solution.weights_quantizer.scale;
  const bool zero = std::all_of(solution.bias.begin(), solution.bias.end(), [](float b) { return b == 0; });
  if (!wanted.bias.empty() || !zero) wanted.bias = solution.bias;
  if (input_quantizer && solution.input_quantizer &&
      solution.input_quantizer->scale != quantizer_of(*input_quantizer).scale) {
    const AffineQuantizer& range = *solution.input_quantizer;
    const double scale = range.scale.front();
    const int zero_point = range.zero_point_at(0);
    wanted.input_range = {static_cast<float>((range.lowest - zero_point) * scale),
                          static_cast<float>((range.highest - zero_point) * scale)};
  }
  put(wanted);
}

std::vector<FoundLayer> find_layers(const ov::Model& quantized, const ov::Model& reference) {
  const auto originals = graph::nodes_by_name(reference);
  std::vector<FoundLayer> found;
  for (const auto& node : quantized.get_ordered_ops()) {
    for (const graph::Body& body : graph::bodies_of(*node)) {
      for (const auto& inner : body.model->get_ordered_ops()) {
        const bool integer = graph::is_linear(*inner) &&
                             (integer_weights_at(inner->input_value(0)) || integer_weights_at(inner->input_value(1)));
        if (integer) found.push_back({inner->get_friendly_name(), std::nullopt, "it lies in a sub-graph"});
      }
    }
    const std::string& name = node->get_friendly_name();
    std::optional<IntegerWeights> weights;
    for (const auto& input : node->input_values())
      if (!weights) weights = integer_weights_at(input);
    if (!weights) continue;
    if (!graph::is_linear(*node)) {
      if (type_of(*node).ends_with("Sequence")) found.push_back({name, std::nullopt, "recurrent cells are not tuned"});
      continue;
    }
    const auto original = originals.find(name);
    if (original == originals.end() || original->second->get_type_info() != node->get_type_info()) {
      throw Error(ErrorKind::input, fmt::format("layer-wise tuning: the float model has no {} '{}'; give the one that "
                                                "the quantized model was made of",
                                                type_of(*node), name));
    }
    const std::size_t port = integer_weights_at(node->input_value(1)) ? 1 : 0;
    if (original->second->get_input_partial_shape(port) != node->get_input_partial_shape(port)) {
      throw Error(ErrorKind::input,
                  fmt::format("layer-wise tuning: the weights of '{}' have another shape in the float "
                              "model; give the one that the quantized model was made of",
                              name));
    }
    auto layer = tunable(node, original->second, *weights);
    if (auto* reason = std::get_if<std::string>(&layer)) {
      found.push_back({name, std::nullopt, std::move(*reason)});
    } else {
      found.push_back({name, std::get<TunableLayer>(std::move(layer)), {}});
    }
  }
  return found;
}

}  // namespace octune::layerwise
