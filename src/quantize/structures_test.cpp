// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
//
// Shapes of models beyond the plain chain of layers: planned, quantized and executed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <openvino/opsets/opset13.hpp>

#include "infer/runtime.hpp"
#include "octune/error.hpp"
#include "octune/quantize.hpp"
#include "testing/models.hpp"

namespace octune {
namespace {

namespace op = ov::opset13;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using NodePtr = std::shared_ptr<ov::Node>;
using ParameterPtr = std::shared_ptr<op::Parameter>;

ParameterPtr input(const std::string& name, const ov::PartialShape& shape,
                   const ov::element::Type& type = ov::element::f32) {
  const auto x = std::make_shared<op::Parameter>(type, shape);
  x->set_friendly_name(name);
  x->output(0).set_names({name});
  return x;
}

NodePtr named(NodePtr node, const std::string& name) {
  node->set_friendly_name(name);
  return node;
}

NodePtr weights(const ov::Shape& shape, std::uint64_t seed, float deviation = 0.2F) {
  return op::Constant::create(ov::element::f32, shape, testing::normal(ov::shape_size(shape), seed, 0, deviation));
}

NodePtr integers(const std::vector<std::int64_t>& values) {
  return op::Constant::create(ov::element::i64, {values.size()}, values);
}

NodePtr linear(const ov::Output<ov::Node>& x, const NodePtr& matrix, const std::string& name) {
  return named(std::make_shared<op::MatMul>(x, matrix, false, true), name);
}

const PlannedOperation& operation(const Plan& plan, const std::string& name) {
  const auto found = std::find_if(plan.operations.begin(), plan.operations.end(),
                                  [&](const PlannedOperation& entry) { return entry.name == name; });
  if (found == plan.operations.end()) throw std::out_of_range("no operation " + name);
  return *found;
}

/// Normal numbers for every input; integers are small.
std::unique_ptr<Dataset> noise(const std::shared_ptr<const ov::Model>& model, std::size_t batch = 1) {
  std::vector<std::pair<std::string, std::pair<ov::element::Type, ov::Shape>>> inputs;
  for (const auto& input : model->inputs()) {
    ov::Shape shape;
    for (const ov::Dimension& size : input.get_partial_shape())
      shape.push_back(size.is_static() ? static_cast<std::size_t>(size.get_length()) : batch);
    inputs.push_back({input.get_any_name(), {input.get_element_type(), shape}});
  }
  return dataset(8, [inputs](std::size_t index) {
    Sample sample;
    std::uint64_t seed = 1000 * (index + 1);
    for (const auto& [name, what] : inputs) {
      const std::vector<float> values = testing::normal(ov::shape_size(what.second), seed++);
      ov::Tensor tensor(what.first, what.second);
      for (std::size_t i = 0; i < values.size(); ++i) {
        if (what.first == ov::element::f32) tensor.data<float>()[i] = values[i];
        if (what.first == ov::element::i64)
          tensor.data<std::int64_t>()[i] = static_cast<std::int64_t>(std::abs(values[i]) * 3);
      }
      sample[name] = tensor;
    }
    return sample;
  });
}

using Outputs = std::vector<std::vector<float>>;

Outputs run(const std::shared_ptr<const ov::Model>& model, const Sample& sample) {
  ov::CompiledModel compiled = infer::Runtime().compile(model);
  ov::InferRequest request = compiled.create_infer_request();
  for (const auto& [name, tensor] : sample) request.set_tensor(name, tensor);
  request.infer();
  Outputs outputs;
  for (std::size_t i = 0; i < compiled.outputs().size(); ++i) {
    const ov::Tensor output = request.get_output_tensor(i);
    outputs.emplace_back(output.data<float>(), output.data<float>() + output.get_size());
  }
  return outputs;
}

/// Signal to quantization noise in dB over all outputs, on a sample that was calibrated with.
double fidelity(const std::shared_ptr<const ov::Model>& model, const QuantizeResult& result, const Dataset& data) {
  double signal = 0, noise = 0;
  const Outputs expected = run(model, data.sample(0));
  const Outputs actual = run(result.model, data.sample(0));
  EXPECT_EQ(expected.size(), actual.size());
  for (std::size_t o = 0; o < expected.size(); ++o) {
    EXPECT_EQ(expected[o].size(), actual[o].size());
    for (std::size_t i = 0; i < expected[o].size(); ++i) {
      signal += std::pow(expected[o][i], 2);
      noise += std::pow(expected[o][i] - actual[o][i], 2);
    }
  }
  return 10 * std::log10(signal / noise);
}

QuantizeResult quantized(const std::shared_ptr<const ov::Model>& model, const Dataset& data) {
  return quantize(model, data, {.subset_size = data.size()});
}

std::string precision_of(const QuantizeResult& result, const std::string& name) {
  for (const ExecutedOperation& executed : result.executed) {
    if (executed.name == name) return executed.precision;
  }
  return "not there";
}

// ---- recurrent sequences

constexpr std::size_t kSteps = 6, kInputs = 16, kHidden = 16;

enum class State { zero, constant, from_shape, input };

std::shared_ptr<ov::Model> recurrent(bool lstm, op::LSTMSequence::direction direction, State state) {
  const std::size_t directions = direction == op::LSTMSequence::direction::BIDIRECTIONAL ? 2 : 1;
  const std::size_t gates = lstm ? 4 : 3;
  const bool dynamic = state == State::from_shape;
  const auto x = input("x", {dynamic ? ov::Dimension(-1) : ov::Dimension(1), kSteps, kInputs});
  ov::ParameterVector parameters{x};
  const auto batch = std::make_shared<op::Gather>(std::make_shared<op::ShapeOf>(x), integers({0}),
                                                  op::Constant::create(ov::element::i64, {}, {0}));
  const auto initial = [&](const std::string& name) -> ov::Output<ov::Node> {
    const ov::Shape shape{1, directions, kHidden};
    if (state == State::zero) return op::Constant::create(ov::element::f32, shape, {0});
    if (state == State::constant) return weights(shape, 77, 0.4F);
    if (state == State::input) {
      parameters.push_back(input(name, shape));
      return parameters.back();
    }
    const auto sizes = std::make_shared<op::Concat>(
        ov::OutputVector{batch, integers({static_cast<std::int64_t>(directions), kHidden})}, 0);
    return std::make_shared<op::Broadcast>(op::Constant::create(ov::element::f32, {}, {0}), sizes);
  };
  const ov::Output<ov::Node> hidden = initial("h");
  const ov::Output<ov::Node> cell = lstm ? initial("c") : hidden;
  const ov::Output<ov::Node> lengths =
      dynamic ? std::make_shared<op::Broadcast>(op::Constant::create(ov::element::i64, {}, {kSteps}), batch)->output(0)
              : integers({kSteps})->output(0);
  const auto w = weights({directions, gates * kHidden, kInputs}, 1);
  const auto r = weights({directions, gates * kHidden, kHidden}, 2);
  const auto b = weights({directions, gates * kHidden}, 3);
  NodePtr sequence;
  if (lstm) {
    sequence = std::make_shared<op::LSTMSequence>(x, hidden, cell, lengths, w, r, b, kHidden, direction);
  } else {
    sequence = std::make_shared<op::GRUSequence>(x, hidden, lengths, w, r, b, kHidden, direction);
  }
  named(sequence, "recurrent");
  return std::make_shared<ov::Model>(ov::OutputVector{sequence->output(0)}, parameters, "recurrent");
}

using RecurrentCase = std::tuple<bool, op::LSTMSequence::direction, State>;
class Recurrent : public ::testing::TestWithParam<RecurrentCase> {};

TEST_P(Recurrent, RunsInIntegersWhateverItsInitialStateIs) {
  const auto [lstm, direction, state] = GetParam();
  const auto model = recurrent(lstm, direction, state);
  const auto data = noise(model, 2);
  const QuantizeResult result = quantized(model, *data);
  EXPECT_TRUE(operation(result.plan, "recurrent").quantized) << operation(result.plan, "recurrent").reason;
  std::vector<std::string> precisions;
  for (const infer::RuntimeOperation& executed : infer::runtime_operations(infer::Runtime().compile(result.model))) {
    if (executed.layer_type == "RNNSeq") precisions.push_back(executed.precision);
  }
  EXPECT_THAT(precisions, ::testing::Each("i8"));
  EXPECT_THAT(precisions, Not(IsEmpty()));
  EXPECT_GT(fidelity(model, result, *data), 20);
  // The scale of the data serves the states as well: its range must hold them.
  const auto covers_states = [](const Quantizer& quantizer) {
    return quantizer.kind == QuantizerKind::activation && !quantizer.also_covers.empty();
  };
  EXPECT_TRUE(std::any_of(result.plan.quantizers.begin(), result.plan.quantizers.end(), covers_states));
}

INSTANTIATE_TEST_SUITE_P(
    States, Recurrent,
    ::testing::Combine(::testing::Bool(),
                       ::testing::Values(op::LSTMSequence::direction::FORWARD, op::LSTMSequence::direction::REVERSE,
                                         op::LSTMSequence::direction::BIDIRECTIONAL),
                       ::testing::Values(State::zero, State::constant, State::from_shape, State::input)));

// Small inputs, states near one: a range of the inputs alone would clip the states.
TEST(RecurrentRange, HoldsTheStates) {
  const auto model = recurrent(false, op::LSTMSequence::direction::FORWARD, State::constant);
  const auto data = dataset(4, [](std::size_t index) {
    ov::Tensor tensor(ov::element::f32, {1, kSteps, kInputs});
    const std::vector<float> values = testing::normal(tensor.get_size(), index + 1, 0, 0.01F);
    std::copy(values.begin(), values.end(), tensor.data<float>());
    return Sample{{"x", tensor}};
  });
  EXPECT_GT(fidelity(model, quantized(model, *data), *data), 20);
}

// States lie within one: with the scale of inputs that are twenty times as wide they would keep a few levels.
TEST(RecurrentRange, ThatIsMuchWiderThanTheStatesLeavesTheSequenceInFloat) {
  const auto model = recurrent(true, op::LSTMSequence::direction::FORWARD, State::zero);
  const auto data = dataset(4, [](std::size_t index) {
    ov::Tensor tensor(ov::element::f32, {1, kSteps, kInputs});
    const std::vector<float> values = testing::normal(tensor.get_size(), index + 1, 0, 8);
    std::copy(values.begin(), values.end(), tensor.data<float>());
    return Sample{{"x", tensor}};
  });
  try {
    quantized(model, *data);
    FAIL() << "there is nothing else to quantize";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unsupported);
    EXPECT_THAT(error.what(), HasSubstr("times as wide as its states, which share their scale"));
  }
}

// ---- outputs and inputs

TEST(Outputs, KeepTheirNamesOrderAndValues) {
  const auto x = input("x", {1, 8});
  const auto y = input("y", {1, 3});
  const auto a = linear(x, weights({8, 8}, 1), "a");
  const auto b = linear(std::make_shared<op::Relu>(a), weights({4, 8}, 2), "b");
  const auto model = std::make_shared<ov::Model>(ov::OutputVector{b, y, x, a, b}, ov::ParameterVector{x, y}, "outputs");
  b->output(0).set_names({"last"});
  a->output(0).set_names({"inner"});
  const auto data = noise(model);
  const QuantizeResult result = quantized(model, *data);
  ASSERT_EQ(result.model->outputs().size(), 5u);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(result.model->output(i).get_names(), model->output(i).get_names()) << i;
    EXPECT_STRNE(result.model->get_results()[i]->get_input_node_ptr(0)->get_type_info().name, "FakeQuantize") << i;
  }
  EXPECT_EQ(precision_of(result, "a"), "i8");
  EXPECT_EQ(precision_of(result, "b"), "i8");
  const Outputs outputs = run(result.model, data->sample(0));
  EXPECT_EQ(outputs[1], run(model, data->sample(0))[1]) << "an input that is an output stays exact";
  EXPECT_GT(fidelity(model, result, *data), 25);
}

TEST(Inputs, OfIntegersAreLookedUpNotQuantized) {
  const auto ids = input("ids", {1, 6}, ov::element::i64);
  const auto x = input("x", {1, 6, 8});
  const auto rows = named(
      std::make_shared<op::Gather>(weights({10, 8}, 1), ids, op::Constant::create(ov::element::i64, {}, {0})), "rows");
  const auto y = linear(std::make_shared<op::Add>(rows, x), weights({8, 8}, 2), "layer");
  const auto model = std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{ids, x});
  const auto data = noise(model);
  const QuantizeResult result = quantized(model, *data);
  for (const Quantizer& quantizer : result.plan.quantizers) EXPECT_NE(quantizer.tensor.node, "ids");
  EXPECT_EQ(precision_of(result, "layer"), "i8");
  EXPECT_GT(fidelity(model, result, *data), 25);
}

// ---- weights

TEST(Weights, SharedByLayersOfTheSameAxesAreStoredOnce) {
  const auto x = input("x", {1, 8});
  const auto matrix = weights({8, 8}, 1);
  const auto y = linear(std::make_shared<op::Relu>(linear(x, matrix, "a")), matrix, "b");
  const auto model = std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{x});
  const auto data = noise(model);
  const QuantizeResult result = quantized(model, *data);
  std::size_t stored = 0;
  for (const auto& node : result.model->get_ops())
    stored += node->get_output_size() == 1 && node->get_output_element_type(0) == ov::element::i8 ? 1 : 0;
  EXPECT_EQ(stored, 1u);
  EXPECT_EQ(precision_of(result, "a") + precision_of(result, "b"), "i8i8");
  EXPECT_GT(fidelity(model, result, *data), 25);
}

TEST(Weights, SharedAlongOtherAxesAreStoredTwice) {
  const auto x = input("x", {1, 8});
  const auto matrix = weights({8, 8}, 1);
  const auto a = linear(x, matrix, "a");
  const auto y = named(std::make_shared<op::MatMul>(std::make_shared<op::Relu>(a), matrix, false, false), "b");
  const auto model = std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{x});
  const auto data = noise(model);
  const QuantizeResult result = quantized(model, *data);
  EXPECT_EQ(precision_of(result, "a") + precision_of(result, "b"), "i8i8");
  EXPECT_GT(fidelity(model, result, *data), 25);
}

TEST(Weights, SharedWithWhatIsNoLayerStayThereInFloat) {
  const auto x = input("x", {1, 8});
  const auto matrix = weights({8, 8}, 1, 0.001F);
  const auto a = linear(x, matrix, "a");
  const auto y = std::make_shared<op::Exp>(std::make_shared<op::Add>(a, matrix));
  const auto model = std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{x});
  const auto data = noise(model);
  const QuantizeResult result = quantized(model, *data);
  EXPECT_EQ(precision_of(result, "a"), "i8");
  EXPECT_GT(fidelity(model, result, *data), 60);
}

TEST(Weights, OfHalfPrecisionAndBehindConstantArithmeticAreQuantized) {
  const auto x = input("x", {1, 8});
  const auto half = op::Constant::create(ov::element::f16, {8, 8}, testing::normal(64, 1, 0, 0.2F));
  const auto a = linear(x, std::make_shared<op::Convert>(half, ov::element::f32), "half");
  const auto flat = std::make_shared<op::Reshape>(weights({16, 4}, 2), integers({8, 8}), false);
  const auto turned = std::make_shared<op::Transpose>(flat, integers({1, 0}));
  const auto b = linear(std::make_shared<op::Relu>(a), turned, "turned");
  const auto scaled =
      std::make_shared<op::Multiply>(weights({8, 8}, 3), op::Constant::create(ov::element::f32, {}, {3}));
  const auto c = linear(std::make_shared<op::Relu>(b), scaled, "scaled");
  const auto model = std::make_shared<ov::Model>(ov::OutputVector{c}, ov::ParameterVector{x});
  const auto data = noise(model);
  const QuantizeResult result = quantized(model, *data);
  for (const char* name : {"half", "turned", "scaled"}) EXPECT_EQ(precision_of(result, name), "i8") << name;
  EXPECT_GT(fidelity(model, result, *data), 25);
}

TEST(Weights, ThatAreComputedStayFloatWithTheReason) {
  const auto x = input("x", {1, 4, 8, 8});
  const auto w = input("w", {4, 4, 1, 1});
  const auto doubled = std::make_shared<op::Multiply>(w, op::Constant::create(ov::element::f32, {}, {2}));
  const auto computed = named(std::make_shared<op::Convolution>(x, doubled, ov::Strides{1, 1}, ov::CoordinateDiff{0, 0},
                                                                ov::CoordinateDiff{0, 0}, ov::Strides{1, 1}),
                              "computed");
  const auto constant =
      named(std::make_shared<op::Convolution>(x, weights({4, 4, 1, 1}, 1), ov::Strides{1, 1}, ov::CoordinateDiff{0, 0},
                                              ov::CoordinateDiff{0, 0}, ov::Strides{1, 1}),
            "constant");
  const auto model = std::make_shared<ov::Model>(ov::OutputVector{computed, constant}, ov::ParameterVector{x, w});
  const auto data = noise(model);
  const QuantizeResult result = quantized(model, *data);
  EXPECT_EQ(operation(result.plan, "computed").reason, "its weights are computed, not constant");
  EXPECT_TRUE(operation(result.plan, "constant").quantized);
  EXPECT_GT(fidelity(model, result, *data), 25);
}

TEST(Weights, OnTheLeftAreQuantizedByRow) {
  const auto x = input("x", {8, 5});
  const auto y = named(std::make_shared<op::MatMul>(weights({6, 8}, 1), x), "left");
  const auto model = std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{x});
  const auto data = noise(model);
  const QuantizeResult result = quantized(model, *data);
  EXPECT_TRUE(operation(result.plan, "left").quantized);
  EXPECT_GT(fidelity(model, result, *data), 25);
}

// ---- convolutions of every rank

TEST(Convolutions, OfOneAndThreeDimensionsAndGroups) {
  for (const std::size_t rank : {1u, 2u, 3u}) {
    for (const std::size_t groups : {1u, 2u, 8u}) {
      ov::PartialShape shape{1, 8};
      ov::Shape kernel = groups == 1 ? ov::Shape{8, 8} : ov::Shape{groups, 8 / groups, 8 / groups};
      for (std::size_t axis = 0; axis < rank; ++axis) {
        shape.push_back(6);
        kernel.push_back(3);
      }
      const auto x = input("x", shape);
      const ov::Strides ones(rank, 1);
      const ov::CoordinateDiff pads(rank, 1);
      NodePtr node;
      if (groups == 1) {
        node = std::make_shared<op::Convolution>(x, weights(kernel, 1), ones, pads, pads, ones);
      } else {
        node = std::make_shared<op::GroupConvolution>(x, weights(kernel, 1), ones, pads, pads, ones);
      }
      const auto model = std::make_shared<ov::Model>(ov::OutputVector{named(node, "conv")}, ov::ParameterVector{x});
      const auto data = noise(model);
      const QuantizeResult result = quantized(model, *data);
      EXPECT_TRUE(operation(result.plan, "conv").quantized) << rank << " " << groups;
      EXPECT_EQ(precision_of(result, "conv"), "i8") << rank << " " << groups;
      EXPECT_GT(fidelity(model, result, *data), 25) << rank << " " << groups;
    }
  }
}

TEST(DynamicShapes, AreQuantizedToo) {
  const auto x = input("x", {-1, -1, 8});
  const auto y = linear(std::make_shared<op::Relu>(linear(x, weights({8, 8}, 1), "a")), weights({8, 8}, 2), "b");
  const auto model = std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{x});
  const auto data = noise(model, 3);
  const QuantizeResult result = quantized(model, *data);
  EXPECT_TRUE(result.model->input().get_partial_shape().is_dynamic());
  EXPECT_TRUE(operation(result.plan, "a").quantized && operation(result.plan, "b").quantized);
  EXPECT_GT(fidelity(model, result, *data), 25);
}

// ---- what transformers are made of

NodePtr number(float value) { return op::Constant::create(ov::element::f32, {}, {value}); }
NodePtr last_axis() { return op::Constant::create(ov::element::i64, {1}, {-1}); }

/// x / sqrt(mean(x^2) + eps) * gain
NodePtr rms_norm(const NodePtr& x) {
  const auto square = named(std::make_shared<op::Power>(x, number(2)), "square");
  const auto mean = named(std::make_shared<op::ReduceMean>(square, last_axis(), true), "mean_square");
  const auto root = std::make_shared<op::Sqrt>(named(std::make_shared<op::Add>(mean, number(1e-5F)), "epsilon"));
  const auto normal = named(std::make_shared<op::Divide>(x, root), "divide");
  const auto gain = op::Constant::create(ov::element::f32, {1, 1, 8}, testing::normal(8, 9, 1, 0.1F));
  return named(std::make_shared<op::Multiply>(normal, gain), "gain");
}

/// First half and second half change places: x cos + rotated(x) sin.
NodePtr rotary(const NodePtr& x) {
  const auto halves = std::make_shared<op::Split>(x, op::Constant::create(ov::element::i64, {}, {2}), 2);
  const auto rotated = std::make_shared<op::Concat>(
      ov::OutputVector{std::make_shared<op::Multiply>(halves->output(1), number(-1)), halves->output(0)}, 2);
  const auto cosine = named(std::make_shared<op::Multiply>(x, weights({1, 4, 8}, 10, 1)), "cosine");
  const auto sine = named(std::make_shared<op::Multiply>(rotated, weights({1, 4, 8}, 11, 1)), "sine");
  return named(std::make_shared<op::Add>(cosine, sine), "rotary");
}

/// One decoder block: RMSNorm, rotary positions, attention, gated feed-forward.
std::shared_ptr<ov::Model> decoder_block() {
  const auto x = input("x", {1, 4, 8});
  const auto normal = rms_norm(x);
  const auto query = rotary(linear(normal, weights({8, 8}, 1), "query"));
  const auto key = linear(normal, weights({8, 8}, 2), "key");
  const auto value = linear(normal, weights({8, 8}, 3), "value");
  const auto scores = named(std::make_shared<op::MatMul>(query, key, false, true), "scores");
  const auto mask = std::make_shared<op::Add>(scores, weights({1, 4, 4}, 4));
  const auto context = named(std::make_shared<op::MatMul>(std::make_shared<op::Softmax>(mask, 2), value), "context");
  const auto residual = named(std::make_shared<op::Add>(linear(context, weights({8, 8}, 5), "out"), x), "residual");
  const auto gate = std::make_shared<op::Swish>(linear(residual, weights({16, 8}, 6), "gate"));
  const auto gated = named(std::make_shared<op::Multiply>(gate, linear(residual, weights({16, 8}, 7), "up")), "gated");
  const auto y = std::make_shared<op::Add>(linear(gated, weights({8, 16}, 8), "down"), residual);
  return std::make_shared<ov::Model>(ov::OutputVector{named(y, "residual2")}, ov::ParameterVector{x}, "decoder_block");
}

TEST(Transformers, KeepNormalisationPositionsAndSumsInFloat) {
  const auto model = decoder_block();
  const Plan plan = plan_quantization(model);
  EXPECT_TRUE(plan.model_type_detected);
  EXPECT_THAT(to_text(plan), HasSubstr("model type transformer (recognised)"));
  for (const PlannedOperation& entry : plan.operations) {
    const bool layer = entry.type == "MatMul" || entry.type == "ScaledDotProductAttention";
    EXPECT_TRUE(layer || !entry.quantized) << entry.name;
  }
  for (const char* name : {"query", "key", "value", "out", "gate", "up", "down"})
    EXPECT_TRUE(operation(plan, name).quantized) << name;
  for (const char* name : {"cosine", "sine", "gated"})
    EXPECT_THAT(operation(plan, name).reason, HasSubstr("transformer: Multiply stays in floating point")) << name;
  const auto data = noise(model);
  EXPECT_GT(fidelity(model, quantized(model, *data), *data), 20);
}

}  // namespace
}  // namespace octune
