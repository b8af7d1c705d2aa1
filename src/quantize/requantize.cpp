// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/requantize.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <openvino/op/util/multi_subgraph_base.hpp>
#include <openvino/opsets/opset13.hpp>
#include <openvino/pass/constant_folding.hpp>
#include <optional>
#include <set>

#include "calibration/non_negative.hpp"
#include "graph/queries.hpp"
#include "octune/error.hpp"
#include "quantize/candidates.hpp"
#include "quantize/dynamic_quantization.hpp"

namespace octune::quantization {
namespace {

namespace op = ov::opset13;

using NodePtr = std::shared_ptr<ov::Node>;
using Constant = ov::op::v0::Constant;

std::string type_of(const ov::Node& node) { return node.get_type_info().name; }

bool is_constant(const ov::Output<ov::Node>& output) { return ov::is_type<Constant>(output.get_node()); }

/// Stored numbers that a scale is needed for to mean anything. Biases of ONNX have 32 bits.
bool is_stored_type(const ov::element::Type& type) {
  if (type.is_dynamic() || type == ov::element::boolean || type == ov::element::string) return false;
  return type.bitwidth() <= (type.is_integral_number() ? 32U : 8U);
}

/// Is it read by what subtracts zero points and multiplies with scales?
bool is_scaled(const ov::Node& node) {
  const auto readers = node.output(0).get_target_inputs();
  return std::any_of(readers.begin(), readers.end(), [](const auto& reader) {
    const std::string type = type_of(*reader.get_node());
    return type == "Subtract" || type == "Multiply" || type == "Reshape";
  });
}

void add(QuantizationFound& found, const ov::Model& model) {
  for (const auto& node : model.get_ordered_ops()) {
    const std::string type = type_of(*node);
    std::size_t* counter = type == "FakeQuantize"    ? &found.fake_quantize
                           : type == "FakeConvert"   ? &found.fake_convert
                           : is_integer_layer(*node) ? &found.integer_layers
                                                     : nullptr;
    if (counter) {
      ++*counter;
      if (found.first.empty()) found.first = node->get_friendly_name();
    }
    if (const auto* outer = dynamic_cast<const ov::op::util::MultiSubGraphOp*>(node.get())) {
      for (const auto& body : outer->get_functions()) add(found, *body);
    }
  }
}

/// Replaces arithmetic on stored low-precision numbers, and FakeQuantize of constants, by the constants they give.
/// Returns how many tensors it made.
std::size_t decompress_constants(ov::Model& model) {
  std::set<const ov::Node*> decompressed;  // constants made here
  for (const auto& node : model.get_ordered_ops()) {
    const auto inputs = node->input_values();
    if (inputs.empty() || !std::all_of(inputs.begin(), inputs.end(), is_constant)) continue;
    const std::string type = type_of(*node);
    const ov::element::Type source = inputs[0].get_element_type();
    const bool starts = type == "FakeQuantize" || type == "FakeConvert" ||
                        (type == "Convert" && is_scaled(*node) && is_stored_type(source));
    const bool goes_on = std::any_of(inputs.begin(), inputs.end(),
                                     [&](const auto& input) { return decompressed.contains(input.get_node()); });
    if (!starts && !goes_on) continue;
    ov::pass::enable_constant_folding(node);
    ov::OutputVector values(node->get_output_size());
    if (!node->constant_fold(values, inputs)) continue;
    for (std::size_t port = 0; port < values.size(); ++port) {
      const auto constant = values[port].get_node_shared_ptr();
      if (values.size() == 1) constant->set_friendly_name(node->get_friendly_name());
      node->output(port).replace(values[port]);
      decompressed.insert(constant.get());
    }
  }
  // Those that a layer reads; the others were steps on the way.
  std::size_t used = 0;
  for (const auto& node : model.get_ordered_ops()) used += decompressed.contains(node.get()) ? 1 : 0;
  return used;
}

/// The borders of a FakeQuantize, if they are constants with one value each.
struct Borders {
  float in_low, in_high, out_low, out_high;
};

/// What maps the numbers of the integer type back to real ones: (q - zero_point) * scale.
struct Dequantization {
  NodePtr last;
  ov::Output<ov::Node> zero_point, scale;
};

bool moves_values(const ov::Node& node) {
  static const std::set<std::string> kTypes{"Reshape",      "Transpose", "Squeeze",       "Unsqueeze", "MaxPool",
                                            "DepthToSpace", "Gather",    "StridedSlice",  "Slice",     "Split",
                                            "SpaceToDepth", "Pad",       "VariadicSplit", "Broadcast"};
  return kTypes.contains(type_of(node));
}

/// `input` is read by Subtract(constant) -> Multiply(constant), or by the Multiply alone.
std::optional<Dequantization> dequantization_at(const ov::Input<ov::Node>& input) {
  const auto operand = [](const ov::Node& node) { return graph::constant_of(node.input_value(1)); };
  NodePtr node = input.get_node()->shared_from_this();
  if (input.get_index() != 0) return std::nullopt;
  Dequantization result;
  if (type_of(*node) == "Subtract" && operand(*node) && node->output(0).get_target_inputs().size() == 1) {
    result.zero_point = node->input_value(1);
    const auto next = *node->output(0).get_target_inputs().begin();
    if (next.get_index() != 0) return std::nullopt;
    node = next.get_node()->shared_from_this();
  }
  if (type_of(*node) != "Multiply" || !operand(*node)) return std::nullopt;
  result.scale = node->input_value(1);
  result.last = node;
  return result;
}

/// Follows the integers from a FakeQuantize over conversions and movements to where they are turned back.
struct IntegerRegion {
  std::vector<NodePtr> conversions;
  std::vector<Dequantization> ends;
  bool complete = true;  ///< every way ends in a dequantization
};

IntegerRegion integer_region(const ov::Output<ov::Node>& start) {
  IntegerRegion region;
  std::vector<ov::Output<ov::Node>> open{start};
  while (!open.empty()) {
    const ov::Output<ov::Node> output = open.back();
    open.pop_back();
    for (const auto& input : output.get_target_inputs()) {
      const NodePtr reader = input.get_node()->shared_from_this();
      const bool conversion = type_of(*reader) == "Convert";
      if (conversion) region.conversions.push_back(reader);
      if (conversion || (moves_values(*reader) && input.get_index() == 0)) {
        for (const auto& next : reader->outputs()) open.push_back(next);
      } else if (const auto end = dequantization_at(input)) {
        region.ends.push_back(*end);
      } else if (type_of(*reader) != "ShapeOf") {
        region.complete = false;
      }
    }
  }
  return region;
}

std::optional<float> single_value(const ov::Output<ov::Node>& output) {
  const auto constant = graph::constant_of(output);
  if (!constant) return std::nullopt;
  const std::vector<float> values = constant->cast_vector<float>();
  if (values.empty() || std::any_of(values.begin(), values.end(), [&](float v) { return v != values[0]; }))
    return std::nullopt;
  return values[0];
}

std::optional<Borders> borders_of(const ov::Node& fake_quantize) {
  const auto value = [&](std::size_t port) { return single_value(fake_quantize.input_value(port)); };
  const auto a = value(1), b = value(2), c = value(3), d = value(4);
  if (!a || !b || !c || !d) return std::nullopt;
  return Borders{*a, *b, *c, *d};
}

/// The numbers that come out are those that go in, but for rounding and clamping.
bool keeps_range(const ov::Node& fake_quantize) {
  std::array<std::vector<float>, 4> borders;
  for (std::size_t i = 0; i < borders.size(); ++i) {
    const auto constant = graph::constant_of(fake_quantize.input_value(i + 1));
    if (!constant)
      return fake_quantize.input_value(1) == fake_quantize.input_value(3) &&
             fake_quantize.input_value(2) == fake_quantize.input_value(4);
    borders[i] = constant->cast_vector<float>();
  }
  const auto& [in_low, in_high, out_low, out_high] = borders;
  if (in_low.size() != in_high.size() || in_low.size() != out_low.size() || in_low.size() != out_high.size())
    return false;
  for (std::size_t i = 0; i < in_low.size(); ++i) {
    const float slack = (in_high[i] - in_low[i]) * 1e-3F;
    if (std::abs(in_low[i] - out_low[i]) > slack || std::abs(in_high[i] - out_high[i]) > slack) return false;
  }
  return true;
}

/// The map of a FakeQuantize from its range of input to that of its output, without rounding and clamping.
ov::Output<ov::Node> mapped(const ov::Output<ov::Node>& value, const ov::Node& fake_quantize) {
  const auto border = [&](std::size_t port) { return fake_quantize.input_value(port); };
  const auto factor = std::make_shared<op::Divide>(std::make_shared<op::Subtract>(border(4), border(3)),
                                                   std::make_shared<op::Subtract>(border(2), border(1)));
  const auto from_zero = std::make_shared<op::Subtract>(value, border(1));
  return std::make_shared<op::Add>(std::make_shared<op::Multiply>(from_zero, factor), border(3));
}

/// The upper end of a range is an estimate that may cut values off; only that of a ReLU6 says what was there.
ov::Output<ov::Node> dropped_activation(const ov::Output<ov::Node>& input, float high) {
  if (std::abs(high - 6) < 0.05F) return std::make_shared<op::Clamp>(input, 0, 6);
  return std::make_shared<op::Relu>(input);
}

/// Tools that write QuantizeLinear drop a ReLU or Clip in front of it, which the range from zero does anyway.
bool stands_for_activation(const ov::Node& fake_quantize, float low, float high) {
  static const std::set<std::string> kMaybeNegative{"Add", "Subtract", "Multiply"};
  if (low != 0.0F || high <= 0.0F) return false;
  if (calibration::is_non_negative(fake_quantize.input_value(0))) return false;
  const ov::Node* source = fake_quantize.get_input_node_ptr(0);
  while (moves_values(*source)) source = source->get_input_node_ptr(0);
  return graph::is_linear(*source) || kMaybeNegative.contains(type_of(*source));
}

void bypass(const NodePtr& node, const ov::Output<ov::Node>& value) {
  // Tensor names move along: they are how the model's outputs are called.
  node->output(0).replace(value);
}

class Stripping {
 public:
  void run(ov::Model& model) {
    layers_ += take_out_dynamic_quantization(model);
    tensors_ += decompress_constants(model);
    for (const auto& node : model.get_ordered_ops()) {
      if (type_of(*node) == "FakeQuantize") {
        take_out(node);
      } else if (type_of(*node) == "FakeConvert") {
        bypass(node, node->input_value(0));
        ++taken_out_;
      } else if (auto* outer = dynamic_cast<ov::op::util::MultiSubGraphOp*>(node.get())) {
        for (const auto& body : outer->get_functions()) run(*body);
      }
    }
    // QLinearAdd and QLinearMul divide by the scale, add the zero point and convert without FakeQuantize.
    for (const auto& node : model.get_ordered_ops()) {
      if (is_rounding(*node)) take_out_rounding(node);
    }
    // What became a constant when integers turned into floating point again.
    tensors_ += decompress_constants(model);
    model.validate_nodes_and_infer_types();
  }

  std::string text() const {
    const auto count = [](std::size_t n, std::string_view what) {
      return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
    };
    std::vector<std::string> parts;
    if (taken_out_ != 0) parts.push_back(count(taken_out_, "quantizer") + " of activations taken out");
    if (activations_ != 0) parts.push_back(count(activations_, "ReLU") + " put in where one did its work");
    if (layers_ != 0) parts.push_back(count(layers_, "layer") + " without dynamic quantization");
    if (tensors_ != 0) parts.push_back(count(tensors_, "constant") + " turned back into floating point");
    return fmt::format("{}", fmt::join(parts, ", "));
  }

  bool changed() const { return taken_out_ + tensors_ + layers_ != 0; }

 private:
  void take_out(const NodePtr& node) {
    const auto borders = borders_of(*node);
    const ov::Output<ov::Node> input = node->input_value(0);
    const bool from_zero = borders && stands_for_activation(*node, borders->in_low, borders->in_high);
    ov::Output<ov::Node> value = input;
    if (from_zero) {
      value = dropped_activation(input, borders->in_high);
      value.get_node()->set_friendly_name(node->get_friendly_name() + "/activation");
      ++activations_;
    }
    ++taken_out_;
    if (keeps_range(*node)) {
      bypass(node, value);
      return;
    }
    const IntegerRegion region = integer_region(node->output(0));
    const bool restored = borders && restores(region, *borders);
    if (restored) bypass_ends(region);
    for (const NodePtr& conversion : region.conversions) bypass(conversion, conversion->input_value(0));
    // If something else is computed from the integers it gets the same map without rounding.
    bypass(node, restored ? value : mapped(value, *node));
  }

  /// A conversion to integers whose values are turned back.
  static bool is_rounding(const ov::Node& node) {
    const ov::element::Type to = node.get_output_element_type(0);
    return type_of(node) == "Convert" && node.get_input_element_type(0).is_real() && to.is_integral_number() &&
           to.bitwidth() <= 16 && !integer_region(const_cast<ov::Node&>(node).output(0)).ends.empty();
  }

  void take_out_rounding(const NodePtr& node) {
    const IntegerRegion region = integer_region(node->output(0));
    ++taken_out_;
    ov::Output<ov::Node> value = node->input_value(0);
    if (const auto source = scaled_source(*node, region)) {
      bypass_ends(region);
      value = *source;
    }
    for (const NodePtr& conversion : region.conversions) bypass(conversion, conversion->input_value(0));
    bypass(node, value);
  }

  /// What is divided by a scale and shifted by a zero point in front of a conversion, if that is what the ends undo.
  static std::optional<ov::Output<ov::Node>> scaled_source(const ov::Node& conversion, const IntegerRegion& region) {
    const ov::Node* shift = conversion.get_input_node_ptr(0);
    if (type_of(*shift) != "Add") return std::nullopt;
    const ov::Node* scaling = shift->get_input_node_ptr(0);
    const bool divides = type_of(*scaling) == "Divide";
    if (!divides && type_of(*scaling) != "Multiply") return std::nullopt;
    const float zero = single_value(shift->input_value(1)).value_or(std::nanf(""));
    const float operand = single_value(scaling->input_value(1)).value_or(std::nanf(""));
    const float scale = divides ? operand : 1 / operand;
    // The range that 256 numbers of the integer type stand for.
    if (!restores(region, {(0 - zero) * scale, (255 - zero) * scale, 0.0F, 255.0F})) return std::nullopt;
    return scaling->input_value(0);
  }

  static void bypass_ends(const IntegerRegion& region) {
    for (const Dequantization& end : region.ends) {
      NodePtr first = end.last;
      if (end.zero_point.get_node() != nullptr) first = first->get_input_node_shared_ptr(0);
      bypass(end.last, first->input_value(0));
    }
  }

  /// Quantization and each dequantization together leave values where they were, to a hundredth of the range.
  static bool restores(const IntegerRegion& region, const Borders& borders) {
    const float slack = (borders.in_high - borders.in_low) * 0.01F;
    return region.complete && !region.ends.empty() &&
           std::all_of(region.ends.begin(), region.ends.end(), [&](const auto& end) {
             const auto scale = single_value(end.scale);
             const auto zero =
                 end.zero_point.get_node() == nullptr ? std::optional<float>(0.0F) : single_value(end.zero_point);
             if (!scale || !zero) return false;
             return std::abs((borders.out_low - *zero) * *scale - borders.in_low) <= slack &&
                    std::abs((borders.out_high - *zero) * *scale - borders.in_high) <= slack;
           });
  }

  std::size_t taken_out_ = 0, activations_ = 0, layers_ = 0, tensors_ = 0;
};

}  // namespace

std::string QuantizationFound::text() const {
  std::vector<std::string> parts;
  if (fake_quantize != 0) parts.push_back(fmt::format("{} FakeQuantize", fake_quantize));
  if (fake_convert != 0) parts.push_back(fmt::format("{} FakeConvert", fake_convert));
  if (integer_layers != 0)
    parts.push_back(fmt::format("{} layer{} on integers", integer_layers, integer_layers == 1 ? "" : "s"));
  return fmt::format("{}; the first is '{}'", fmt::join(parts, ", "), first);
}

QuantizationFound find_quantization(const ov::Model& model) {
  QuantizationFound found;
  add(found, model);
  return found;
}

FloatModel floating_point_model(const std::shared_ptr<const ov::Model>& model, AlreadyQuantized already_quantized) {
  const QuantizationFound found = find_quantization(*model);
  if (already_quantized == AlreadyQuantized::refuse) {
    if (!found.any()) return {model, {}};
    throw Error(ErrorKind::unsupported,
                fmt::format("model: is quantized already ({}); start from the floating-point model, or give "
                            "--requantize to take its quantization out first",
                            found.text()));
  }
  const std::shared_ptr<ov::Model> copy = model->clone();
  Stripping stripping;
  try {
    stripping.run(*copy);
  } catch (const ov::Exception& error) {
    throw Error(ErrorKind::runtime, fmt::format("taking the quantization out of the model: {}", error.what()));
  }
  if (const QuantizationFound left = find_quantization(*copy); left.any()) {
    throw Error(ErrorKind::unsupported,
                fmt::format("model: its quantization cannot be taken out ({}); start from the floating-point model",
                            left.text()));
  }
  if (!stripping.changed()) return {model, {}};
  return {copy,
          {fmt::format("the model was quantized already: {}; accuracy that was lost then does not come back",
                       stripping.text())}};
}

std::string warning_about_compressed_weights(const Plan& plan) {
  std::vector<std::string> names;
  std::size_t layers = 0;  // with weights
  for (const PlannedOperation& operation : plan.operations) {
    if (operation.reason == kWeightsAreCompressed) names.push_back(operation.name);
    if (operation.reason == kWeightsAreCompressed || operation.quantized) ++layers;
  }
  if (names.empty()) return {};
  return fmt::format(
      "the weights of {} operation{} ('{}'{}) are compressed already: {} as {}; start from the floating-point model, "
      "or give --requantize",
      names.size(), names.size() == 1 ? "" : "s", names.front(), names.size() == 1 ? "" : ", ...",
      names.size() == 1 ? "it stays" : "they stay", names.size() == 1 ? "it is" : "they are");
}

}  // namespace octune::quantization
