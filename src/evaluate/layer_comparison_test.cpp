// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/layer_comparison.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <openvino/opsets/opset13.hpp>

#include "evaluate/test_values.hpp"

namespace octune::evaluate {
namespace {

namespace op = ov::opset13;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

LayerTime layer(const std::string& name, const std::string& type, const std::string& primitive,
                const std::string& precision, double milliseconds, std::vector<std::string> operations) {
  return {{name, type, primitive, precision, std::move(operations)}, milliseconds};
}

/// conv1 (with relu1) and conv2 in float.
std::vector<LayerTime> float_layers() {
  return {layer("conv1", "Convolution", "brgconv_f32", "f32", 0.5, {"conv1", "relu1"}),
          layer("conv2", "Convolution", "brgconv_f32", "f32", 0.25, {"conv2"})};
}

const QuantizedPlaces kBothQuantized{{"conv1", "conv2"}, {{"fq1", "conv1"}, {"fq2", "conv2"}}};

const LayerGroup& group_of(const std::vector<LayerGroup>& groups, const std::string& name) {
  const auto found =
      std::find_if(groups.begin(), groups.end(), [&](const LayerGroup& group) { return group.name == name; });
  if (found == groups.end()) throw std::out_of_range(name);
  return *found;
}

TEST(LayerComparison, FasterLayersNeedNoReason) {
  const std::vector<LayerTime> integers{layer("conv1", "Convolution", "brgconv_I8", "i8", 0.25, {"conv1", "relu1"}),
                                        layer("conv2", "Convolution", "brgconv_I8", "i8", 0.25, {"conv2"})};
  const auto groups = compare_layers(float_layers(), integers, kBothQuantized);
  ASSERT_THAT(groups, SizeIs(2));
  // What lost most comes first: conv2 lost nothing, conv1 gained.
  EXPECT_EQ(groups[0].name, "conv2");
  EXPECT_EQ(groups[1].name, "conv1");
  EXPECT_EQ(groups[1].float_ms, 0.5);
  EXPECT_EQ(groups[1].quantized_ms, 0.25);
  for (const LayerGroup& group : groups) EXPECT_EQ(group.reason, "");
}

TEST(LayerComparison, ExecutedInFloatAlthoughQuantized) {
  const std::vector<LayerTime> integers{layer("conv1/DequantizationMultiply", "Convolution", "ref_f32", "f32", 0.75,
                                              {"conv1/DequantizationMultiply", "relu1"}),
                                        layer("conv2", "Convolution", "brgconv_I8", "i8", 0.125, {"conv2"})};
  const auto groups = compare_layers(float_layers(), integers, kBothQuantized);
  EXPECT_EQ(groups.front().name, "conv1");
  EXPECT_EQ(groups.front().reason, "executed in f32 although quantized");
  const auto left_in_float = compare_layers(float_layers(), integers, {});
  EXPECT_EQ(left_in_float.front().reason, "ref_f32 is slower here than brgconv_f32");
}

TEST(LayerComparison, RescalingInFloatIsNotTheLayer) {
  const std::vector<LayerTime> integers{
      layer("conv1_original", "Convolution", "brgconv_I8", "i8", 0.5, {"conv1_original"}),
      layer("conv1", "Eltwise", "jit_f32", "f32", 0.25, {"conv1", "relu1"}),
      layer("conv2", "Convolution", "brgconv_I8", "i8", 0.125, {"conv2"})};
  const auto groups = compare_layers(float_layers(), integers, kBothQuantized);
  EXPECT_EQ(groups.front().quantized_ms, 0.75);
  EXPECT_EQ(groups.front().reason, "brgconv_I8 is slower here than brgconv_f32");
}

TEST(LayerComparison, AddedLayersBelongToTheOperationTheyServe) {
  const std::vector<LayerTime> integers{layer("fq1", "FakeQuantize", "jit_f32", "f32", 0.375, {"fq1"}),
                                        layer("fq1_abcd_acdb_conv1", "Reorder", "reorder_I8", "u8", 0.0625, {}),
                                        layer("conv1", "Convolution", "brgconv_I8", "i8", 0.125, {"conv1", "relu1"}),
                                        layer("conv1_acdb_abcd_conv2", "Reorder", "reorder_I8", "u8", 0.25, {}),
                                        layer("conv2", "Convolution", "brgconv_I8", "i8", 0.125, {"conv2"})};
  const auto groups = compare_layers(float_layers(), integers, kBothQuantized);
  ASSERT_THAT(groups, SizeIs(2));
  const LayerGroup& first = group_of(groups, "conv1");
  EXPECT_EQ(first.quantized_ms, 0.5625);
  EXPECT_EQ(
      first.reason,
      "its input is quantized in a layer of its own (+0.375 ms); 1 reorder or conversion of data added (+0.062 ms)");
  EXPECT_EQ(group_of(groups, "conv2").reason, "1 reorder or conversion of data added (+0.250 ms)");
}

TEST(LayerComparison, ReordersThatTheFloatModelHasTooAreNoReason) {
  const std::vector<LayerTime> floats{layer("x_abcd_acdb_conv", "Reorder", "reorder_f32", "f32", 0.125, {}),
                                      layer("conv", "Convolution", "brgconv_f32", "f32", 0.25, {"conv"})};
  const std::vector<LayerTime> integers{layer("x_abcd_acdb_conv", "Reorder", "reorder_I8", "u8", 0.25, {}),
                                        layer("conv", "Convolution", "brgconv_I8", "i8", 0.25, {"conv"})};
  const auto groups = compare_layers(floats, integers, {{"conv"}, {}});
  ASSERT_THAT(groups, SizeIs(1));
  EXPECT_EQ(groups[0].float_ms, 0.375);
  EXPECT_EQ(groups[0].reason, "reordering or converting data takes longer (+0.125 ms)");
}

TEST(LayerComparison, ReordersBehindTheLastLayerBelongToWhatMadeTheirInput) {
  const std::vector<LayerTime> floats{layer("conv", "Convolution", "brgconv_f32", "f32", 0.25, {"conv"}),
                                      layer("conv_acb_abc_out", "Reorder", "reorder_f32", "f32", 0.0625, {})};
  const std::vector<LayerTime> integers{layer("conv", "Convolution", "brgconv_I8", "i8", 0.125, {"conv"}),
                                        layer("conv_acb_abc_out", "Reorder", "reorder_f32", "f32", 0.0625, {})};
  const auto groups = compare_layers(floats, integers, {{"conv"}, {}});
  ASSERT_THAT(groups, SizeIs(1));
  EXPECT_EQ(groups[0].quantized_ms, 0.1875);
}

TEST(LayerComparison, LittleTimeIsNoReason) {
  const std::vector<LayerTime> integers{layer("conv1", "Convolution", "brgconv_I8", "i8", 0.75, {"conv1", "relu1"}),
                                        layer("x_abcd_acdb_conv1", "Reorder", "reorder_I8", "u8", 0.015625, {}),
                                        layer("conv2", "Convolution", "brgconv_I8", "i8", 0.125, {"conv2"})};
  const auto groups = compare_layers(float_layers(), integers, kBothQuantized);
  EXPECT_EQ(group_of(groups, "conv1").reason, "brgconv_I8 is slower here than brgconv_f32");
}

TEST(LayerComparison, LayersUnderOtherNamesArePairedInOrder) {
  std::vector<LayerTime> floats = float_layers(), integers = float_layers();
  floats.push_back(layer("LSTMSequence_173", "RNNSeq", "ref_any_f32", "f32", 0.5, {"LSTMSequence_173"}));
  integers.push_back(layer("LSTMSequence_0", "RNNSeq", "ref_any_f32", "f32", 0.5, {"LSTMSequence_0"}));
  EXPECT_EQ(group_of(compare_layers(floats, integers, {}), "LSTMSequence_0").float_ms, 0.5);
  // Two of them: nobody knows which is the other's.
  integers.push_back(layer("LSTMSequence_1", "RNNSeq", "ref_any_f32", "f32", 0.5, {"LSTMSequence_1"}));
  EXPECT_EQ(group_of(compare_layers(floats, integers, {}), "LSTMSequence_0").float_ms, 0);
}

TEST(LayerComparison, PostOperationsNoLongerFused) {
  const std::vector<LayerTime> integers{layer("conv1", "Convolution", "brgconv_I8", "i8", 0.375, {"conv1"}),
                                        layer("relu1", "Eltwise", "jit_f32", "f32", 0.25, {"relu1"}),
                                        layer("conv2", "Convolution", "brgconv_I8", "i8", 0.125, {"conv2"})};
  const auto groups = compare_layers(float_layers(), integers, kBothQuantized);
  EXPECT_EQ(group_of(groups, "conv1").reason, "no longer fused into the layer before: relu1");
}

TEST(LayerComparison, TheSameKernelIsNoFaultOfQuantization) {
  const std::vector<LayerTime> integers{layer("conv1", "Convolution", "brgconv_f32", "f32", 0.625, {"conv1", "relu1"}),
                                        layer("extra", "Eltwise", "jit_f32", "f32", 0.125, {"extra"})};
  const auto groups = compare_layers(float_layers(), integers, {});
  EXPECT_THAT(group_of(groups, "conv1").reason, HasSubstr("the same brgconv_f32 as in float"));
  EXPECT_EQ(group_of(groups, "extra").reason, "Eltwise added, in no layer of the float model");
  EXPECT_EQ(group_of(groups, "conv2").quantized_ms, 0);
  EXPECT_EQ(group_of(groups, "conv2").reason, "");
}

TEST(LayerComparison, TimesByKindStandSideBySide) {
  const std::vector<std::vector<LayerTime>> models{
      float_layers(),
      {layer("fq1", "FakeQuantize", "jit_f32", "f32", 1, {"fq1"}),
       layer("conv1", "Convolution", "brgconv_I8", "i8", 0.125, {"conv1", "relu1"})}};
  const auto kinds = times_by_kind(models);
  ASSERT_THAT(kinds, SizeIs(2));
  EXPECT_EQ(kinds[0].kind, "FakeQuantize");
  EXPECT_THAT(kinds[0].layers, ElementsAre(0, 1));
  EXPECT_THAT(kinds[0].milliseconds, ElementsAre(0, 1));
  EXPECT_EQ(kinds[1].kind, "Convolution");
  EXPECT_THAT(kinds[1].layers, ElementsAre(2, 1));
  EXPECT_THAT(kinds[1].milliseconds, ElementsAre(0.75, 0.125));
  EXPECT_THAT(times_by_kind({}), IsEmpty());
}

TEST(LayerComparison, QuantizedPlacesAreReadFromTheModel) {
  const auto scalar = [](float value) { return op::Constant::create(ov::element::f32, {}, {value}); };
  const auto fake_quantize = [&](const ov::Output<ov::Node>& x, const std::string& name) {
    const auto node =
        std::make_shared<op::FakeQuantize>(x, scalar(0), scalar(1), scalar(0), scalar(1), std::size_t{256});
    node->set_friendly_name(name);
    return node;
  };
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::Shape{1, 4});
  const auto weights = op::Constant::create(ov::element::f32, {4, 4}, std::vector<float>(16, 0.5F));
  const auto fc = std::make_shared<op::MatMul>(fake_quantize(x, "fq_x"), fake_quantize(weights, "fq_w"));
  fc->set_friendly_name("fc");
  const auto relu = std::make_shared<op::Relu>(fake_quantize(fc, "fq_fc"));
  relu->set_friendly_name("relu");
  const auto last = std::make_shared<op::MatMul>(relu, weights);
  const ov::Model model(ov::OutputVector{last}, ov::ParameterVector{x});
  const QuantizedPlaces places = quantized_places(model);
  EXPECT_THAT(places.operations, UnorderedElementsAre("fc"));
  EXPECT_THAT(places.consumer, UnorderedElementsAre(std::pair("fq_x", "fc"), std::pair("fq_fc", "relu")));
}

}  // namespace
}  // namespace octune::evaluate
