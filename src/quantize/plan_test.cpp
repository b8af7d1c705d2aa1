// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <openvino/opsets/opset13.hpp>

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

const PlannedOperation& operation(const Plan& plan, const std::string& name) {
  const auto found = std::find_if(plan.operations.begin(), plan.operations.end(),
                                  [&](const PlannedOperation& entry) { return entry.name == name; });
  if (found == plan.operations.end()) throw std::out_of_range("no operation " + name);
  return *found;
}

const Quantizer& quantizer(const Plan& plan, const std::string& name) {
  const auto found = std::find_if(plan.quantizers.begin(), plan.quantizers.end(),
                                  [&](const Quantizer& entry) { return entry.name == name; });
  if (found == plan.quantizers.end()) throw std::out_of_range("no quantizer " + name);
  return *found;
}

std::vector<std::string> names(const Plan& plan, QuantizerKind kind) {
  std::vector<std::string> result;
  for (const Quantizer& entry : plan.quantizers) {
    if (entry.kind == kind) result.push_back(entry.name);
  }
  return result;
}

NodePtr named(NodePtr node, const std::string& name) {
  node->set_friendly_name(name);
  return node;
}

std::shared_ptr<op::Parameter> image_input() {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 4, 8, 8});
  x->set_friendly_name("x");
  return x;
}

NodePtr layer(const NodePtr& x, const std::string& name, std::size_t in = 4, std::size_t out = 4) {
  const auto weights = op::Constant::create(ov::element::f32, {out, in, 1, 1}, testing::normal(in * out, 5));
  return named(std::make_shared<op::Convolution>(x, weights, ov::Strides{1, 1}, ov::CoordinateDiff{0, 0},
                                                 ov::CoordinateDiff{0, 0}, ov::Strides{1, 1}),
               name);
}

std::shared_ptr<ov::Model> model_of(const NodePtr& output, const std::shared_ptr<op::Parameter>& x) {
  return std::make_shared<ov::Model>(ov::OutputVector{output}, ov::ParameterVector{x});
}

TEST(Plan, SmallConvnetAsText) {
  EXPECT_EQ(to_text(plan_quantization(testing::small_convnet(), {.overflow_fix = OverflowFix::off})),
            R"(operation  type                  precision or reason
conv1      Convolution           A8 sym, W8 sym/channel
bias1      Add                   in 'conv1'
conv2      DepthwiseConvolution  A8 sym/channel, W8 sym/channel
bias2      Add                   in 'conv2'
conv3      Convolution           A8 sym, W8 sym/channel
bias3      Add                   in 'conv3'
pool       ReduceMean            A8 sym
fc         MatMul                A8 sym, W8 sym/channel
bias_fc    Add                   in 'fc'

target CPU, preset performance, model type none
11 operations, 5 quantizable, 5 quantized; 5 FakeQuantize on activations, 4 weight tensors; 0 aligned pairs, 0 inputs to smooth, 3 bias corrections (fast)
)");
}

TEST(Plan, PresetsChooseTheMode) {
  const auto modes = [](Preset preset) {
    const Plan plan = plan_quantization(testing::small_convnet(), {.preset = preset});
    return std::pair(quantizer(plan, "conv1/fq_input_0").scheme.mode,
                     quantizer(plan, "conv1/fq_weights_1").scheme.mode);
  };
  EXPECT_EQ(modes(Preset::performance), std::pair(Mode::symmetric, Mode::symmetric));
  EXPECT_EQ(modes(Preset::mixed), std::pair(Mode::asymmetric, Mode::symmetric));
  EXPECT_EQ(modes(Preset::accuracy), std::pair(Mode::asymmetric, Mode::asymmetric));
}

TEST(Plan, AsymmetricWeightsAreWarnedAboutOnCpus) {
  const Plan plan = plan_quantization(testing::small_convnet(), {.preset = Preset::accuracy});
  ASSERT_EQ(plan.warnings.size(), 1u);
  EXPECT_THAT(plan.warnings[0],
              "asymmetric weights: the runtime computes 4 operations ('conv1', 'conv2', 'conv3', 'fc') with them in "
              "floating point on CPU; the preset 'mixed' or 'performance' runs in integers");
}

TEST(Plan, WishesClimbOverAgnosticOperations) {
  const auto x = image_input();
  const auto pooled = std::make_shared<op::MaxPool>(layer(x, "a"), ov::Strides{2, 2}, ov::Strides{1, 1},
                                                    ov::Shape{0, 0}, ov::Shape{0, 0}, ov::Shape{2, 2});
  const auto order = op::Constant::create(ov::element::i64, {4}, {0, 1, 3, 2});
  const auto turned = std::make_shared<op::Transpose>(pooled->output(0), order);
  const Plan plan = plan_quantization(model_of(layer(turned, "b"), x));
  const auto found = std::find_if(plan.quantizers.begin(), plan.quantizers.end(),
                                  [](const Quantizer& entry) { return entry.tensor.node == "a"; });
  ASSERT_NE(found, plan.quantizers.end());
  EXPECT_THAT(found->operations, ElementsAre("b"));
}

TEST(Plan, AWishStopsWhereAnotherBranchWantsFloat) {
  const auto x = image_input();
  const auto a = layer(x, "a");
  const auto shape = op::Constant::create(ov::element::i64, {4}, {1, 4, 4, 16});
  const auto moved = named(std::make_shared<op::Reshape>(a, shape, false), "moved");
  const auto b = layer(moved, "b");
  const auto softmax = std::make_shared<op::Softmax>(moved, 1);
  const Plan plan = plan_quantization(model_of(std::make_shared<op::Add>(b, softmax), x));
  const Quantizer& entry = quantizer(plan, "b/fq_input_0");
  EXPECT_EQ(entry.tensor.node, "moved");
  EXPECT_EQ(entry.consumers, (std::vector<EdgeRef>{{"b", 0}}));
}

TEST(Plan, AResultIsNeverQuantized) {
  const auto x = image_input();
  const auto shape = op::Constant::create(ov::element::i64, {4}, {1, 4, 4, 16});
  const auto moved = named(std::make_shared<op::Reshape>(layer(x, "a"), shape, false), "moved");
  const auto b = layer(moved, "b");
  const auto model = std::make_shared<ov::Model>(ov::OutputVector{moved, b}, ov::ParameterVector{x});
  EXPECT_EQ(quantizer(plan_quantization(model), "b/fq_input_0").consumers, (std::vector<EdgeRef>{{"b", 0}}));
}

TEST(Plan, InputsOfAConcatShareARange) {
  const auto x = image_input();
  const auto joined = std::make_shared<op::Concat>(
      ov::OutputVector{std::make_shared<op::Relu>(layer(x, "a")), std::make_shared<op::Sigmoid>(layer(x, "b"))}, 1);
  const Plan plan = plan_quantization(model_of(layer(joined, "c", 8), x));
  std::vector<std::optional<std::size_t>> groups;
  for (const Quantizer& entry : plan.quantizers) {
    if (entry.kind == QuantizerKind::activation && entry.operations == std::vector<std::string>{"c"})
      groups.push_back(entry.group);
  }
  EXPECT_THAT(groups, ElementsAre(0u, 0u));
}

TEST(Plan, ConvolutionAndDepthwiseReadingOneTensorAgreeOnOneRange) {
  const auto x = image_input();
  const auto relu = named(std::make_shared<op::Relu>(layer(x, "a")), "relu");
  const auto weights = op::Constant::create(ov::element::f32, {4, 1, 1, 1, 1}, testing::normal(4, 9));
  const auto depthwise =
      named(std::make_shared<op::GroupConvolution>(relu, weights, ov::Strides{1, 1}, ov::CoordinateDiff{0, 0},
                                                   ov::CoordinateDiff{0, 0}, ov::Strides{1, 1}),
            "depthwise");
  const Plan plan = plan_quantization(model_of(std::make_shared<op::Subtract>(layer(relu, "b"), depthwise), x));
  std::size_t on_relu = 0;
  for (const Quantizer& entry : plan.quantizers) {
    if (entry.tensor.node != "relu") continue;
    ++on_relu;
    EXPECT_EQ(entry.scheme.granularity, Granularity::per_tensor);
    EXPECT_EQ(entry.consumers.size(), 2u);
  }
  EXPECT_EQ(on_relu, 1u);
}

TEST(Plan, LightOperationsStayFloatUnlessTheyAreBetweenIntegers) {
  const auto x = image_input();
  const auto sum = named(std::make_shared<op::Add>(x, std::make_shared<op::Exp>(x)), "lonely");
  const Plan plan = plan_quantization(model_of(layer(sum, "a"), x));
  EXPECT_FALSE(operation(plan, "lonely").quantized);
  EXPECT_EQ(operation(plan, "lonely").reason, "between floating-point operations");
  EXPECT_TRUE(operation(plan, "a").quantized);
}

TEST(Plan, TransformersAreRecognised) {
  const Plan plan = plan_quantization(testing::small_transformer());
  EXPECT_EQ(plan.model_type, "transformer");
  EXPECT_TRUE(plan.model_type_detected);
  for (const char* name : {"query", "key", "value", "proj", "ffn1", "ffn2"})
    EXPECT_TRUE(operation(plan, name).quantized) << name;
  EXPECT_THAT(operation(plan, "residual2").reason, HasSubstr("fused into"));
  EXPECT_THAT(names(plan, QuantizerKind::activation), Not(Contains(HasSubstr("residual"))));
}

/// softmax(a b) c, reshaped in between so that the runtime's own attention operation does not take it.
std::shared_ptr<ov::Model> attention_of_products() {
  const auto input = [] { return std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 2, 8, 8}); };
  const auto a = input(), b = input(), c = input();
  const auto scores = named(std::make_shared<op::MatMul>(a, b), "scores");
  const auto flat = std::make_shared<op::Reshape>(scores, op::Constant::create(ov::element::i64, {2}, {16, 8}), false);
  const auto shape = op::Constant::create(ov::element::i64, {4}, {1, 2, 8, 8});
  const auto probabilities = std::make_shared<op::Reshape>(std::make_shared<op::Softmax>(flat, 1), shape, false);
  const auto context = named(std::make_shared<op::MatMul>(probabilities, c), "context");
  return std::make_shared<ov::Model>(ov::OutputVector{context}, ov::ParameterVector{a, b, c});
}

TEST(Plan, ProbabilitiesTimesValuesStayFloat) {
  const Plan plan = plan_quantization(attention_of_products());
  EXPECT_TRUE(plan.model_type_detected);
  EXPECT_FALSE(operation(plan, "context").quantized);
  EXPECT_TRUE(operation(plan, "scores").quantized);
}

TEST(Plan, TheFlagRulesOverRecognition) {
  const Plan plan = plan_quantization(testing::small_transformer(), {.model_type = ModelType::none});
  EXPECT_EQ(plan.model_type, "none");
  EXPECT_FALSE(plan.model_type_detected);
}

TEST(Plan, ProductsOfTensorsAreSymmetricInTransformers) {
  const Plan plan = plan_quantization(attention_of_products(), {.preset = Preset::mixed});
  EXPECT_EQ(quantizer(plan, "scores/fq_input_0").scheme.mode, Mode::symmetric);
  EXPECT_EQ(quantizer(plan, "scores/fq_input_1").scheme.mode, Mode::symmetric);
}

TEST(Plan, EmbeddingTablesAreQuantizedByRow) {
  const auto ids = std::make_shared<op::Parameter>(ov::element::i64, ov::PartialShape{1, 4});
  const auto table = op::Constant::create(ov::element::f32, {10, 4}, testing::normal(40, 3));
  const auto rows =
      named(std::make_shared<op::Gather>(table, ids, op::Constant::create(ov::element::i64, {}, {0})), "rows");
  const auto weights = op::Constant::create(ov::element::f32, {4, 4}, testing::normal(16, 4));
  const auto product = std::make_shared<op::MatMul>(rows, weights, false, true);
  const Plan plan = plan_quantization(std::make_shared<ov::Model>(ov::OutputVector{product}, ov::ParameterVector{ids}));
  EXPECT_THAT(quantizer(plan, "rows/fq_weights_0").channel_axes, ElementsAre(0));
}

TEST(Plan, ConvolutionsWithComputedWeightsStayFloat) {
  const auto x = image_input();
  const auto w = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{4, 4, 1, 1});
  const auto node = named(std::make_shared<op::Convolution>(x, w, ov::Strides{1, 1}, ov::CoordinateDiff{0, 0},
                                                            ov::CoordinateDiff{0, 0}, ov::Strides{1, 1}),
                          "computed");
  const Plan plan = plan_quantization(std::make_shared<ov::Model>(ov::OutputVector{node}, ov::ParameterVector{x, w}));
  EXPECT_EQ(operation(plan, "computed").reason, "its weights are computed, not constant");
}

TEST(Plan, OverflowFixHalvesTheWeights) {
  const auto halved = [](OverflowFix fix) {
    std::vector<std::string> result;
    for (const Quantizer& entry : plan_quantization(testing::small_convnet(), {.overflow_fix = fix}).quantizers) {
      if (entry.halved) result.push_back(entry.name);
    }
    return result;
  };
  EXPECT_THAT(halved(OverflowFix::off), IsEmpty());
  EXPECT_THAT(halved(OverflowFix::first_layer), ElementsAre("conv1/fq_weights_1"));
  EXPECT_EQ(halved(OverflowFix::all).size(), 4u);
}

TEST(IgnoredScope, ByNamePatternAndTypeWithAttributes) {
  IgnoredScope scope;
  scope.names = {"conv1"};
  scope.patterns = {"conv[3]"};
  scope.types = {{"GroupConvolution", {{"strides", {"1,1"}}, {"auto_pad", {"explicit", "valid"}}}}};
  const Plan plan = plan_quantization(testing::small_convnet(), {.ignored = scope});
  EXPECT_EQ(operation(plan, "conv1").reason, "ignored by name 'conv1'");
  EXPECT_EQ(operation(plan, "conv3").reason, "ignored by pattern 'conv[3]'");
  EXPECT_EQ(operation(plan, "conv2").reason, "ignored by type 'GroupConvolution'");
  EXPECT_TRUE(operation(plan, "fc").quantized);
}

TEST(IgnoredScope, AttributesThatDifferIgnoreNothing) {
  IgnoredScope scope;
  scope.types = {{"Convolution", {{"strides", {"2,2"}}}}};
  scope.validate = false;
  EXPECT_TRUE(operation(plan_quantization(testing::small_convnet(), {.ignored = scope}), "conv1").quantized);
}

TEST(IgnoredScope, EverythingUnmatchedIsReportedAtOnce) {
  IgnoredScope scope;
  scope.names = {"conv9"};
  scope.patterns = {"zzz.*"};
  scope.types = {{"Convolutoin", {}}};
  try {
    plan_quantization(testing::small_convnet(), {.ignored = scope});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input);
    EXPECT_STREQ(error.what(),
                 "ignored scope: nothing in the model matches name 'conv9' (closest: conv1, conv2, conv3), pattern "
                 "'zzz.*', type "
                 "'Convolutoin' (closest: Convolution); 'octune plan MODEL' prints the names");
  }
}

TEST(IgnoredScope, ABadPatternIsReported) {
  IgnoredScope scope;
  scope.patterns = {"("};
  EXPECT_THROW(plan_quantization(testing::small_convnet(), {.ignored = scope}), Error);
}

TEST(Plan, AQuantizedModelIsRefused) {
  const auto x = image_input();
  const auto border = [](float value) { return op::Constant::create(ov::element::f32, {}, {value}); };
  const auto quantized = std::make_shared<op::FakeQuantize>(x, border(0), border(1), border(0), border(1), 256);
  try {
    plan_quantization(model_of(layer(quantized, "a"), x));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unsupported);
    EXPECT_THAT(error.what(), HasSubstr("is quantized already"));
  }
}

TEST(Plan, OptionsThatMakeNoRangeAreRefusedAllAtOnce) {
  PlanOptions options;
  options.weights.bits = 12;
  options.activations.level_low = -1000;
  options.activations.level_high = 1000;
  options.activations.range_estimator.max.outlier_prob = -2;
  try {
    plan_quantization(testing::small_convnet(), options);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input);
    EXPECT_STREQ(error.what(),
                 "weights: bits 12 are out of range (2 to 8, or 16); activations: levels -1000 to 1000 are more than 8 "
                 "bits hold "
                 "(256); activations.range_estimator.max: outlier_prob -2 is out of range (0 to 0.5)");
  }
  EXPECT_THROW(plan_quantization(nullptr), Error);
}

TEST(Plan, RowsOfSwapsArePlannedInNoTime) {
  const auto x = image_input();
  NodePtr node = layer(x, "a");
  for (int i = 0; i < 40; ++i) {
    const auto halves = std::make_shared<op::Split>(node, op::Constant::create(ov::element::i64, {}, {1}), 2);
    node = std::make_shared<op::Concat>(ov::OutputVector{halves->output(1), halves->output(0)}, 1);
  }
  EXPECT_TRUE(operation(plan_quantization(model_of(layer(node, "b"), x)), "b").quantized);
}

TEST(Plan, AStackOfMatricesGetsOneScale) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{2, 3, 4});
  const auto weights = op::Constant::create(ov::element::f32, {2, 4, 5}, testing::normal(40, 3));
  const auto product = named(std::make_shared<op::MatMul>(x, weights), "stack");
  const Plan plan = plan_quantization(model_of(product, x));
  EXPECT_THAT(quantizer(plan, "stack/fq_weights_1").channel_axes, IsEmpty());
  EXPECT_THAT(plan.bias_corrections, IsEmpty());
}

TEST(Plan, VectorOperandsStayFloat) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{4});
  const auto weights = op::Constant::create(ov::element::f32, {4, 5}, testing::normal(20, 3));
  const auto product = named(std::make_shared<op::MatMul>(x, weights), "vector");
  EXPECT_EQ(operation(plan_quantization(model_of(product, x)), "vector").reason,
            "a vector operand is not executed in integers");
}

TEST(Plan, AConstantPadIsNotPassed) {
  const auto x = image_input();
  const auto zeros = op::Constant::create(ov::element::i64, {4}, {0, 0, 1, 0});
  const auto value = op::Constant::create(ov::element::f32, {}, {0});
  const auto moved =
      std::make_shared<op::Reshape>(layer(x, "a"), op::Constant::create(ov::element::i64, {4}, {1, 4, 4, 16}), false);
  const auto padded = named(std::make_shared<op::Pad>(moved, zeros, zeros, value, ov::op::PadMode::CONSTANT), "padded");
  const auto unpadded =
      std::make_shared<op::Transpose>(padded, op::Constant::create(ov::element::i64, {4}, {0, 1, 3, 2}));
  const Plan plan = plan_quantization(model_of(layer(unpadded, "b"), x));
  const auto found = std::find_if(plan.quantizers.begin(), plan.quantizers.end(), [](const Quantizer& entry) {
    return entry.operations == std::vector<std::string>{"b"} && entry.kind == QuantizerKind::activation;
  });
  ASSERT_NE(found, plan.quantizers.end());
  EXPECT_EQ(found->tensor.node, "padded");
}

}  // namespace
}  // namespace octune
