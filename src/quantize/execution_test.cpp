// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <openvino/opsets/opset13.hpp>
#include <string>

#include "infer/runtime.hpp"
#include "octune/quantize.hpp"
#include "quantize/schemes.hpp"
#include "testing/models.hpp"

/// What targets/cpu.json says of schemes it does not offer is what this machine's runtime does with them.
namespace octune::quantization {
namespace {

namespace op = ov::opset13;

/// Numbers that do not lie around zero: asymmetric levels get a zero point.
std::shared_ptr<ov::Node> constant(const ov::Shape& shape, std::uint64_t seed) {
  return op::Constant::create(ov::element::f32, shape, testing::normal(ov::shape_size(shape), seed, 0.5F));
}

/// x[1,8,16,16] -> grouped convolution "grouped" -> depthwise "depthwise" -> transposed "transposed" -> "plain" ->
/// "product" with the sum of its positions
std::shared_ptr<ov::Model> every_linear_operation() {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 8, 16, 16});
  x->set_friendly_name("x");
  x->output(0).set_names({"x"});
  const ov::Strides one{1, 1};
  const ov::CoordinateDiff same{1, 1};
  const auto named = [](const std::shared_ptr<ov::Node>& node, const char* name) {
    node->set_friendly_name(name);
    return std::make_shared<op::Relu>(node);
  };
  const auto grouped =
      named(std::make_shared<op::GroupConvolution>(x, constant({2, 8, 4, 3, 3}, 1), one, same, same, one), "grouped");
  const auto depthwise =
      named(std::make_shared<op::GroupConvolution>(grouped, constant({16, 1, 1, 3, 3}, 2), one, same, same, one),
            "depthwise");
  const auto transposed =
      named(std::make_shared<op::ConvolutionBackpropData>(depthwise, constant({16, 8, 2, 2}, 3), ov::Strides{2, 2},
                                                          ov::CoordinateDiff{0, 0}, ov::CoordinateDiff{0, 0}, one),
            "transposed");
  const auto plain =
      named(std::make_shared<op::Convolution>(transposed, constant({8, 8, 3, 3}, 4), one, same, same, one), "plain");
  const auto rows = std::make_shared<op::Reshape>(plain, op::Constant::create(ov::element::i64, {2}, {64, 128}), false);
  const auto product = std::make_shared<op::MatMul>(rows, constant({32, 128}, 5), false, true);
  product->set_friendly_name("product");
  const auto sum = std::make_shared<op::Add>(product, constant({1, 32}, 6));
  return std::make_shared<ov::Model>(ov::OutputVector{sum}, ov::ParameterVector{x});
}

struct Wish {
  std::string name;
  SchemeOverride weights;
  SchemeOverride activations;
};

void PrintTo(const Wish& wish, std::ostream* out) { *out << wish.name; }

class ExecutionAsWritten : public ::testing::TestWithParam<Wish> {};

TEST_P(ExecutionAsWritten, IsWhatThePlanSays) {
  PlanOptions plan;
  plan.overflow_fix = OverflowFix::off;
  plan.weights = GetParam().weights;
  plan.activations = GetParam().activations;
  std::vector<Sample> samples;
  for (std::uint64_t i = 0; i < 3; ++i) {
    ov::Tensor tensor(ov::element::f32, {1, 8, 16, 16});
    const auto values = testing::normal(tensor.get_size(), 70 + i);
    std::copy(values.begin(), values.end(), tensor.data<float>());
    samples.push_back({{"x", tensor}});
  }
  const QuantizeResult result = octune::quantize(every_linear_operation(), *dataset(samples), {.plan = plan});
  std::map<std::string, std::string> executed;
  for (const ExecutedOperation& operation : result.executed) executed[operation.name] = operation.precision;
  std::size_t checked = 0;
  for (const PlannedOperation& operation : result.plan.operations) {
    if (!operation.quantized) continue;
    ASSERT_NE(operation.execution, Execution::unknown) << operation.name;
    EXPECT_EQ(executed[operation.name], operation.execution == Execution::integer ? "i8" : "f32") << operation.name;
    ++checked;
  }
  EXPECT_EQ(checked, 5u);
}

/// Of 65,536 levels in one range the runtime keeps nothing, not even the borders.
TEST(Execution, AFakeQuantizeOf65536LevelsIsLeftOut) {
  const auto largest_output = [](std::size_t levels) {
    const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 1, 2, 2});
    const auto border = [](float value) { return op::Constant::create(ov::element::f32, {}, {value}); };
    const auto cut = std::make_shared<op::FakeQuantize>(x, border(-1), border(1), border(-1), border(1), levels);
    const auto one = op::Constant::create(ov::element::f32, {1, 1, 1, 1}, {1.0F});
    const auto conv = std::make_shared<op::Convolution>(cut, one, ov::Strides{1, 1}, ov::CoordinateDiff{0, 0},
                                                        ov::CoordinateDiff{0, 0}, ov::Strides{1, 1});
    ov::InferRequest request = infer::Runtime()
                                   .compile(std::make_shared<ov::Model>(ov::OutputVector{conv}, ov::ParameterVector{x}))
                                   .create_infer_request();
    ov::Tensor input(ov::element::f32, {1, 1, 2, 2});
    std::fill_n(input.data<float>(), 4, 5.0F);
    request.set_input_tensor(input);
    request.infer();
    return request.get_output_tensor(0).data<const float>()[0];
  };
  EXPECT_FLOAT_EQ(largest_output(65535), 1);
  EXPECT_FLOAT_EQ(largest_output(65536), 5);
}

std::vector<float> outputs_of(const std::shared_ptr<const ov::Model>& model, const ov::Tensor& input) {
  ov::InferRequest request = infer::Runtime().compile(model).create_infer_request();
  request.set_input_tensor(input);
  request.infer();
  const ov::Tensor output = request.get_output_tensor(0);
  return {output.data<const float>(), output.data<const float>() + output.get_size()};
}

/// With zero points in i8 the runtime computes transposed convolutions wrongly; that is why they are stored in i16.
TEST(Execution, AsymmetricWeightsOfTransposedConvolutionsAreComputedRight) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 8, 6, 6});
  x->set_friendly_name("x");
  x->output(0).set_names({"x"});
  const auto layer = std::make_shared<op::ConvolutionBackpropData>(
      std::make_shared<op::Relu>(x), constant({8, 4, 2, 2}, 3), ov::Strides{2, 2}, ov::CoordinateDiff{0, 0},
      ov::CoordinateDiff{0, 0}, ov::Strides{1, 1});
  layer->set_friendly_name("layer");
  const auto model = std::make_shared<ov::Model>(ov::OutputVector{layer}, ov::ParameterVector{x});
  ov::Tensor tensor(ov::element::f32, {1, 8, 6, 6});
  const auto values = testing::normal(tensor.get_size(), 7);
  std::copy(values.begin(), values.end(), tensor.data<float>());
  QuantizeOptions options{.subset_size = 1};
  options.plan.overflow_fix = OverflowFix::off;
  options.plan.weights.mode = Mode::asymmetric;
  const QuantizeResult result = octune::quantize(model, *dataset({{{"x", tensor}}}), options);
  EXPECT_EQ(result.plan.quantizers.back().storage_bits, 16);
  const auto expected = outputs_of(model, tensor), computed = outputs_of(result.model, tensor);
  const float largest = *std::max_element(expected.begin(), expected.end());
  for (std::size_t i = 0; i < expected.size(); ++i) ASSERT_NEAR(computed[i], expected[i], 0.03F * largest) << i;
}

std::vector<Wish> wishes() {
  std::vector<Wish> result;
  for (const int bits : {2, 4, 8, 16}) {
    for (const Mode mode : {Mode::symmetric, Mode::asymmetric}) {
      for (const Granularity granularity : {Granularity::per_tensor, Granularity::per_channel}) {
        SchemeOverride scheme;
        scheme.bits = bits;
        scheme.mode = mode;
        scheme.granularity = granularity;
        const std::string name = fmt::format("{}_{}_{}", bits, mode == Mode::symmetric ? "symmetric" : "asymmetric",
                                             granularity == Granularity::per_tensor ? "pertensor" : "perchannel");
        result.push_back({"weights_" + name, scheme, {}});
        result.push_back({"activations_" + name, {}, scheme});
      }
    }
  }
  SchemeOverride levels;
  levels.mode = Mode::symmetric;
  levels.level_low = 0;
  levels.level_high = 255;
  result.push_back({"weights_0_to_255", levels, {}});
  result.push_back({"activations_0_to_255", {}, levels});
  levels.level_low = -127;
  levels.level_high = 127;
  result.push_back({"activations_127", {}, levels});
  levels.level_low = -64;
  levels.level_high = 64;
  result.push_back({"weights_64", levels, {}});
  result.push_back({"activations_64", {}, levels});
  return result;
}

INSTANTIATE_TEST_SUITE_P(Wishes, ExecutionAsWritten, ::testing::ValuesIn(wishes()),
                         [](const auto& instance) { return instance.param.name; });

}  // namespace
}  // namespace octune::quantization
