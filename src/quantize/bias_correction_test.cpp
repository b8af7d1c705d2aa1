// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/bias_correction.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <openvino/opsets/opset13.hpp>
#include <set>

#include "graph/normalise.hpp"
#include "octune/error.hpp"
#include "octune/quantize.hpp"
#include "quantize/apply.hpp"
#include "quantize/bias.hpp"
#include "quantize/correct_sequentially.hpp"
#include "quantize/estimate.hpp"
#include "quantize/test_runs.hpp"
#include "testing/models.hpp"

namespace octune::quantization {
namespace {

namespace op = ov::opset13;
using NodePtr = std::shared_ptr<ov::Node>;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::shared_ptr<op::Parameter> input(const ov::PartialShape& shape) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, shape);
  x->set_friendly_name("x");
  x->output(0).set_names({"x"});
  return x;
}

NodePtr constant(const ov::Shape& shape, std::uint64_t seed) {
  return op::Constant::create(ov::element::f32, shape, testing::normal(ov::shape_size(shape), seed));
}

std::shared_ptr<ov::Model> model_of(const NodePtr& output, const std::shared_ptr<op::Parameter>& x) {
  return std::make_shared<ov::Model>(ov::OutputVector{output}, ov::ParameterVector{x});
}

/// One linear operation of every kind, called "layer".
struct Kind {
  std::string name;
  std::size_t channel_axis = 1;  ///< of the output
  std::function<std::shared_ptr<ov::Model>()> make;
};

NodePtr convolution(const std::string& kind, const NodePtr& x) {
  const ov::Strides one{1, 1}, two{2, 2};
  const ov::CoordinateDiff pad{1, 1};
  if (kind == "convolution") return std::make_shared<op::Convolution>(x, constant({6, 4, 3, 3}, 1), one, pad, pad, one);
  if (kind == "depthwise") {
    return std::make_shared<op::GroupConvolution>(x, constant({4, 1, 1, 3, 3}, 2), two, pad, pad, one);
  }
  if (kind == "grouped") {
    return std::make_shared<op::GroupConvolution>(x, constant({2, 3, 2, 3, 3}, 2), one, pad, pad, one);
  }
  return std::make_shared<op::ConvolutionBackpropData>(x, constant({4, 6, 2, 2}, 3), two, ov::CoordinateDiff{0, 0},
                                                       ov::CoordinateDiff{0, 0}, one);
}

std::vector<Kind> kinds() {
  std::vector<Kind> all;
  for (const char* name : {"convolution", "depthwise", "grouped", "transposed"}) {
    all.push_back({name, 1, [name] {
                     const auto x = input({1, 4, 24, 24});
                     const NodePtr layer = convolution(name, x);
                     layer->set_friendly_name("layer");
                     return model_of(layer, x);
                   }});
  }
  for (const bool transposed : {false, true}) {
    all.push_back({transposed ? "matmul_transposed" : "matmul", 2, [transposed] {
                     const auto x = input({1, 24, 32});
                     const auto weights = constant(transposed ? ov::Shape{8, 32} : ov::Shape{32, 8}, 4);
                     const auto layer = std::make_shared<op::MatMul>(x, weights, false, transposed);
                     layer->set_friendly_name("layer");
                     return model_of(layer, x);
                   }});
  }
  all.push_back({"matmul_weights_left", 0, [] {
                   const auto x = input({32, 24});
                   const auto layer = std::make_shared<op::MatMul>(constant({8, 32}, 5), x);
                   layer->set_friendly_name("layer");
                   return model_of(layer, x);
                 }});
  return all;
}

class EveryKind : public ::testing::TestWithParam<std::size_t> {};

PlanOptions coarse_weights(BiasCorrectionMethod method) {
  PlanOptions options;
  options.preset = Preset::mixed;
  options.bias_correction = method;
  options.weights.bits = 4;
  // Nothing is clipped: what clipping takes from the mean is not corrected.
  options.activations.range_estimator.min.aggregator = Aggregator::min;
  options.activations.range_estimator.max.aggregator = Aggregator::max;
  return options;
}

std::vector<Sample> seen_by_correction(const std::vector<Sample>& samples) {
  std::vector<Sample> seen;
  for (const std::size_t position : correction_samples(samples.size(), 1)) seen.push_back(samples[position]);
  return seen;
}

/// The model quantized with sequential correction, as it is before the whole is judged.
Applied sequential(const std::shared_ptr<ov::Model>& float_model, const std::vector<Sample>& samples) {
  const auto model = graph::normalise(float_model);
  const Plan plan = plan_quantization(model, coarse_weights(BiasCorrectionMethod::sequential));
  std::vector<std::size_t> used(samples.size());
  std::iota(used.begin(), used.end(), std::size_t{0});
  const infer::Runtime runtime;
  const auto data = dataset(samples);
  const Statistics statistics = collect(model, required_statistics(plan), samples);
  Applied applied = apply(model, plan, statistics);
  applied.uncorrected_biases = correct_biases(runtime, applied.model, rescaled(model, plan, statistics),
                                              applied.waiting, *data, used, {}, nullptr);
  return applied;
}

/// The model quantized without correction, or with the fast one.
std::shared_ptr<ov::Model> quantized(const std::shared_ptr<ov::Model>& model, BiasCorrectionMethod method,
                                     const std::vector<Sample>& samples) {
  return octune::quantize(model, *dataset(samples), {.plan = coarse_weights(method), .subset_size = 0}).model;
}

// With the weights alone quantized, the mean of every output channel is where the float model has it.
TEST_P(EveryKind, FastCorrectionRemovesTheShiftOfTheMean) {
  const Kind kind = kinds().at(GetParam());
  SCOPED_TRACE(kind.name);
  const auto model = graph::normalise(kind.make());
  const auto samples = samples_for(*model, 40, 2);
  const auto shift = [&](BiasCorrectionMethod method) {
    Plan plan = plan_quantization(model, coarse_weights(method));
    std::erase_if(plan.quantizers, [](const Quantizer& entry) { return entry.kind == QuantizerKind::activation; });
    const auto quantized = apply(model, plan, collect(model, required_statistics(plan), samples)).model;
    return distance(mean_output(quantized, "layer", kind.channel_axis, samples),
                    mean_output(model, "layer", kind.channel_axis, samples));
  };
  const double before = shift(BiasCorrectionMethod::none);
  EXPECT_GT(before, 0.05);
  EXPECT_LT(shift(BiasCorrectionMethod::fast), 0.05 * before);
}

// Activations quantized as well: the mean over the samples that the correction saw.
TEST_P(EveryKind, SequentialCorrectionRemovesTheShiftOfTheMean) {
  const Kind kind = kinds().at(GetParam());
  SCOPED_TRACE(kind.name);
  const auto model = kind.make();
  const auto samples = samples_for(*model, 40, 2);
  const auto seen = seen_by_correction(samples);
  const auto shift = [&](const std::shared_ptr<ov::Model>& low) {
    return distance(mean_output(low, "layer", kind.channel_axis, seen),
                    mean_output(model, "layer", kind.channel_axis, seen));
  };
  const double before = shift(quantized(model, BiasCorrectionMethod::none, samples));
  EXPECT_GT(before, 0.05);
  EXPECT_LT(shift(sequential(model, samples).model), 0.05 * before);
}

INSTANTIATE_TEST_SUITE_P(Layers, EveryKind, ::testing::Range(std::size_t{0}, kinds().size()),
                         [](const auto& layer) { return kinds().at(layer.param).name; });

// "second" has weights of one magnitude, which are exact in integers: what its mean loses comes from "first", through
// the ReLU between them. Only the sequential method can see that.
std::shared_ptr<ov::Model> exact_layer_behind_a_coarse_one() {
  const auto x = input({1, 256, 32});
  const auto first = std::make_shared<op::MatMul>(x, constant({32, 32}, 6), false, true);
  first->set_friendly_name("first");
  const auto relu = std::make_shared<op::Relu>(first);
  std::vector<float> signs = testing::normal(8 * 32, 7);
  for (float& sign : signs) sign = sign < 0 ? -0.25F : 0.25F;
  const auto second =
      std::make_shared<op::MatMul>(relu, op::Constant::create(ov::element::f32, {8, 32}, signs), false, true);
  second->set_friendly_name("second");
  return model_of(second, x);
}

TEST(BiasCorrection, FollowsTheErrorOfEarlierLayers) {
  const auto model = exact_layer_behind_a_coarse_one();
  const auto samples = samples_for(*model, 60);
  const auto seen = seen_by_correction(samples);
  const auto shift = [&](const std::shared_ptr<ov::Model>& low) {
    return distance(mean_output(low, "second", 2, seen), mean_output(model, "second", 2, seen));
  };
  EXPECT_LT(shift(sequential(model, samples).model),
            0.3 * shift(quantized(model, BiasCorrectionMethod::fast, samples)));
}

TEST(BiasCorrection, CorrectsEveryLayerOfANetwork) {
  for (const auto& model : {testing::small_convnet(), testing::small_transformer()}) {
    const auto samples = samples_for(*model, 50, 1);
    const auto seen = seen_by_correction(samples);
    const auto normal = graph::normalise(model);
    const auto none = quantized(model, BiasCorrectionMethod::none, samples);
    const Applied corrected = sequential(model, samples);
    EXPECT_GT(corrected.waiting.size(), corrected.uncorrected_biases.size() + 1);
    std::set<std::string> left_alone;
    for (const LeftAlone& layer : corrected.uncorrected_biases) left_alone.insert(layer.operation);
    for (const UncorrectedLayer& layer : corrected.waiting) {
      const std::string& name = layer.weights.node;
      if (left_alone.contains(name)) continue;
      const std::size_t axis = graph::output_channel_axis(*graph::nodes_by_name(*normal).at(name)).value();
      const auto reference = mean_output(normal, name, axis, seen);
      EXPECT_LT(distance(mean_output(corrected.model, name, axis, seen), reference),
                0.2 * distance(mean_output(none, name, axis, seen), reference))
          << name;
    }
  }
}

TEST(BiasCorrection, FastCorrectionTakesItsPlaceWhereTheOutputsGetWorse) {
  const auto model = testing::small_transformer();
  const auto samples = samples_for(*model, 50, 1);
  const auto result = [&](BiasCorrectionMethod method) {
    return octune::quantize(model, *dataset(samples), {.plan = coarse_weights(method), .subset_size = 50});
  };
  const QuantizeResult judged = result(BiasCorrectionMethod::sequential);
  ASSERT_EQ(judged.plan.bias_correction, BiasCorrectionMethod::fast) << "the example does not show the case any more";
  EXPECT_THAT(judged.warnings, ::testing::Contains(::testing::MatchesRegex(
                                   "BiasCorrection: on 10 samples that it did not see the squared error of the outputs "
                                   "is .* times that of FastBiasCorrection, which is used instead")));
  const QuantizeResult fast = result(BiasCorrectionMethod::fast);
  EXPECT_EQ(judged.corrected_biases, fast.corrected_biases);
  EXPECT_EQ(run(judged.model, samples), run(fast.model, samples));
}

// A channel whose rare large values are clipped: making up for them on the average would shift all others.
TEST(BiasCorrection, DoesNotMakeUpForClippedValues) {
  const auto x = input({1, 64, 4});
  std::vector<float> identity(16, 0);
  for (std::size_t i = 0; i < 4; ++i) identity[i * 5] = 1;
  const auto layer = std::make_shared<op::MatMul>(x, op::Constant::create(ov::element::f32, {4, 4}, identity));
  layer->set_friendly_name("layer");
  const auto model = model_of(layer, x);
  std::vector<Sample> samples = samples_for(*model, 40);
  for (Sample& sample : samples) sample.at("x").data<float>()[0] = 100;
  QuantizeOptions options{.plan = coarse_weights(BiasCorrectionMethod::sequential), .subset_size = 40};
  options.plan.activations.range_estimator.max.clipping_value = 4;
  const QuantizeResult result = octune::quantize(model, *dataset(samples), options);
  const auto bias = bias_values(*graph::nodes_by_name(*result.model).at("layer"));
  if (bias) {
    EXPECT_LT(std::abs(bias->at(0)), 0.05) << "100 of 64 values clipped to 4 take 1.5 from the mean";
  }
}

TEST(BiasCorrection, GivesTheSameModelForAnyNumberOfThreads) {
  const auto model = testing::small_convnet();
  const auto samples = samples_for(*model, 20);
  const auto outputs = [&](int threads) {
    return run(octune::quantize(
                   model, *dataset(samples),
                   {.plan = coarse_weights(BiasCorrectionMethod::sequential), .subset_size = 20, .threads = threads})
                   .model,
               samples);
  };
  EXPECT_EQ(outputs(1), outputs(2));
}

// x + state -> MatMul -> state
TEST(BiasCorrection, RunsModelsWithState) {
  const auto x = input({64, 16});
  const auto variable = std::make_shared<ov::op::util::Variable>(
      ov::op::util::VariableInfo{ov::PartialShape{64, 16}, ov::element::f32, "state"});
  const auto initial = op::Constant::create(ov::element::f32, {64, 16}, std::vector<float>(64 * 16, 0.5F));
  const auto state = std::make_shared<op::ReadValue>(initial, variable);
  const auto layer = std::make_shared<op::MatMul>(std::make_shared<op::Add>(x, state), constant({16, 16}, 8));
  layer->set_friendly_name("layer");
  const auto relu = std::make_shared<op::Relu>(layer);
  const auto assign = std::make_shared<op::Assign>(relu, variable);
  const auto second = std::make_shared<op::MatMul>(relu, constant({16, 4}, 9));
  second->set_friendly_name("second");
  const auto model = std::make_shared<ov::Model>(ov::ResultVector{std::make_shared<op::Result>(second)},
                                                 ov::SinkVector{assign}, ov::ParameterVector{x});
  const auto samples = samples_for(*model, 30);
  const auto error = [&](const std::shared_ptr<ov::Model>& low) {
    return distance(mean_output(low, "second", 1, samples), mean_output(model, "second", 1, samples));
  };
  EXPECT_LT(error(sequential(model, samples).model),
            0.5 * error(quantized(model, BiasCorrectionMethod::none, samples)));
}

TEST(BiasCorrection, TakesSamplesOfDifferentShapes) {
  const auto x = input({1, 4, -1, -1});
  const auto first = convolution("convolution", x);
  first->set_friendly_name("first");
  const ov::CoordinateDiff none{0, 0};
  const auto second = std::make_shared<op::Convolution>(std::make_shared<op::Relu>(first), constant({5, 6, 1, 1}, 9),
                                                        ov::Strides{1, 1}, none, none, ov::Strides{1, 1});
  second->set_friendly_name("second");
  const auto model = model_of(second, x);
  std::vector<Sample> samples = samples_of_shape({1, 4, 20, 20}, 20, 1);
  for (Sample& sample : samples_of_shape({1, 4, 16, 24}, 20, 1)) samples.push_back(sample);
  const auto error = [&](const std::shared_ptr<ov::Model>& low) {
    return distance(mean_output(low, "second", 1, samples), mean_output(model, "second", 1, samples));
  };
  EXPECT_LT(error(sequential(model, samples).model),
            0.3 * error(quantized(model, BiasCorrectionMethod::none, samples)));
}

TEST(BiasCorrection, NamedLayersAreNotCorrected) {
  PlanOptions options = coarse_weights(BiasCorrectionMethod::sequential);
  options.not_corrected.names = {"conv1", "fc"};
  const Plan plan = plan_quantization(testing::small_convnet(), options);
  std::vector<std::string> corrected;
  for (const octune::BiasCorrection& layer : plan.bias_corrections) corrected.push_back(layer.operation);
  EXPECT_THAT(corrected, ElementsAre("conv2", "conv3"));
}

TEST(BiasCorrection, TheThresholdLeavesLayersAloneAndSaysSo) {
  struct Messages : Observer {
    std::vector<std::string> debug;
    void message(Severity severity, std::string_view text) override {
      if (severity == Severity::debug) debug.emplace_back(text);
    }
  };
  const auto model = testing::small_convnet();
  const auto samples = samples_for(*model, 20, 1);
  for (const auto method : {BiasCorrectionMethod::fast, BiasCorrectionMethod::sequential}) {
    PlanOptions options = coarse_weights(method);
    options.bias_correction_threshold = 1e-6;
    Messages messages;
    const QuantizeResult result =
        octune::quantize(model, *dataset(samples), {.plan = options, .subset_size = 20}, &messages);
    EXPECT_EQ(result.corrected_biases, 0u);
    EXPECT_EQ(result.uncorrected_biases.size(), 4u);
    EXPECT_EQ(messages.debug.size(), 4u);
    EXPECT_THAT(messages.debug.at(0),
                ::testing::MatchesRegex("'conv1': its bias is not corrected: the correction is .* times the bias, the "
                                        "threshold is 1e-06"));
  }
}

TEST(BiasCorrection, ReportsOneStageAndStopsWhenAsked) {
  struct Watching : Observer {
    std::vector<std::size_t> done;
    std::size_t total = 0, stop_at = 0;
    bool should_stop() const override { return stop_at > 0 && done.size() >= stop_at; }
    void progress(std::string_view stage, std::size_t now, std::size_t all) override {
      if (stage != "bias correction") return;
      done.push_back(now);
      total = all;
    }
  };
  const auto model = testing::small_convnet();
  const auto data = dataset(samples_for(*model, 20));
  const QuantizeOptions options{.plan = coarse_weights(BiasCorrectionMethod::sequential), .subset_size = 20};
  Watching watching;
  const QuantizeResult result = octune::quantize(model, *data, options, &watching);
  std::vector<std::size_t> expected(17);  // four layers, four samples each
  std::iota(expected.begin(), expected.end(), std::size_t{0});
  EXPECT_EQ(watching.done, expected);
  EXPECT_EQ(watching.total, 16u);
  EXPECT_GT(result.timings_s.at("correct"), 0);

  Watching stopping;
  stopping.stop_at = 7;
  EXPECT_THROW(octune::quantize(model, *data, options, &stopping), Interrupted);
}

TEST(JudgingSamples, AreNoneOfTheCorrectionsSamples) {
  EXPECT_THAT(judging_samples(1, 1), IsEmpty());
  EXPECT_THAT(judging_samples(20, 1), ElementsAre(1, 6, 11, 16));
  EXPECT_THAT(judging_samples(20, 3), ElementsAre(6, 7, 8, 9, 10, 11));
}

TEST(CorrectionSamples, AreAFifthEvenlySpread) {
  EXPECT_THAT(correction_samples(1, 1), ElementsAre(0));
  EXPECT_THAT(correction_samples(9, 1), ElementsAre(0));
  EXPECT_THAT(correction_samples(20, 1), ElementsAre(0, 5, 10, 15));
  EXPECT_THAT(correction_samples(20, 3), ElementsAre(0, 1, 2, 3, 4, 5)) << "whole sequences";
  const auto many = correction_samples(100000, 1);
  EXPECT_EQ(many.size(), kMostCorrectionSamples);
  EXPECT_GT(many.back(), 99000u);
}

}  // namespace
}  // namespace octune::quantization
