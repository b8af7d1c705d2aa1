// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/requantize.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <openvino/opsets/opset13.hpp>
#include <openvino/pass/constant_folding.hpp>

#include "graph/normalise.hpp"
#include "infer/runtime.hpp"
#include "octune/error.hpp"
#include "octune/quantize.hpp"
#include "testing/models.hpp"

namespace octune::quantization {
namespace {

namespace op = ov::opset13;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using NodePtr = std::shared_ptr<ov::Node>;

std::shared_ptr<op::Parameter> input(const ov::PartialShape& shape) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, shape);
  x->set_friendly_name("x");
  x->output(0).set_names({"x"});
  return x;
}

NodePtr number(float value, ov::element::Type type = ov::element::f32) {
  return op::Constant::create(type, {}, {value});
}

NodePtr fake_quantize(const ov::Output<ov::Node>& x, float low, float high) {
  return std::make_shared<op::FakeQuantize>(x, number(low), number(high), number(low), number(high), 256);
}

/// QuantizeLinear and DequantizeLinear as the ONNX reader gives them, for u8 with scale and zero point.
NodePtr quantize_dequantize(const ov::Output<ov::Node>& x, float scale, int zero_point) {
  const auto zero = static_cast<float>(zero_point);
  const auto levels = std::make_shared<op::FakeQuantize>(x, number((0 - zero) * scale), number((255 - zero) * scale),
                                                         number(0), number(255), 256);
  const auto bytes = std::make_shared<op::Convert>(levels, ov::element::u8);
  const auto back = std::make_shared<op::Convert>(bytes, ov::element::f32);
  const auto subtracted = std::make_shared<op::Subtract>(
      back, std::make_shared<op::Convert>(number(zero, ov::element::u8), ov::element::f32));
  return std::make_shared<op::Multiply>(subtracted, number(scale));
}

NodePtr stored_weights(const ov::Shape& shape, ov::element::Type type, float zero_point, float scale) {
  const std::vector<float> levels(ov::shape_size(shape), 3 + zero_point);
  const auto back = std::make_shared<op::Convert>(op::Constant::create(type, shape, levels), ov::element::f32);
  ov::pass::disable_constant_folding(back);
  NodePtr node = back;
  if (zero_point != 0)
    node =
        std::make_shared<op::Subtract>(node, std::make_shared<op::Convert>(number(zero_point, type), ov::element::f32));
  return std::make_shared<op::Multiply>(node, number(scale));
}

NodePtr product(const ov::Output<ov::Node>& x, const NodePtr& weights, const std::string& name) {
  const auto node = std::make_shared<op::MatMul>(x, weights, false, true);
  node->set_friendly_name(name);
  return node;
}

std::shared_ptr<ov::Model> model_of(const NodePtr& output, const std::shared_ptr<op::Parameter>& x) {
  return std::make_shared<ov::Model>(ov::OutputVector{output}, ov::ParameterVector{x}, "tiny");
}

std::vector<std::string> types(const ov::Model& model) {
  std::vector<std::string> result;
  for (const auto& node : model.get_ordered_ops()) {
    const std::string type = node->get_type_info().name;
    if (type != "Constant" && type != "Parameter" && type != "Result") result.push_back(type);
  }
  return result;
}

const PlannedOperation& operation(const Plan& plan, const std::string& name) {
  const auto found = std::find_if(plan.operations.begin(), plan.operations.end(),
                                  [&](const PlannedOperation& entry) { return entry.name == name; });
  if (found == plan.operations.end()) throw std::out_of_range("no operation " + name);
  return *found;
}

std::string refusal(const std::shared_ptr<ov::Model>& model) {
  try {
    floating_point_model(model, AlreadyQuantized::refuse);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unsupported);
    return error.what();
  }
  return "accepted";
}

std::vector<float> run(const std::shared_ptr<const ov::Model>& model, std::vector<float> x) {
  ov::CompiledModel compiled = infer::Runtime().compile(model);
  ov::InferRequest request = compiled.create_infer_request();
  request.set_input_tensor(ov::Tensor(ov::element::f32, compiled.input().get_shape(), x.data()));
  request.infer();
  const ov::Tensor output = request.get_output_tensor(0);
  return {output.data<float>(), output.data<float>() + output.get_size()};
}

float largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  EXPECT_EQ(a.size(), b.size());
  float largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

TEST(AlreadyQuantized, IsRefusedWithWhatWasFound) {
  const auto x = input({2, 4});
  const auto w = fake_quantize(op::Constant::create(ov::element::f32, {4, 4}, testing::normal(16, 1)), -2, 2);
  const auto q = fake_quantize(x, 0, 1);
  q->set_friendly_name("first");
  EXPECT_EQ(refusal(model_of(product(q, w, "a"), x)),
            "model: is quantized already (2 FakeQuantize; the first is 'first'); start from the floating-point model, "
            "or give --requantize to take its quantization out first");
  EXPECT_EQ(refusal(model_of(product(x, op::Constant::create(ov::element::f32, {4, 4}, {1}), "a"), x)), "accepted");
}

TEST(AlreadyQuantized, IsFoundInSubGraphs) {
  const auto x = input({2, 4});
  const auto inner = input({2, 4});
  const auto trip = op::Constant::create(ov::element::i64, {}, {2});
  const auto yes = op::Constant::create(ov::element::boolean, {}, {true});
  const auto loop = std::make_shared<op::Loop>(trip, yes);
  const auto changed = std::make_shared<op::Relu>(fake_quantize(inner, -1, 1));
  const auto body = std::make_shared<ov::Model>(ov::OutputVector{changed, yes}, ov::ParameterVector{inner});
  loop->set_function(body);
  loop->set_special_body_ports({-1, 1});
  loop->set_merged_input(inner, x, changed);
  const auto output = loop->get_iter_value(changed, -1);
  const auto model = std::make_shared<ov::Model>(ov::OutputVector{output}, ov::ParameterVector{x});
  EXPECT_THAT(refusal(model), HasSubstr("1 FakeQuantize"));

  const FloatModel floating = floating_point_model(model, AlreadyQuantized::requantize);
  EXPECT_FALSE(find_quantization(*floating.model).any());
  EXPECT_TRUE(find_quantization(*model).any()) << "the given model was changed";
  EXPECT_THAT(run(floating.model, {-1, 2, 3, 4, 5, 6, 7, 8}), ElementsAre(0, 2, 3, 4, 5, 6, 7, 8));
}

TEST(Requantize, BypassesFakeQuantizeAndFoldsWeights) {
  const auto x = input({2, 4});
  const auto w = stored_weights({4, 4}, ov::element::i8, 0, 0.5F);
  const auto model = model_of(product(fake_quantize(x, -1, 1), w, "a"), x);
  const FloatModel floating = floating_point_model(model, AlreadyQuantized::requantize);
  EXPECT_THAT(types(*floating.model), ElementsAre("MatMul"));
  EXPECT_THAT(
      floating.warnings,
      ElementsAre("the model was quantized already: 1 quantizer of activations taken out, 1 constant turned back "
                  "into floating point; accuracy that was lost then does not come back"));
  EXPECT_THAT(run(floating.model, {1, 2, 3, 4, 5, 6, 7, 8}), ElementsAre(15, 15, 15, 15, 39, 39, 39, 39));
}

TEST(Requantize, AFloatModelIsLeftAsItIs) {
  const auto model = testing::small_convnet();
  const FloatModel floating = floating_point_model(model, AlreadyQuantized::requantize);
  EXPECT_EQ(floating.model, model);
  EXPECT_THAT(floating.warnings, IsEmpty());
}

TEST(Requantize, TakesOutQuantizeLinearAndDequantizeLinear) {
  const auto x = input({2, 4});
  const auto w = stored_weights({4, 4}, ov::element::u8, 128, 0.25F);
  const NodePtr y = quantize_dequantize(product(quantize_dequantize(x, 0.01F, 100), w, "a"), 0.2F, 17);
  y->output(0).set_names({"y"});
  const auto model = model_of(y, x);
  EXPECT_THAT(refusal(model), HasSubstr("2 FakeQuantize"));
  const FloatModel floating = floating_point_model(model, AlreadyQuantized::requantize);
  EXPECT_THAT(types(*floating.model), ElementsAre("MatMul"));
  EXPECT_THAT(floating.model->output().get_names(), ElementsAre("y"));
  EXPECT_THAT(run(floating.model, {1, 2, 3, 4, 5, 6, 7, 8}), ElementsAre(7.5, 7.5, 7.5, 7.5, 19.5, 19.5, 19.5, 19.5));
}

TEST(Requantize, TheNormalisedFormOfQuantizeLinearIsTakenOutToo) {
  const auto x = input({2, 4});
  const auto w = stored_weights({4, 4}, ov::element::i8, 0, 0.25F);
  const auto model = graph::normalise(model_of(product(quantize_dequantize(x, 0.01F, 100), w, "a"), x));
  EXPECT_THAT(types(*floating_point_model(model, AlreadyQuantized::requantize).model), ElementsAre("MatMul"));
}

TEST(Requantize, FollowsIntegersOverMovements) {
  const auto x = input({2, 4});
  const auto levels = std::make_shared<op::FakeQuantize>(x, number(0), number(2.55F), number(0), number(255), 256);
  const auto bytes = std::make_shared<op::Convert>(levels, ov::element::u8);
  const auto moved = std::make_shared<op::Transpose>(bytes, op::Constant::create(ov::element::i64, {2}, {1, 0}));
  const auto back = std::make_shared<op::Convert>(moved, ov::element::f32);
  const auto y = std::make_shared<op::Multiply>(back, number(0.01F));
  const FloatModel floating = floating_point_model(model_of(y, x), AlreadyQuantized::requantize);
  EXPECT_THAT(types(*floating.model), ElementsAre("Transpose"));
  EXPECT_EQ(floating.model->output().get_element_type(), ov::element::f32);
}

// QLinearAdd and QLinearMul are read without FakeQuantize.
TEST(Requantize, TakesOutDivisionsByAScale) {
  const auto x = input({1, 2});
  const NodePtr sum = std::make_shared<op::Add>(quantize_dequantize(x, 0.01F, 100), number(1));
  const auto zero = std::make_shared<op::Convert>(number(20, ov::element::u8), ov::element::f32);
  const auto levels = std::make_shared<op::Add>(std::make_shared<op::Divide>(sum, number(0.05F)), zero);
  const auto back =
      std::make_shared<op::Convert>(std::make_shared<op::Convert>(levels, ov::element::u8), ov::element::f32);
  const auto y = std::make_shared<op::Multiply>(std::make_shared<op::Subtract>(back, zero), number(0.05F));
  const FloatModel floating = floating_point_model(model_of(y, x), AlreadyQuantized::requantize);
  EXPECT_THAT(types(*floating.model), ElementsAre("Add"));
  EXPECT_THAT(run(floating.model, {5, 0.001F}), ElementsAre(6, ::testing::FloatEq(1.001F)));
}

TEST(Requantize, WhatReadsIntegersOtherwiseGetsTheirRealValues) {
  const auto x = input({1, 2});
  const auto levels = std::make_shared<op::FakeQuantize>(x, number(-1), number(1.55F), number(0), number(255), 256);
  const auto back =
      std::make_shared<op::Convert>(std::make_shared<op::Convert>(levels, ov::element::u8), ov::element::f32);
  const auto y = std::make_shared<op::Exp>(std::make_shared<op::Multiply>(back, number(0.01F)));
  const auto z = std::make_shared<op::Add>(y, back);
  const FloatModel floating = floating_point_model(model_of(z, x), AlreadyQuantized::requantize);
  // q = (x + 1) * 100
  const std::vector<float> result = run(floating.model, {0, 0.5F});
  EXPECT_NEAR(result[0], std::exp(1.F) + 100, 1e-2);
  EXPECT_NEAR(result[1], std::exp(1.5F) + 150, 1e-2);
}

TEST(Requantize, ARangeFromZeroBehindALayerStaysAClamp) {
  const auto x = input({1, 2});
  const auto w = op::Constant::create(ov::element::f32, {2, 2}, {1, 0, 0, 1});
  const auto model = model_of(quantize_dequantize(product(x, w, "a"), 6.F / 255, 0), x);
  const FloatModel floating = floating_point_model(model, AlreadyQuantized::requantize);
  EXPECT_THAT(types(*floating.model), ElementsAre("MatMul", "Clamp"));
  EXPECT_THAT(run(floating.model, {-2, 7}), ElementsAre(0, 6));

  const auto rectified = std::make_shared<op::Relu>(product(x, w, "a"));
  const FloatModel known =
      floating_point_model(model_of(fake_quantize(rectified, 0, 6), x), AlreadyQuantized::requantize);
  EXPECT_THAT(types(*known.model), ElementsAre("MatMul", "Relu"));
}

TEST(Requantize, FakeConvertIsTakenOut) {
  const auto x = input({1, 2});
  const auto rounded = std::make_shared<ov::op::v13::FakeConvert>(x, number(1), "f8e4m3");
  const auto model = model_of(std::make_shared<op::Relu>(rounded), x);
  EXPECT_THAT(refusal(model), HasSubstr("1 FakeConvert"));
  EXPECT_THAT(types(*floating_point_model(model, AlreadyQuantized::requantize).model), ElementsAre("Relu"));
}

TEST(Requantize, CompressedWeightsBecomeFloat) {
  for (const ov::element::Type type : {ov::element::i8, ov::element::u8, ov::element::i4, ov::element::u4}) {
    const auto x = input({1, 4});
    const bool is_signed = type == ov::element::i8 || type == ov::element::i4;
    const auto groups = stored_weights({4, 2, 2}, type, is_signed ? 0 : 8, 0.5F);
    const auto joined =
        std::make_shared<op::Reshape>(groups, op::Constant::create(ov::element::i64, {2}, {4, 4}), false);
    const auto model = model_of(product(x, joined, "a"), x);

    const Plan as_it_is = plan_quantization(model);
    EXPECT_EQ(operation(as_it_is, "a").reason, "its weights are compressed already") << type;
    EXPECT_THAT(as_it_is.warnings,
                ElementsAre("the weights of 1 operation ('a') are compressed already: it stays as it is; start from "
                            "the floating-point model, or give --requantize"));

    const FloatModel floating = floating_point_model(model, AlreadyQuantized::requantize);
    EXPECT_THAT(types(*floating.model), ElementsAre("MatMul")) << type;
    EXPECT_THAT(run(floating.model, {1, 2, 3, 4}), ElementsAre(15, 15, 15, 15)) << type;
    const Plan anew = plan_quantization(model, {.already_quantized = AlreadyQuantized::requantize});
    EXPECT_TRUE(operation(anew, "a").quantized);
  }
}

/// y = x W as ONNX's DynamicQuantizeLinear and MatMulInteger are read.
std::shared_ptr<ov::Model> dynamically_quantized() {
  const auto x = input({2, 4});
  const auto axes = op::Constant::create(ov::element::i64, {2}, {0, 1});
  const auto highest = std::make_shared<op::Maximum>(number(0), std::make_shared<op::ReduceMax>(x, axes));
  const auto lowest = std::make_shared<op::Minimum>(number(0), std::make_shared<op::ReduceMin>(x, axes));
  const auto range = std::make_shared<op::Subtract>(highest, lowest);
  const auto scale = std::make_shared<op::Divide>(range, number(255));
  const auto zero = std::make_shared<op::Convert>(
      std::make_shared<op::Clamp>(
          std::make_shared<op::Round>(
              std::make_shared<op::Divide>(std::make_shared<op::Subtract>(number(0), lowest), scale),
              op::Round::RoundMode::HALF_TO_EVEN),
          0, 255),
      ov::element::u8);
  const auto rounded =
      std::make_shared<op::Round>(std::make_shared<op::Divide>(std::make_shared<op::Multiply>(x, number(255)), range),
                                  op::Round::RoundMode::HALF_TO_EVEN);
  const auto shifted = std::make_shared<op::Add>(rounded, std::make_shared<op::Convert>(zero, ov::element::f32));
  const auto bytes = std::make_shared<op::Convert>(std::make_shared<op::Clamp>(shifted, 0, 255), ov::element::u8);
  const auto wide = [](const NodePtr& node) { return std::make_shared<op::Convert>(node, ov::element::i32); };
  const auto a = std::make_shared<op::Subtract>(wide(bytes), wide(zero));
  const auto stored = op::Constant::create(ov::element::i8, {4, 2}, {10, -3, 7, 100, -90, 5, 60, 0});
  const auto b = std::make_shared<op::Subtract>(wide(stored), wide(number(2, ov::element::i8)));
  const auto integers = std::make_shared<op::MatMul>(a, b);
  integers->set_friendly_name("layer");
  const auto back = std::make_shared<op::Convert>(integers, ov::element::f32);
  const auto y = std::make_shared<op::Multiply>(back, std::make_shared<op::Multiply>(scale, number(0.1F)));
  return model_of(y, x);
}

TEST(Requantize, DynamicQuantizationIsTakenOut) {
  const auto model = dynamically_quantized();
  EXPECT_THAT(refusal(model), HasSubstr("(1 layer on integers; the first is 'layer')"));
  const FloatModel floating = floating_point_model(model, AlreadyQuantized::requantize);
  EXPECT_THAT(types(*graph::normalise(floating.model)), ElementsAre("MatMul", "Multiply"));
  const std::vector<float> x{0.3F, -1, 2, 0.7F, 1, 1, -0.5F, 0};
  // x (W - 2) * 0.1
  const std::vector<float> w{8, -5, 5, 98, -92, 3, 58, -2};
  std::vector<float> oracle(4, 0.F);
  for (std::size_t row = 0; row < 2; ++row)
    for (std::size_t column = 0; column < 2; ++column)
      for (std::size_t k = 0; k < 4; ++k) oracle[row * 2 + column] += x[row * 4 + k] * w[k * 2 + column] * 0.1F;
  EXPECT_LT(largest_difference(run(floating.model, x), oracle), 1e-4F);
  EXPECT_LT(largest_difference(run(model, x), oracle), 0.2F) << "the model is not what the test takes it for";
  EXPECT_TRUE(plan_quantization(model, {.already_quantized = AlreadyQuantized::requantize}).operations[0].quantized);
}

TEST(Requantize, IntegersOfUnknownOriginAreRefused) {
  const auto x = std::make_shared<op::Parameter>(ov::element::u8, ov::PartialShape{2, 4});
  const auto wide = std::make_shared<op::Convert>(x, ov::element::i32);
  const auto layer = product(wide, op::Constant::create(ov::element::i32, {4, 4}, {1}), "layer");
  try {
    floating_point_model(model_of(layer, x), AlreadyQuantized::requantize);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unsupported);
    EXPECT_STREQ(error.what(),
                 "model: its quantization cannot be taken out (1 layer on integers; the first is 'layer'); start from "
                 "the floating-point model");
  }
}

TEST(Requantize, AnOwnResultGetsThePlanOfTheFloatModel) {
  for (const auto& model : {testing::small_convnet(), testing::small_transformer()}) {
    const auto shape = model->input().get_shape();
    const auto data = dataset(8, [&](std::size_t index) {
      const std::vector<float> values = testing::normal(ov::shape_size(shape), 70 + index);
      ov::Tensor tensor(ov::element::f32, shape);
      std::copy(values.begin(), values.end(), tensor.data<float>());
      return Sample{{"x", tensor}};
    });
    const QuantizeResult first = quantize(model, *data, {.subset_size = 8});
    EXPECT_THROW(quantize(first.model, *data, {.subset_size = 8}), Error);

    QuantizeOptions options{.subset_size = 8};
    options.plan.already_quantized = AlreadyQuantized::requantize;
    const QuantizeResult second = quantize(first.model, *data, options);
    ASSERT_EQ(second.plan.warnings.size(), first.plan.warnings.size() + 1);
    EXPECT_THAT(second.plan.warnings.front(), HasSubstr("does not come back"));
    Plan plan = second.plan;
    plan.warnings = first.plan.warnings;
    plan.total_operations = first.plan.total_operations;  // normalising twice may find a little more to fold
    EXPECT_EQ(to_text(plan), to_text(first.plan));

    const std::vector<float> x = testing::normal(ov::shape_size(shape), 99);
    const std::vector<float> reference = run(model, x);
    float largest = 0;
    for (const float value : reference) largest = std::max(largest, std::abs(value));
    EXPECT_LT(largest_difference(run(second.model, x), reference), 0.1F * largest);
  }
}

}  // namespace
}  // namespace octune::quantization
