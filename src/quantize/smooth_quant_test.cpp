// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/smooth_quant.hpp"

#include <gtest/gtest.h>

#include <openvino/opsets/opset13.hpp>

#include "graph/normalise.hpp"
#include "graph/queries.hpp"
#include "octune/quantize.hpp"
#include "quantize/apply.hpp"
#include "quantize/estimate.hpp"
#include "quantize/test_runs.hpp"
#include "testing/models.hpp"

namespace octune::quantization {
namespace {

namespace op = ov::opset13;

constexpr std::size_t kInputs = 32;
constexpr std::size_t kOutputs = 24;
constexpr std::size_t kTokens = 400;

/// Two MatMuls that read one tensor. The first holds its matrix as [outputs][inputs], the second as [inputs][outputs].
std::shared_ptr<ov::Model> two_readers() {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, kTokens, kInputs});
  x->set_friendly_name("x");
  x->output(0).set_names({"x"});
  ov::OutputVector outputs;
  for (const bool transposed : {true, false}) {
    const ov::Shape shape = transposed ? ov::Shape{kOutputs, kInputs} : ov::Shape{kInputs, kOutputs};
    const auto matrix =
        op::Constant::create(ov::element::f32, shape, testing::normal(kInputs * kOutputs, transposed ? 5 : 6, 0, 0.2F));
    const auto node = std::make_shared<op::MatMul>(x, matrix, false, transposed);
    node->set_friendly_name(transposed ? "first" : "second");
    outputs.push_back(node);
  }
  return std::make_shared<ov::Model>(outputs, ov::ParameterVector{x});
}

/// Two channels are `wide` times as large as the others.
std::vector<Sample> wide_samples(float wide) {
  std::vector<Sample> samples = samples_of_shape({1, kTokens, kInputs}, 20);
  for (Sample& sample : samples) {
    auto* values = sample.at("x").data<float>();
    for (std::size_t token = 0; token < kTokens; ++token) {
      for (const std::size_t channel : {3, 17}) values[token * kInputs + channel] *= wide;
    }
  }
  return samples;
}

Plan plan_of(const std::shared_ptr<ov::Model>& model, bool smooth_quant) {
  PlanOptions options;
  options.model_type = ModelType::transformer;
  options.smooth_quant = smooth_quant;
  return plan_quantization(model, options);
}

struct Outcome {
  std::size_t smoothed;
  double quality_db;
};

Outcome quantized(float wide, bool smooth_quant) {
  const auto model = graph::normalise(two_readers());
  const std::vector<Sample> samples = wide_samples(wide);
  const Plan plan = plan_of(model, smooth_quant);
  const Applied applied = apply(model, plan, collect(model, required_statistics(plan), samples));
  return {applied.smoothed_inputs, signal_to_noise_db(run(model, samples), run(applied.model, samples))};
}

TEST(SmoothQuant, AFewWideChannelsDoNotTakeTheLevelsOfAllOthers) {
  const Outcome plain = quantized(60, false);
  const Outcome smoothed = quantized(60, true);
  EXPECT_EQ(plain.smoothed, 0u);
  EXPECT_EQ(smoothed.smoothed, 1u);
  // Two of 32 channels dominate the output; what is gained is in all others.
  EXPECT_GT(smoothed.quality_db, plain.quality_db + 1);
}

TEST(SmoothQuant, AnInputOfEqualChannelsIsLeftAlone) { EXPECT_EQ(quantized(1, true).smoothed, 0u); }

TEST(SmoothQuant, FactorsMoveFromTheInputToAllItsReaders) {
  const auto model = graph::normalise(two_readers());
  const std::vector<Sample> samples = wide_samples(60);
  const Plan plan = plan_of(model, true);
  ASSERT_EQ(plan.smoothed_inputs.size(), 1u);
  EXPECT_EQ(plan.smoothed_inputs.front().channel_axis, 2u);
  Statistics statistics = collect(model, required_statistics(plan), samples);
  const Statistics before = statistics;
  const auto changed = model->clone();
  const auto smoothings = smooth_inputs(changed, plan, statistics, 2);
  ASSERT_EQ(smoothings.size(), 1u);
  const std::vector<double>& factors = smoothings.begin()->second.factors;
  EXPECT_GT(factors[3], 2 * factors[4]);

  const auto values = [](const std::shared_ptr<ov::Model>& of, const std::string& name) {
    return graph::constant_of(graph::nodes_by_name(*of).at(name)->input_value(1))->cast_vector<float>();
  };
  for (const std::string name : {"first", "second"}) {
    const std::vector<float> plain = values(model, name);
    const std::vector<float> scaled = values(changed, name);
    const auto matmul = ov::as_type_ptr<op::MatMul>(graph::nodes_by_name(*model).at(name));
    for (std::size_t o = 0; o < kOutputs; ++o) {
      for (std::size_t j = 0; j < kInputs; ++j) {
        const std::size_t i = matmul->get_transpose_b() ? o * kInputs + j : j * kOutputs + o;
        EXPECT_FLOAT_EQ(scaled[i], static_cast<float>(plain[i] * factors[j])) << name;
      }
    }
  }
  for (const StatisticRequest& request : smoothing_requests(plan.smoothed_inputs.front())) {
    for (std::size_t j = 0; j < kInputs; ++j) {
      EXPECT_NEAR(statistics.at(request).sum[j], before.at(request).sum[j] / factors[j], 1e-4) << request.text();
      EXPECT_FLOAT_EQ(statistics.at(request).highest[j],
                      static_cast<float>(before.at(request).highest[j] / factors[j]));
    }
  }
}

TEST(SmoothQuant, OnlyTransformersAreSmoothed) {
  PlanOptions options;
  options.model_type = ModelType::none;
  EXPECT_TRUE(plan_quantization(two_readers(), options).smoothed_inputs.empty());
}

TEST(SmoothQuant, QuantileEstimatorsCannotBeDerivedForASmoothedInput) {
  PlanOptions options;
  options.model_type = ModelType::transformer;
  options.activations.range_estimator.preset = EstimatorPreset::quantile;
  EXPECT_TRUE(plan_quantization(two_readers(), options).smoothed_inputs.empty());
}

TEST(SmoothQuant, ExpectedNoiseIsThatOfUniformRounding) {
  // One output, two channels: the formula by hand. Levels of the input: 256, asymmetric, from -1 to 3.
  const SmoothedReader reader{.outputs = 1, .magnitude = {2, 1}, .power = {4, 1}, .taps = 1, .levels = 255};
  const InputChannels channels{.low = {-1, 0}, .high = {3, 1}, .power = {2, 0.5}};
  Scheme scheme;
  scheme.mode = Mode::asymmetric;
  const double step = 4.0 / 255;
  const double weights_step = 2.0 / 127;
  const double expected = step * step / 12 * 5 + weights_step * weights_step / 12 * 2.5;
  EXPECT_NEAR(expected_noise(reader, channels, scheme, std::vector<double>{1, 1}), expected, expected * 1e-2);
}

}  // namespace
}  // namespace octune::quantization
