// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/apply.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <openvino/opsets/opset13.hpp>
#include <set>

#include "graph/normalise.hpp"
#include "infer/runtime.hpp"
#include "octune/error.hpp"
#include "octune/quantize.hpp"
#include "quantize/estimate.hpp"
#include "quantize/test_runs.hpp"
#include "testing/models.hpp"

namespace octune::quantization {
namespace {

namespace op = ov::opset13;
using NodePtr = std::shared_ptr<ov::Node>;

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

TEST(ActivationExtent, ExtremesBeyondTheKeptRowsCount) {
  Quantizer quantizer;
  quantizer.tensor = {"x", 0};
  quantizer.scheme.mode = Mode::asymmetric;
  quantizer.estimator.min.aggregator = Aggregator::min;
  quantizer.estimator.max.aggregator = Aggregator::max;
  // One sample is far out, and its row is not kept.
  constexpr std::size_t kSamples = Series::kRowLimit + 10;
  const RowSelection kept(kSamples, Series::kRowLimit);
  std::size_t dropped = 0;
  while (kept.contains(dropped)) ++dropped;
  Statistics statistics(kSamples);
  for (std::size_t i = 0; i < kSamples; ++i) {
    const float late = i == dropped ? 5 : 1;
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

TEST(Apply, OneConstantIsStoredForEachReaderAsItsTypeNeedsIt) {
  // The same matrix read by a convolution (i8) and a transposed one, whose asymmetric weights the CPU needs as i16.
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 8, 6, 6});
  x->set_friendly_name("x");
  x->output(0).set_names({"x"});
  const auto weights = op::Constant::create(ov::element::f32, {8, 8, 1, 1}, testing::normal(64, 3, 0.5F));
  const auto conv = std::make_shared<op::Convolution>(x, weights, ov::Strides{1, 1}, ov::CoordinateDiff{0, 0},
                                                      ov::CoordinateDiff{0, 0}, ov::Strides{1, 1});
  conv->set_friendly_name("conv");
  const auto transposed = std::make_shared<op::ConvolutionBackpropData>(std::make_shared<op::Relu>(conv), weights,
                                                                        ov::Strides{1, 1}, ov::CoordinateDiff{0, 0},
                                                                        ov::CoordinateDiff{0, 0}, ov::Strides{1, 1});
  transposed->set_friendly_name("transposed");
  const auto model = std::make_shared<ov::Model>(ov::OutputVector{transposed}, ov::ParameterVector{x});
  QuantizeOptions options{.subset_size = 8};
  options.plan.weights.mode = Mode::asymmetric;
  options.plan.weights.granularity = Granularity::per_tensor;
  const std::vector<Sample> samples = samples_for(*model, 8);
  const QuantizeResult result = octune::quantize(model, *dataset(samples), options);
  std::set<ov::element::Type> stored;
  for (const auto& node : result.model->get_ops()) {
    if (ov::is_type<op::Constant>(node) && node->get_shape() == ov::Shape{8, 8, 1, 1})
      stored.insert(node->get_output_element_type(0));
  }
  EXPECT_TRUE(stored.contains(ov::element::i8));
  EXPECT_TRUE(stored.contains(ov::element::i16));
}

}  // namespace
}  // namespace octune::quantization
