// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/apply.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <openvino/opsets/opset13.hpp>

#include "calibration/collect.hpp"
#include "graph/normalise.hpp"
#include "graph/queries.hpp"
#include "infer/runtime.hpp"
#include "octune/error.hpp"
#include "octune/quantize.hpp"
#include "quantize/bias.hpp"
#include "quantize/channel_alignment.hpp"
#include "quantize/estimate.hpp"
#include "quantize/fast_bias_correction.hpp"
#include "testing/models.hpp"

namespace octune::quantization {
namespace {

namespace op = ov::opset13;
using NodePtr = std::shared_ptr<ov::Node>;

/// Random samples for the only input of a model.
std::vector<Sample> samples_for(const ov::Model& model, std::size_t count, float mean = 0.3F) {
  std::vector<Sample> samples;
  const ov::Shape shape = model.input().get_shape();
  for (std::size_t i = 0; i < count; ++i) {
    ov::Tensor tensor(ov::element::f32, shape);
    const auto values = testing::normal(ov::shape_size(shape), 100 + i, mean);
    std::copy(values.begin(), values.end(), tensor.data<float>());
    samples.push_back({{"x", tensor}});
  }
  return samples;
}

/// All outputs of all samples, one after another, computed by the compiled model.
std::vector<float> run(const std::shared_ptr<ov::Model>& model, const std::vector<Sample>& samples) {
  const infer::Runtime runtime;
  ov::CompiledModel compiled = runtime.compile(model, {.threads = 1});
  ov::InferRequest request = compiled.create_infer_request();
  std::vector<float> values;
  for (const Sample& sample : samples) {
    request.set_input_tensor(sample.begin()->second);
    request.infer();
    for (std::size_t i = 0; i < compiled.outputs().size(); ++i) {
      const ov::Tensor output = request.get_output_tensor(i);
      values.insert(values.end(), output.data<float>(), output.data<float>() + output.get_size());
    }
  }
  return values;
}

double signal_to_noise_db(const std::vector<float>& reference, const std::vector<float>& values) {
  double signal = 0;
  double noise = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    signal += static_cast<double>(reference[i]) * reference[i];
    noise += (static_cast<double>(reference[i]) - values[i]) * (static_cast<double>(reference[i]) - values[i]);
  }
  return 10 * std::log10(signal / std::max(noise, 1e-30));
}

Statistics collect(const std::shared_ptr<ov::Model>& model, const std::vector<StatisticRequest>& requests,
                   const std::vector<Sample>& samples) {
  std::map<std::string, double> timings;
  const auto data = dataset(samples);
  const auto indices = calibration::choose_samples(samples.size(), 0, false, 0);
  Observer observer;
  return calibration::collect(infer::Runtime(), model, requests, *data, indices, {.threads = 1}, timings, &observer);
}

class Quantized : public ::testing::TestWithParam<std::tuple<Preset, std::string>> {};

TEST_P(Quantized, OutputsStayCloseToTheFloatModels) {
  const auto [preset, name] = GetParam();
  const auto model = name == "convnet" ? testing::small_convnet() : testing::small_transformer();
  const auto samples = samples_for(*model, 20);
  const auto data = dataset(samples);
  const QuantizeResult result = octune::quantize(model, *data, {.plan = {.preset = preset}, .subset_size = 20});
  EXPECT_GT(signal_to_noise_db(run(model, samples), run(result.model, samples)), 20);
  EXPECT_EQ(result.samples_used, 20u);
  EXPECT_GT(result.corrected_biases, 0u);
}

INSTANTIATE_TEST_SUITE_P(PresetsAndModels, Quantized,
                         ::testing::Combine(::testing::Values(Preset::performance, Preset::mixed, Preset::accuracy),
                                            ::testing::Values("convnet", "transformer")));

TEST(Apply, WeightsBecomeIntegersAndActivationsFakeQuantize) {
  const auto model = testing::small_convnet();
  const auto data = dataset(samples_for(*model, 4));
  const QuantizeResult result = octune::quantize(model, *data, {.subset_size = 4});
  std::size_t integers = 0;
  std::size_t fake_quantize = 0;
  for (const auto& node : result.model->get_ops()) {
    integers += node->get_output_element_type(0) == ov::element::i8 && node->get_output_size() == 1 ? 1 : 0;
    fake_quantize += std::string(node->get_type_info().name) == "FakeQuantize" ? 1 : 0;
  }
  EXPECT_EQ(integers, 4u);
  EXPECT_EQ(fake_quantize, 5u);
  EXPECT_EQ(model->get_ops().size(), testing::small_convnet()->get_ops().size()) << "the given model was changed";
}

TEST(Apply, TheSamePlanAndStatisticsGiveTheSameModel) {
  const auto model = graph::normalise(testing::small_convnet());
  const Plan plan = plan_quantization(model);
  const auto samples = samples_for(*model, 8);
  const Statistics statistics = collect(model, required_statistics(plan), samples);
  EXPECT_EQ(run(apply(model, plan, statistics).model, samples), run(apply(model, plan, statistics).model, samples));
}

// With the weights alone quantized, correction leaves the mean of every output channel where it was (exactly, for a
// layer without padding).
TEST(FastBiasCorrection, RemovesTheShiftOfTheMean) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 64});
  x->output(0).set_names({"x"});
  const auto weights = op::Constant::create(ov::element::f32, {8, 64}, testing::normal(512, 9));
  const auto layer = std::make_shared<op::MatMul>(x, weights, false, true);
  layer->set_friendly_name("layer");
  const auto model = std::make_shared<ov::Model>(ov::OutputVector{layer}, ov::ParameterVector{x});
  const auto samples = samples_for(*model, 50, 2);
  const auto mean_error = [&](bool corrected) {
    PlanOptions options;
    options.bias_correction = corrected ? BiasCorrectionMethod::fast : BiasCorrectionMethod::none;
    options.weights.bits = 4;
    const auto normal = graph::normalise(model);
    Plan plan = plan_quantization(normal, options);
    std::erase_if(plan.quantizers, [](const Quantizer& entry) { return entry.kind == QuantizerKind::activation; });
    const auto reference = run(model, samples);
    const auto values = run(apply(normal, plan, collect(normal, required_statistics(plan), samples)).model, samples);
    double worst = 0;
    for (std::size_t c = 0; c < 8; ++c) {
      double shift = 0;
      for (std::size_t s = 0; s < samples.size(); ++s) shift += values[s * 8 + c] - reference[s * 8 + c];
      worst = std::max(worst, std::abs(shift) / static_cast<double>(samples.size()));
    }
    return worst;
  };
  EXPECT_GT(mean_error(false), 0.1);
  EXPECT_LT(mean_error(true), 1e-3);
}

/// The mean of each output channel of a model with one operation whose input channels are constant.
std::vector<double> means_of_constant_input(const std::shared_ptr<ov::Node>& operation,
                                            const std::shared_ptr<op::Parameter>& x, const std::vector<double>& mean,
                                            std::size_t channels) {
  ov::Tensor input(ov::element::f32, x->get_shape());
  const std::size_t area = input.get_size() / mean.size();
  for (std::size_t i = 0; i < input.get_size(); ++i) input.data<float>()[i] = static_cast<float>(mean[i / area]);
  const auto model = std::make_shared<ov::Model>(ov::OutputVector{operation}, ov::ParameterVector{x});
  const std::vector<float> output = run(model, {{{"x", input}}});
  const std::size_t positions = output.size() / channels;
  std::vector<double> result(channels, 0);
  for (std::size_t i = 0; i < output.size(); ++i) result[i / positions] += output[i] / static_cast<double>(positions);
  return result;
}

// The shift of a padded convolution against a brute-force convolution of a constant input.
TEST(FastBiasCorrection, CountsTheTapsThatPaddingCovers) {
  constexpr std::int64_t kSize = 4;
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 2, kSize, kSize});
  const ov::Shape shape{3, 2, 3, 3};
  const std::vector<float> values = testing::normal(54, 12);
  const auto weights = op::Constant::create(ov::element::f32, shape, values);
  const auto conv = std::make_shared<op::Convolution>(x, weights, ov::Strides{2, 1}, ov::CoordinateDiff{1, 0},
                                                      ov::CoordinateDiff{1, 2}, ov::Strides{1, 1});
  const std::vector<double> mean{0.5, -2};
  const std::vector<float> zeros(54, 0);
  const auto shift = output_shift(*conv, values, zeros, shape, mean);

  const auto expected = means_of_constant_input(conv, x, mean, 3);
  for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(shift[c], expected[c], 1e-4) << "channel " << c;
}

// The same for a transposed convolution, where most taps meet only every other output position.
TEST(FastBiasCorrection, CountsTheProductsOfTransposedConvolutions) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 2, 4, 4});
  x->output(0).set_names({"x"});
  const ov::Shape shape{2, 3, 3, 2};
  const std::vector<float> values = testing::normal(36, 13);
  const auto conv = std::make_shared<op::ConvolutionBackpropData>(
      x, op::Constant::create(ov::element::f32, shape, values), ov::Strides{2, 2}, ov::CoordinateDiff{1, 0},
      ov::CoordinateDiff{0, 0}, ov::Strides{1, 1});
  const std::vector<double> mean{0.5, -2};
  const auto shift = output_shift(*conv, values, std::vector<float>(36, 0), shape, mean);
  const auto expected = means_of_constant_input(conv, x, mean, 3);
  for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(shift[c], expected[c], 1e-4) << "channel " << c;
}

TEST(FastBiasCorrection, WeightsOnTheLeftAreCorrectedOnTheirRows) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{6, 6});
  x->output(0).set_names({"x"});
  const auto weights = op::Constant::create(ov::element::f32, {6, 6}, testing::normal(36, 9));
  const auto layer = std::make_shared<op::MatMul>(weights, x);
  const auto model = std::make_shared<ov::Model>(ov::OutputVector{layer}, ov::ParameterVector{x});
  const auto samples = samples_for(*model, 20, 2);
  const QuantizeResult result = octune::quantize(model, *dataset(samples), {.subset_size = 20});
  EXPECT_EQ(result.corrected_biases, 1u);
  EXPECT_GT(signal_to_noise_db(run(model, samples), run(result.model, samples)), 30);
}

TEST(FastBiasCorrection, GroupedAndTransposedWeightsAgainstTheirDefinition) {
  const auto grouped = std::make_shared<op::GroupConvolution>(
      std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 4, 5, 5}),
      op::Constant::create(ov::element::f32, {2, 3, 2, 1, 1}, testing::normal(12, 4)), ov::Strides{1, 1},
      ov::CoordinateDiff{0, 0}, ov::CoordinateDiff{0, 0}, ov::Strides{1, 1});
  const std::vector<float> w = testing::normal(12, 4);
  const auto shift = output_shift(*grouped, w, std::vector<float>(12, 0), {2, 3, 2, 1, 1}, {1, 2, 3, 4});
  ASSERT_EQ(shift.size(), 6u);
  for (std::size_t g = 0; g < 2; ++g) {
    for (std::size_t o = 0; o < 3; ++o) {
      const double expected = w[(g * 3 + o) * 2] * (g * 2 + 1.0) + w[(g * 3 + o) * 2 + 1] * (g * 2 + 2.0);
      EXPECT_NEAR(shift[g * 3 + o], expected, 1e-6);
    }
  }
}

/// Two pointwise convolutions with biases, the first with channels of very different size.
std::shared_ptr<ov::Model> unaligned_pair() {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 4, 6, 6});
  x->set_friendly_name("x");
  x->output(0).set_names({"x"});
  const auto conv = [](const NodePtr& input, const std::vector<float>& values, const std::string& name,
                       std::uint64_t seed) -> NodePtr {
    const auto weights = op::Constant::create(ov::element::f32, {4, 4, 1, 1}, values);
    const auto node = std::make_shared<op::Convolution>(input, weights, ov::Strides{1, 1}, ov::CoordinateDiff{0, 0},
                                                        ov::CoordinateDiff{0, 0}, ov::Strides{1, 1});
    node->set_friendly_name(name);
    const auto bias = op::Constant::create(ov::element::f32, {1, 4, 1, 1}, testing::normal(4, seed));
    return std::make_shared<op::Add>(node, bias);
  };
  std::vector<float> wide = testing::normal(16, 1);
  for (std::size_t i = 0; i < 4; ++i) wide[i] *= 50;
  std::vector<float> narrow = testing::normal(16, 2);
  for (std::size_t o = 0; o < 4; ++o) narrow[o * 4] /= 50;
  const auto second = conv(conv(x, wide, "first", 3), narrow, "second", 4);
  return std::make_shared<ov::Model>(ov::OutputVector{second}, ov::ParameterVector{x});
}

TEST(ChannelAlignment, LeavesFloatOutputsUnchanged) {
  const auto model = graph::normalise(unaligned_pair());
  const Plan plan = plan_quantization(model);
  ASSERT_EQ(plan.aligned_pairs.size(), 1u);
  const auto samples = samples_for(*model, 12);
  Statistics statistics = collect(model, required_statistics(plan), samples);
  const auto aligned = model->clone();
  ASSERT_EQ(align_channels(aligned, plan, statistics), 1u);
  const auto before = run(model, samples);
  const auto after = run(aligned, samples);
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_NEAR(after[i], before[i], 1e-3 * (1 + std::abs(before[i])));
}

// What alignment makes of the statistics is what a second pass over the aligned model collects.
TEST(ChannelAlignment, TransformsTheStatisticsExactly) {
  const auto model = graph::normalise(unaligned_pair());
  const Plan plan = plan_quantization(model);
  const auto samples = samples_for(*model, 12);
  const auto requests = required_statistics(plan);
  Statistics derived = collect(model, requests, samples);
  const auto aligned = model->clone();
  align_channels(aligned, plan, derived);
  const Statistics collected = collect(aligned, requests, samples);
  for (const StatisticRequest& request : requests) {
    const Series& a = derived.at(request);
    const Series& b = collected.at(request);
    ASSERT_EQ(a.rows.size(), b.rows.size());
    for (std::size_t i = 0; i < a.rows.size(); ++i)
      EXPECT_NEAR(a.rows[i], b.rows[i], 1e-4 * (1 + std::abs(b.rows[i]))) << request.text();
    for (std::size_t c = 0; c < a.channels; ++c)
      EXPECT_NEAR(a.sum[c], b.sum[c], 1e-3 * (1 + std::abs(b.sum[c]))) << request.text();
  }
}

TEST(ChannelAlignment, NeedsExplicitPadding) {
  const auto model = unaligned_pair();
  for (const auto& node : model->get_ops()) {
    if (auto conv = ov::as_type_ptr<op::Convolution>(node)) conv->set_auto_pad(ov::op::PadType::SAME_UPPER);
  }
  EXPECT_TRUE(plan_quantization(model).aligned_pairs.empty());
}

TEST(ChannelAlignment, LowersTheErrorOfTheQuantizedModel) {
  const auto model = unaligned_pair();
  const auto samples = samples_for(*model, 12);
  const auto data = dataset(samples);
  const auto error = [&](bool aligned) {
    QuantizeOptions options;
    options.plan.channel_alignment = aligned;
    return signal_to_noise_db(run(model, samples), run(octune::quantize(model, *data, options).model, samples));
  };
  EXPECT_GT(error(true), error(false) + 3);
}

TEST(Bias, IsReadReplacedAndInserted) {
  const auto model = testing::small_convnet();
  const auto nodes = graph::nodes_by_name(*model);
  const auto before = bias_values(*nodes.at("conv1"));
  ASSERT_TRUE(before.has_value());
  set_bias(nodes.at("conv1"), std::vector<float>(8, 5.F));
  EXPECT_EQ(*bias_values(*nodes.at("conv1")), std::vector<float>(8, 5.F));

  const auto bare = graph::normalise(testing::conv_batch_norm_relu());
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 3});
  const auto layer = std::make_shared<op::MatMul>(
      x, op::Constant::create(ov::element::f32, {2, 3}, testing::normal(6, 1)), false, true);
  const auto with_result = std::make_shared<ov::Model>(ov::OutputVector{layer}, ov::ParameterVector{x});
  EXPECT_FALSE(bias_values(*layer).has_value());
  set_bias(layer, {1, 2});
  EXPECT_EQ(*bias_values(*layer), (std::vector<float>{1, 2}));
}

TEST(ActivationExtent, ExtremesBeyondTheKeptRowsCount) {
  Quantizer quantizer;
  quantizer.tensor = {"x", 0};
  quantizer.scheme.mode = Mode::asymmetric;
  quantizer.estimator.min.aggregator = Aggregator::min;
  quantizer.estimator.max.aggregator = Aggregator::max;
  Statistics statistics;
  for (std::size_t i = 0; i < Series::kRowLimit + 10; ++i) {
    const float late = i > Series::kRowLimit ? 5 : 1;
    statistics[{quantizer.tensor, Reduction::min, 0, std::nullopt}].add(std::vector<float>{-late});
    statistics[{quantizer.tensor, Reduction::max, 0, std::nullopt}].add(std::vector<float>{late});
  }
  const Extent extent = activation_extent(quantizer, Plan{}, statistics);
  EXPECT_EQ(extent.min.at(0), -5);
  EXPECT_EQ(extent.max.at(0), 5);
}

TEST(QuantizeFunction, NothingToQuantizeIsUnsupported) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 4});
  x->output(0).set_names({"x"});
  const auto model =
      std::make_shared<ov::Model>(ov::OutputVector{std::make_shared<op::Softmax>(x, 1)}, ov::ParameterVector{x});
  try {
    octune::quantize(model, *dataset(samples_for(*model, 2)));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unsupported);
    EXPECT_STREQ(error.what(), "nothing can be quantized: the model has no operation that CPU executes in integers");
  }
}

TEST(QuantizeFunction, FewerSamplesThanAskedForIsAWarning) {
  const auto model = testing::small_convnet();
  const QuantizeResult result = octune::quantize(model, *dataset(samples_for(*model, 3)), {.subset_size = 300});
  EXPECT_EQ(result.samples_used, 3u);
  ASSERT_FALSE(result.warnings.empty());
  EXPECT_EQ(result.warnings[0], "300 calibration samples were asked for, the data set has 3: ranges may be off");
}

TEST(QuantizeFunction, NoSampleIsAnError) {
  EXPECT_THROW(octune::quantize(testing::small_convnet(), *dataset(std::vector<Sample>{})), Error);
}

}  // namespace
}  // namespace octune::quantization
