// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/schemes.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <openvino/opsets/opset13.hpp>

#include "octune/quantize.hpp"
#include "quantize/scheme_notes.hpp"
#include "testing/models.hpp"

namespace octune::quantization {
namespace {

namespace op = ov::opset13;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using NodePtr = std::shared_ptr<ov::Node>;

constexpr auto kSymmetric = Mode::symmetric;
constexpr auto kAsymmetric = Mode::asymmetric;
constexpr auto kTensor = Granularity::per_tensor;
constexpr auto kChannel = Granularity::per_channel;

target::SupportedScheme offered(int bits, Mode mode, Granularity granularity) {
  return {{bits, mode, granularity, std::nullopt, std::nullopt}, Execution::integer, true, std::nullopt};
}

std::vector<std::string> texts(const Schemes& schemes) {
  std::vector<std::string> result;
  for (const target::SupportedScheme& entry : schemes) {
    result.push_back(text_of(entry.scheme) + (entry.offered ? "" : " as written"));
  }
  return result;
}

const Schemes kWeights{offered(8, kSymmetric, kChannel), offered(8, kAsymmetric, kChannel),
                       offered(4, kSymmetric, kTensor)};

std::vector<std::string> restricted(const SchemeOverride& wanted) {
  return texts(restrict_to(kWeights, wanted, QuantizerKind::weights, "MatMul", target::find_table("CPU")));
}

SchemeOverride wish(std::optional<int> bits, std::optional<Mode> mode = {}, std::optional<Granularity> granularity = {},
                    std::optional<int> low = {}, std::optional<int> high = {}) {
  SchemeOverride result;
  result.bits = bits;
  result.mode = mode;
  result.granularity = granularity;
  result.level_low = low;
  result.level_high = high;
  return result;
}

TEST(RestrictTo, KeepsWhatAgreesWithTheUser) {
  EXPECT_THAT(restricted({}),
              ElementsAre("8-bit symmetric per channel", "8-bit asymmetric per channel", "4-bit symmetric per tensor"));
  EXPECT_THAT(restricted(wish(4)), ElementsAre("4-bit symmetric per tensor"));
  EXPECT_THAT(restricted(wish({}, kAsymmetric)), ElementsAre("8-bit asymmetric per channel"));
  EXPECT_THAT(restrict_to({}, wish(4), QuantizerKind::weights, "MatMul", target::find_table("CPU")), IsEmpty());
}

TEST(RestrictTo, TakesTheRestOfTheNearestEntryForWhatIsNotInTheTable) {
  EXPECT_THAT(restricted(wish(6)), ElementsAre("6-bit symmetric per channel as written"));
  EXPECT_THAT(restricted(wish(4, kAsymmetric)), ElementsAre("4-bit asymmetric per channel as written"));
  EXPECT_THAT(restricted(wish(4, {}, kChannel)), ElementsAre("4-bit symmetric per channel as written"));
}

TEST(RestrictTo, LevelsAreAsWrittenUnlessThereAreAsManyAsTheBitsGive) {
  EXPECT_THAT(restricted(wish(8, kSymmetric, {}, 0, 255)),
              ElementsAre("8-bit symmetric per channel, levels 0 to 255 as written"));
  EXPECT_THAT(restricted(wish(8, kSymmetric, {}, -127, 127)),
              ElementsAre("8-bit symmetric per channel, levels -127 to 127"));
  EXPECT_THAT(restricted(wish(8, kAsymmetric, {}, -128, 127)),
              ElementsAre("8-bit asymmetric per channel, levels -128 to 127"));
}

TEST(RestrictTo, AsksTheTableHowItRuns) {
  const auto execution = [](const SchemeOverride& wanted) {
    return restrict_to(kWeights, wanted, QuantizerKind::weights, "MatMul", target::find_table("CPU")).front().execution;
  };
  EXPECT_EQ(execution(wish(6)), Execution::integer);
  EXPECT_EQ(execution(wish(6, kAsymmetric)), Execution::floating);
  EXPECT_EQ(execution(wish(16)), Execution::floating);
}

TEST(Agree, IsTheIntersectionOrWhatIsWeaker) {
  const Schemes depthwise{offered(8, kSymmetric, kChannel)};
  const Schemes plain{offered(8, kAsymmetric, kTensor), offered(4, kSymmetric, kTensor)};
  const Schemes both{offered(8, kSymmetric, kTensor), offered(8, kAsymmetric, kTensor)};
  EXPECT_THAT(texts(agree(plain, both)), ElementsAre("8-bit asymmetric per tensor"));
  EXPECT_THAT(texts(agree(depthwise, plain)), ElementsAre("8-bit symmetric per tensor"));
  EXPECT_THAT(texts(agree(depthwise, both)), ElementsAre("8-bit symmetric per tensor"));
}

TEST(Agree, NobodyGetsOtherBitsOrLessThanTheUserWrote) {
  EXPECT_THAT(agree({offered(16, kSymmetric, kTensor)}, {offered(8, kSymmetric, kTensor)}), IsEmpty());
  Schemes written{offered(8, kSymmetric, kChannel)};
  written.front().offered = false;
  EXPECT_THAT(agree(written, {offered(8, kSymmetric, kTensor)}), IsEmpty());
}

TEST(Choose, TakesTheFirstOfTheModeWithTheFirstBits) {
  const auto chosen = [](const Schemes& schemes, Preset preset, QuantizerKind kind) {
    return text_of(choose(schemes, preset, kind).scheme);
  };
  const auto weights = QuantizerKind::weights, activation = QuantizerKind::activation;
  EXPECT_EQ(chosen(kWeights, Preset::performance, weights), "8-bit symmetric per channel");
  EXPECT_EQ(chosen(kWeights, Preset::mixed, weights), "8-bit symmetric per channel");
  EXPECT_EQ(chosen(kWeights, Preset::accuracy, weights), "8-bit asymmetric per channel");
  const Schemes vpu{offered(8, kAsymmetric, kTensor), offered(4, kSymmetric, kTensor)};
  for (const Preset preset : {Preset::performance, Preset::mixed, Preset::accuracy})
    EXPECT_EQ(chosen(vpu, preset, activation), "8-bit asymmetric per tensor");
  Schemes gna{offered(8, kSymmetric, kChannel), offered(16, kSymmetric, kTensor)};
  EXPECT_EQ(chosen(gna, Preset::accuracy, weights), "8-bit symmetric per channel");
  gna.back().preset = Preset::accuracy;
  EXPECT_EQ(chosen(gna, Preset::accuracy, weights), "16-bit symmetric per tensor");
  EXPECT_EQ(chosen(gna, Preset::performance, weights), "8-bit symmetric per channel");
}

TEST(SchemeNotes, AnOperationRunsInIntegersOnlyIfAllItsSchemesDo) {
  SchemeNotes notes;
  target::SupportedScheme scheme = offered(8, kSymmetric, kTensor);
  notes.add("a", QuantizerKind::activation, scheme);
  notes.add("b", QuantizerKind::activation, scheme);
  scheme.execution = Execution::unknown;
  notes.add("b", QuantizerKind::weights, scheme);
  EXPECT_EQ(notes.execution_of("a"), Execution::integer);
  EXPECT_EQ(notes.execution_of("b"), Execution::unknown);
  scheme.execution = Execution::floating;
  notes.add("b", QuantizerKind::weights, scheme);
  scheme.execution = Execution::integer;
  notes.add("b", QuantizerKind::weights, scheme);
  EXPECT_EQ(notes.execution_of("b"), Execution::floating);
}

TEST(SchemeNotes, ManyOperationsAreCounted) {
  SchemeNotes notes;
  target::SupportedScheme scheme = offered(5, kSymmetric, kTensor);
  scheme.offered = false;
  scheme.execution = Execution::unknown;
  for (int i = 0; i < 8; ++i) notes.add(fmt::format("m{}", i), QuantizerKind::weights, scheme);
  EXPECT_THAT(notes.warnings("NPU", Preset::performance, {}),
              ElementsAre("weights 5-bit symmetric per tensor: not in the table of NPU for 8 operations ('m0', 'm1', "
                          "'m2', 'm3', 'm4' and 3 more): applied as written; in which precision they run is not "
                          "known"));
}

TEST(Schemes, OutsideTheTableAreAppliedAsWrittenWithAWarningThatNamesTheOperations) {
  PlanOptions options{.overflow_fix = OverflowFix::off};
  options.activations.granularity = kChannel;
  options.weights.bits = 4;
  const Plan plan = plan_quantization(testing::small_convnet(), options);
  EXPECT_THAT(
      plan.warnings,
      ElementsAre("activations 8-bit symmetric per channel: not in the table of CPU for 3 operations ('conv1', "
                  "'conv3', 'pool'): applied as written; the runtime computes them in floating point",
                  "weights 4-bit symmetric per channel: not in the table of CPU for 2 operations ('conv2', 'fc'): "
                  "applied as written; the runtime computes them in integers",
                  "weights 4-bit symmetric per channel: not in the table of CPU for 2 operations ('conv1', 'conv3'): "
                  "applied as written; the runtime computes them in floating point",
                  "activations per channel: 1 operation ('fc') has no channel axis: one range for the tensor"));
}

TEST(Schemes, AnEstimatorAloneChangesNothingElse) {
  PlanOptions options{.preset = Preset::accuracy, .overflow_fix = OverflowFix::off};
  const auto warnings = plan_quantization(testing::small_convnet(), options).warnings;
  EXPECT_EQ(warnings.size(), 1u) << "asymmetric weights run in float";
  options.weights.range_estimator.preset = EstimatorPreset::quantile;
  options.activations.range_estimator.preset = EstimatorPreset::quantile;
  const Plan plan = plan_quantization(testing::small_convnet(), options);
  EXPECT_EQ(plan.warnings, warnings);
  const std::string text = to_text(plan);
  EXPECT_THAT(text, HasSubstr("ranges of 4 activations: min (quantile 0.0001, mean), max (quantile 0.0001, mean)\n"));
  EXPECT_THAT(text, HasSubstr("ranges of 1 activations: min (quantile 0.0001, min), max (quantile 0.0001, max)\n"));
  EXPECT_THAT(text, HasSubstr("ranges of 4 weights: min (quantile 0.0001), max (quantile 0.0001)\n"));
}

TEST(Schemes, APresetThatADeviceCannotFollowSaysSo) {
  const auto warnings = [](const char* device, Preset preset) {
    return plan_quantization(testing::small_convnet(), {.target_device = device, .preset = preset}).warnings;
  };
  EXPECT_THAT(warnings("GNA", Preset::performance), IsEmpty());
  EXPECT_THAT(warnings("GNA", Preset::mixed),
              ElementsAre("preset 'mixed' means 'accuracy' on GNA",
                          "preset 'mixed': GNA has no asymmetric activations for 5 operations ('conv1', 'conv2', "
                          "'conv3', 'pool', 'fc'): symmetric ones are used"));
  EXPECT_THAT(plan_quantization(testing::small_transformer(), {.target_device = "VPU"}).warnings, IsEmpty())
      << "nobody asked for 'mixed'";
  EXPECT_THAT(warnings("NPU", Preset::accuracy), IsEmpty());
  EXPECT_THAT(warnings("VPU", Preset::performance), IsEmpty());
}

/// x -> ReLU "shared", which a depthwise convolution, a convolution and a product with itself read.
std::shared_ptr<ov::Model> readers_of_one_tensor() {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 4, 8, 8});
  const auto layer = [](const NodePtr& input, const char* name, std::uint64_t seed) {
    const auto weights = op::Constant::create(ov::element::f32, {4, 4, 1, 1}, testing::normal(16, seed));
    const auto node = std::make_shared<op::Convolution>(input, weights, ov::Strides{1, 1}, ov::CoordinateDiff{0, 0},
                                                        ov::CoordinateDiff{0, 0}, ov::Strides{1, 1});
    node->set_friendly_name(name);
    return node;
  };
  const auto shared = std::make_shared<op::Relu>(layer(x, "first", 1));
  shared->set_friendly_name("shared");
  const auto weights = op::Constant::create(ov::element::f32, {4, 1, 1, 1, 1}, testing::normal(4, 2));
  const auto depthwise = std::make_shared<op::GroupConvolution>(
      shared, weights, ov::Strides{1, 1}, ov::CoordinateDiff{0, 0}, ov::CoordinateDiff{0, 0}, ov::Strides{1, 1});
  depthwise->set_friendly_name("depthwise");
  const auto plain = layer(shared, "plain", 3);
  return std::make_shared<ov::Model>(
      ov::OutputVector{std::make_shared<op::Softmax>(depthwise, 1), std::make_shared<op::Softmax>(plain, 1)},
      ov::ParameterVector{x});
}

/// "scheme, name of every reader" of the quantizers on "shared".
std::vector<std::string> on_shared(const PlanOptions& options) {
  std::vector<std::string> result;
  for (const Quantizer& quantizer : plan_quantization(readers_of_one_tensor(), options).quantizers) {
    if (quantizer.tensor.node != "shared") continue;
    std::string text = text_of(quantizer.scheme);
    for (const std::string& operation : quantizer.operations) text += ", " + operation;
    result.push_back(std::move(text));
  }
  std::sort(result.begin(), result.end());
  return result;
}

TEST(Schemes, ReadersOfOneTensorAgreeOnOneQuantizer) {
  EXPECT_THAT(on_shared({.target_device = "CPU"}), ElementsAre("8-bit symmetric per tensor, depthwise, plain"));
  EXPECT_THAT(on_shared({.target_device = "VPU"}), ElementsAre("8-bit symmetric per tensor, depthwise, plain"));
  EXPECT_THAT(on_shared({.target_device = "GNA"}),
              ElementsAre("16-bit symmetric per tensor, levels -32768 to 32767, depthwise, plain"));
}

TEST(Schemes, ReadersThatCannotAgreeGetQuantizersOfTheirOwn) {
  const std::string path = ::testing::TempDir() + "/bits.json";
  {
    std::ofstream file(path);
    file << R"({"name": "BITS", "schemes": {
      "eight": [{"bits": 8, "mode": "symmetric", "granularity": "pertensor"}],
      "sixteen": [{"bits": 16, "mode": "symmetric", "granularity": "pertensor"}]},
      "operations": [{"types": ["Convolution"], "activations": "eight", "weights": "eight"},
                     {"types": ["DepthwiseConvolution"], "activations": "sixteen", "weights": "eight"}],
      "agnostic": []})";
  }
  EXPECT_THAT(on_shared({.target_device = path}),
              ElementsAre("16-bit symmetric per tensor, depthwise", "8-bit symmetric per tensor, plain"));
}

}  // namespace
}  // namespace octune::quantization
