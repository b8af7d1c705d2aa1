// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/subgraphs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <openvino/opsets/opset13.hpp>

#include "graph/normalise.hpp"
#include "graph/queries.hpp"
#include "infer/runtime.hpp"
#include "octune/error.hpp"
#include "octune/quantize.hpp"
#include "testing/models.hpp"

namespace octune::quantization {
namespace {

namespace op = ov::opset13;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;
using NodePtr = std::shared_ptr<ov::Node>;
using ParameterPtr = std::shared_ptr<op::Parameter>;

constexpr std::size_t kWidth = 16, kRows = 4, kSteps = 5;

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

NodePtr integer(std::int64_t value) { return op::Constant::create(ov::element::i64, {}, {value}); }
NodePtr yes() { return op::Constant::create(ov::element::boolean, {}, {true}); }

NodePtr layer(const ov::Output<ov::Node>& x, const std::string& name, std::uint64_t seed) {
  const auto weights =
      op::Constant::create(ov::element::f32, {kWidth, kWidth}, testing::normal(kWidth * kWidth, seed, 0, 0.2F));
  return named(std::make_shared<op::MatMul>(x, weights, false, true), name);
}

/// h = tanh(inner(h) + x), kSteps times, from x; named "loop".
std::shared_ptr<ov::Model> looping() {
  const auto x = input("x", {kRows, kWidth});
  const auto h = input("h", {kRows, kWidth});
  const auto x_inside = input("x_inside", {kRows, kWidth});
  const auto next = std::make_shared<op::Tanh>(std::make_shared<op::Add>(layer(h, "inner", 1), x_inside));
  const auto condition = yes();
  const auto body = std::make_shared<ov::Model>(ov::OutputVector{next, condition}, ov::ParameterVector{h, x_inside});
  const auto loop = std::make_shared<op::Loop>(integer(kSteps), yes());
  loop->set_function(body);
  loop->set_special_body_ports({-1, 1});
  loop->set_merged_input(h, x, next);
  loop->set_invariant_input(x_inside, x);
  const auto last = loop->get_iter_value(next, -1);
  loop->set_friendly_name("loop");
  return std::make_shared<ov::Model>(ov::OutputVector{layer(last, "outer", 2)}, ov::ParameterVector{x}, "looping");
}

/// Each of kSteps slices of x[kSteps, kRows, kWidth] through two layers.
std::shared_ptr<ov::Model> iterating() {
  const auto x = input("x", {kSteps, kRows, kWidth});
  const auto slice = input("slice", {1, kRows, kWidth});
  const auto y = layer(std::make_shared<op::Relu>(layer(slice, "a", 3)), "b", 4);
  const auto body = std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{slice});
  const auto iterator = std::make_shared<op::TensorIterator>();
  iterator->set_body(body);
  iterator->set_sliced_input(slice, x, 0, 1, 1, -1, 0);
  const auto joined = iterator->get_concatenated_slices(y, 0, 1, 1, -1, 0);
  iterator->set_friendly_name("iterator");
  return std::make_shared<ov::Model>(ov::OutputVector{joined}, ov::ParameterVector{x}, "iterating");
}

/// x or, if the condition is false, its signs through a layer.
std::shared_ptr<ov::Model> branching() {
  const auto x = input("x", {kRows, kWidth});
  const auto condition = input("condition", {1}, ov::element::boolean);
  const auto then_x = input("then_x", {kRows, kWidth});
  const auto else_x = input("else_x", {kRows, kWidth});
  const auto then_y = std::make_shared<ov::op::v0::Result>(layer(then_x, "layer", 5));
  const auto else_y = std::make_shared<ov::op::v0::Result>(layer(std::make_shared<op::Sign>(else_x), "layer", 6));
  const auto branches = std::make_shared<op::If>(condition);
  branches->set_then_body(std::make_shared<ov::Model>(ov::ResultVector{then_y}, ov::ParameterVector{then_x}));
  branches->set_else_body(std::make_shared<ov::Model>(ov::ResultVector{else_y}, ov::ParameterVector{else_x}));
  branches->set_input(x, then_x, else_x);
  const auto y = branches->set_output(then_y, else_y);
  branches->set_friendly_name("if");
  return std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{x, condition}, "branching");
}

Sample sample_of(const std::shared_ptr<const ov::Model>& model, std::uint64_t seed, bool condition) {
  Sample sample;
  for (const auto& input : model->inputs()) {
    ov::Tensor tensor(input.get_element_type(), input.get_shape());
    if (input.get_element_type() == ov::element::boolean) {
      *static_cast<bool*>(tensor.data()) = condition;
    } else {
      const std::vector<float> values = testing::normal(tensor.get_size(), seed);
      std::copy(values.begin(), values.end(), tensor.data<float>());
    }
    sample[input.get_any_name()] = tensor;
  }
  return sample;
}

std::unique_ptr<Dataset> samples(const std::shared_ptr<const ov::Model>& model, const std::vector<bool>& conditions) {
  return dataset(conditions.size(),
                 [model, conditions](std::size_t i) { return sample_of(model, i + 1, conditions[i]); });
}

const PlannedOperation& operation(const Plan& plan, const std::string& name) {
  const auto found = std::find_if(plan.operations.begin(), plan.operations.end(),
                                  [&](const PlannedOperation& entry) { return entry.name == name; });
  if (found == plan.operations.end()) throw std::out_of_range("no operation " + name);
  return *found;
}

std::vector<std::string> quantized_operations(const Plan& plan) {
  std::vector<std::string> names;
  for (const PlannedOperation& entry : plan.operations) {
    if (entry.quantized) names.push_back(entry.name);
  }
  return names;
}

std::vector<float> run(const std::shared_ptr<const ov::Model>& model, const Sample& sample) {
  ov::CompiledModel compiled = infer::Runtime().compile(model);
  ov::InferRequest request = compiled.create_infer_request();
  for (const auto& [name, tensor] : sample) request.set_tensor(name, tensor);
  request.infer();
  const ov::Tensor output = request.get_output_tensor(0);
  return {output.data<float>(), output.data<float>() + output.get_size()};
}

double fidelity(const std::shared_ptr<const ov::Model>& model, const std::shared_ptr<const ov::Model>& other,
                const Sample& sample) {
  const auto expected = run(model, sample);
  const auto actual = run(other, sample);
  double signal = 0, noise = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    signal += std::pow(expected[i], 2);
    noise += std::pow(expected[i] - actual[i], 2);
  }
  return 10 * std::log10(signal / noise);
}

std::size_t count(const ov::Model& model, const std::string& type) {
  std::size_t found = 0;
  for (const auto& [name, node] : graph::nodes_by_name(model)) found += node->get_type_info().name == type ? 1 : 0;
  return found;
}

TEST(SubGraphs, NamesInsideBeginWithTheSubGraphs) {
  const auto named_inside = [](const std::shared_ptr<ov::Model>& model) {
    std::vector<std::string> names;
    for (const auto& [name, node] : graph::nodes_by_name(*graph::normalise(graph::normalise(model)))) {
      if (std::string(node->get_type_info().name) == "MatMul") names.push_back(name);
    }
    return names;
  };
  EXPECT_THAT(named_inside(looping()), UnorderedElementsAre("loop|inner", "outer"));
  EXPECT_THAT(named_inside(iterating()), UnorderedElementsAre("iterator|a", "iterator|b"));
  EXPECT_THAT(named_inside(branching()), UnorderedElementsAre("if|then|layer", "if|else|layer"));
}

TEST(SubGraphs, AreQuantizedInside) {
  for (const auto& model : {looping(), iterating(), branching()}) {
    const auto data = samples(model, {true, false, true, false});
    const QuantizeResult result = quantize(model, *data, {.subset_size = 4});
    EXPECT_EQ(quantized_operations(result.plan).size(), 2u) << model->get_name();
    EXPECT_EQ(count(*result.model, "FakeQuantize"), 2u) << model->get_name();
    EXPECT_THAT(result.warnings, Each(StartsWith("calibration data: "))) << model->get_name();
    for (const bool condition : {true, false})
      EXPECT_GT(fidelity(model, result.model, sample_of(model, 1, condition)), 25) << model->get_name();
  }
}

TEST(SubGraphs, GoWithEveryAlgorithm) {
  for (const Preset preset : {Preset::performance, Preset::mixed, Preset::accuracy}) {
    for (const BiasCorrectionMethod method : {BiasCorrectionMethod::none, BiasCorrectionMethod::sequential}) {
      const auto model = looping();
      QuantizeOptions options{.subset_size = 3};
      options.plan.preset = preset;
      options.plan.bias_correction = method;
      const QuantizeResult result = quantize(model, *samples(model, {true, true, true}), options);
      EXPECT_THAT(quantized_operations(result.plan), UnorderedElementsAre("loop|inner", "outer"));
      EXPECT_GT(fidelity(model, result.model, sample_of(model, 1, true)), 20);
      for (const BiasCorrection& correction : result.plan.bias_corrections) EXPECT_EQ(correction.operation, "outer");
    }
  }
}

TEST(SubGraphs, TheGivenModelIsNotChanged) {
  const auto model = looping();
  quantize(model, *samples(model, {true}), {.subset_size = 1});
  EXPECT_EQ(count(*model, "FakeQuantize"), 0u);
}

// The state of the loop starts with normal numbers and stays within one afterwards: the range holds the start.
TEST(SubGraphs, RangesHoldEveryIteration) {
  const auto model = looping();
  const QuantizeResult result = quantize(model, *samples(model, {true}), {.subset_size = 1});
  const auto nodes = graph::nodes_by_name(*result.model);
  const auto& quantizer = *nodes.at("loop|inner/fq_input_0");
  const auto high = ov::as_type_ptr<op::Constant>(quantizer.get_input_node_shared_ptr(2))->cast_vector<float>();
  float largest = 0;
  for (const float value : testing::normal(kRows * kWidth, 1)) largest = std::max(largest, std::abs(value));
  EXPECT_NEAR(high.at(0), largest, 0.02F * largest);
}

TEST(SubGraphs, QuantilesAndHistogramsComeFromInside) {
  for (const EstimatorPreset preset : {EstimatorPreset::quantile, EstimatorPreset::histogram}) {
    for (const auto& model : {looping(), iterating(), branching()}) {
      const auto data = samples(model, {true, false, true, false});
      QuantizeOptions options{.subset_size = 4};
      options.plan.activations.range_estimator.preset = preset;
      const QuantizeResult result = quantize(model, *data, options);
      EXPECT_GT(fidelity(model, result.model, sample_of(model, 1, true)), 20) << model->get_name();
    }
  }
}

TEST(SubGraphs, ABranchThatIsNeverTakenStaysFloat) {
  const auto model = branching();
  for (const EstimatorPreset preset : {EstimatorPreset::standard, EstimatorPreset::histogram}) {
    QuantizeOptions options{.subset_size = 2};
    options.plan.activations.range_estimator.preset = preset;
    options.plan.model_type = ModelType::transformer;  // inputs may be smoothed, but not there
    const QuantizeResult result = quantize(model, *samples(model, {true, true}), options);
    EXPECT_THAT(quantized_operations(result.plan), ElementsAre("if|then|layer"));
    EXPECT_EQ(operation(result.plan, "if|else|layer").reason, "no calibration sample came here");
    EXPECT_THAT(result.warnings,
                Contains("no calibration sample entered the sub-graph 'if|else': what is inside stays in floating "
                         "point; give samples that do"));
    EXPECT_GT(fidelity(model, result.model, sample_of(model, 1, false)), 100);
  }
}

TEST(SubGraphs, AreNamedInTheIgnoredScope) {
  IgnoredScope scope;
  scope.names = {"loop|inner"};
  const Plan plan = plan_quantization(looping(), {.ignored = scope});
  EXPECT_EQ(operation(plan, "loop|inner").reason, "ignored by name 'loop|inner'");
  EXPECT_TRUE(operation(plan, "outer").quantized);
  scope.names = {"outer"};
  EXPECT_TRUE(operation(plan_quantization(looping(), {.ignored = scope}), "loop|inner").quantized);
  scope.names = {"loop|iner"};
  EXPECT_THROW(plan_quantization(looping(), {.ignored = scope}), Error);
}

TEST(SubGraphs, InsideOthersStayFloat) {
  const auto inner = looping();
  const auto x = input("x", {kRows, kWidth});
  const auto trip = std::make_shared<op::Loop>(integer(2), yes());
  const auto condition = yes();
  const ov::Output<ov::Node> result = inner->get_results()[0]->input_value(0);
  trip->set_function(std::make_shared<ov::Model>(ov::OutputVector{result, condition}, inner->get_parameters()));
  trip->set_special_body_ports({-1, 1});
  trip->set_merged_input(inner->get_parameters()[0], x, result);
  const auto y = trip->get_iter_value(result, -1);
  trip->set_friendly_name("twice");
  const auto model = std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{x}, "nested");
  const auto data = samples(model, {true, true});
  const QuantizeResult quantized = quantize(model, *data, {.subset_size = 2});
  EXPECT_THAT(quantized_operations(quantized.plan), ElementsAre("twice|outer"));
  EXPECT_EQ(operation(quantized.plan, "twice|loop|inner").reason, "inside a sub-graph of a sub-graph");
  EXPECT_THAT(quantized.warnings, ElementsAre(HasSubstr("sub-graph 'twice|loop' (Loop) lies inside another")));
  EXPECT_GT(fidelity(model, quantized.model, data->sample(0)), 25);
}

TEST(SubGraphs, EqualRunsGiveEqualNames) {
  const auto names = [] {
    const auto model = looping();
    const QuantizeResult result = quantize(model, *samples(model, {true}), {.subset_size = 1});
    std::vector<std::string> all;
    for (const auto& [name, node] : graph::nodes_by_name(*result.model)) all.push_back(name);
    return all;
  };
  EXPECT_EQ(names(), names());
}

/// What shows from outside that a sub-graph's layers run in integers: sums of products beyond 2^24 are exact in 32-bit
/// integers and then rounded once; floating point rounds on the way.
namespace probe {

constexpr std::size_t kDepth = 4096, kOutputs = 64;

std::vector<std::int8_t> weights() {
  std::vector<std::int8_t> values(kDepth * kOutputs);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::int8_t>(64 + i * 2654435761U % 64);
  return values;
}

std::vector<float> data() {
  std::vector<float> values(kDepth);
  for (std::size_t i = 0; i < kDepth; ++i) values[i] = static_cast<float>(128 + i * 40503U % 128);
  return values;
}

std::vector<float> exact() {
  const auto w = weights();
  const auto x = data();
  std::vector<float> sums(kOutputs);
  for (std::size_t o = 0; o < kOutputs; ++o) {
    std::int64_t sum = 0;
    for (std::size_t k = 0; k < kDepth; ++k) sum += static_cast<std::int64_t>(x[k]) * w[o * kDepth + k];
    sums[o] = static_cast<float>(sum);
  }
  return sums;
}

enum class Form { with_fake_quantize, floating_point };

NodePtr layer(const ov::Output<ov::Node>& x, Form form) {
  const auto integers = op::Constant::create(ov::element::i8, {kOutputs, kDepth}, weights());
  const auto border = [](float value) { return op::Constant::create(ov::element::f32, {}, {value}); };
  if (form == Form::floating_point) {
    const auto stored = op::Constant::create(ov::element::f32, {kOutputs, kDepth}, integers->cast_vector<float>());
    return std::make_shared<op::MatMul>(x, stored, false, true);
  }
  const auto one = op::Constant::create(ov::element::f32, {kOutputs, 1}, {1.0F});
  const auto scaled = std::make_shared<op::Multiply>(std::make_shared<op::Convert>(integers, ov::element::f32), one);
  const auto levels = std::make_shared<op::FakeQuantize>(x, border(0), border(255), border(0), border(255), 256);
  return std::make_shared<op::MatMul>(levels, scaled, false, true);
}

std::shared_ptr<ov::Model> plain(Form form) {
  const auto x = input("x", {1, kDepth});
  return std::make_shared<ov::Model>(ov::OutputVector{layer(x, form)}, ov::ParameterVector{x});
}

std::shared_ptr<ov::Model> in_iterator(Form form) {
  const auto x = input("x", {1, kDepth});
  const auto slice = input("slice", {1, kDepth});
  const auto y = layer(slice, form);
  const auto iterator = std::make_shared<op::TensorIterator>();
  iterator->set_body(std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{slice}));
  iterator->set_sliced_input(slice, x, 0, 1, 1, -1, 0);
  const auto joined = iterator->get_concatenated_slices(y, 0, 1, 1, -1, 0);
  return std::make_shared<ov::Model>(ov::OutputVector{joined}, ov::ParameterVector{x});
}

std::shared_ptr<ov::Model> in_loop(Form form) {
  const auto x = input("x", {1, kDepth});
  const auto inside = input("inside", {1, kDepth});
  const auto y = layer(inside, form);
  const auto condition = yes();
  const auto loop = std::make_shared<op::Loop>(integer(2), yes());
  loop->set_function(std::make_shared<ov::Model>(ov::OutputVector{y, condition}, ov::ParameterVector{inside}));
  loop->set_special_body_ports({-1, 1});
  loop->set_invariant_input(inside, x);
  return std::make_shared<ov::Model>(ov::OutputVector{loop->get_iter_value(y, -1)}, ov::ParameterVector{x});
}

std::shared_ptr<ov::Model> in_if(Form form) {
  const auto x = input("x", {1, kDepth});
  const auto then_x = input("then_x", {1, kDepth}), else_x = input("else_x", {1, kDepth});
  const auto then_y = std::make_shared<ov::op::v0::Result>(layer(then_x, form));
  const auto else_y = std::make_shared<ov::op::v0::Result>(layer(else_x, Form::floating_point));
  const auto positive = std::make_shared<op::Greater>(
      std::make_shared<op::ReduceMax>(x, op::Constant::create(ov::element::i64, {2}, {0, 1})),
      op::Constant::create(ov::element::f32, {}, {0.0F}));
  const auto branches = std::make_shared<op::If>(positive);
  branches->set_then_body(std::make_shared<ov::Model>(ov::ResultVector{then_y}, ov::ParameterVector{then_x}));
  branches->set_else_body(std::make_shared<ov::Model>(ov::ResultVector{else_y}, ov::ParameterVector{else_x}));
  branches->set_input(x, then_x, else_x);
  return std::make_shared<ov::Model>(ov::OutputVector{branches->set_output(then_y, else_y)}, ov::ParameterVector{x});
}

std::vector<float> run(const std::shared_ptr<ov::Model>& model) {
  ov::Tensor x(ov::element::f32, {1, kDepth});
  const std::vector<float> values = data();
  std::copy(values.begin(), values.end(), x.data<float>());
  return quantization::run(model, {{"x", x}});
}

}  // namespace probe

// If a future runtime computes bodies in floating point, planning them is no use: docs/decisions/0005-sub-graphs.md.
TEST(SubGraphs, AreExecutedInIntegers) {
  for (const auto& make : {probe::plain, probe::in_iterator, probe::in_loop, probe::in_if}) {
    EXPECT_EQ(probe::run(make(probe::Form::with_fake_quantize)), probe::exact());
    EXPECT_NE(probe::run(make(probe::Form::floating_point)), probe::exact()) << "the probe tells nothing";
  }
}

}  // namespace
}  // namespace octune::quantization
