// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/verify.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "infer/runtime.hpp"
#include "octune/quantize.hpp"
#include "testing/models.hpp"

/// The truth behind targets/cpu.json: what this machine's runtime executes in integers, read from the compiled model.
namespace octune::quantization {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::Pair;

std::map<std::string, std::string> executed(const PlanOptions& plan) {
  const auto model = testing::small_convnet();
  std::vector<Sample> samples;
  for (std::uint64_t i = 0; i < 4; ++i) {
    ov::Tensor tensor(ov::element::f32, {1, 3, 16, 16});
    const auto values = testing::normal(tensor.get_size(), 70 + i);
    std::copy(values.begin(), values.end(), tensor.data<float>());
    samples.push_back({{"x", tensor}});
  }
  QuantizeOptions options;
  options.plan = plan;
  options.plan.overflow_fix = OverflowFix::off;
  const QuantizeResult result = octune::quantize(model, *dataset(samples), options);
  std::map<std::string, std::string> precision;
  for (const ExecutedOperation& operation : result.executed) {
    if (operation.type != "ReduceMean") precision[operation.name] = operation.precision;
  }
  return precision;
}

const std::map<std::string, std::string> kAllIntegers{{"conv1", "i8"}, {"conv2", "i8"}, {"conv3", "i8"}, {"fc", "i8"}};

TEST(ExecutedPrecision, PerformanceAndMixedRunInIntegers) {
  EXPECT_EQ(executed({.preset = Preset::performance}), kAllIntegers);
  EXPECT_EQ(executed({.preset = Preset::mixed}), kAllIntegers);
}

TEST(ExecutedPrecision, AsymmetricWeightsRunInFloat) {
  for (const auto& [name, precision] : executed({.preset = Preset::accuracy})) EXPECT_EQ(precision, "f32") << name;
}

TEST(ExecutedPrecision, ActivationsPerChannelRunInFloatButForDepthwiseConvolutions) {
  PlanOptions options;
  options.activations.granularity = Granularity::per_channel;
  const auto precision = executed(options);
  EXPECT_EQ(precision.at("conv1"), "f32");
  EXPECT_EQ(precision.at("conv2"), "i8");
  EXPECT_EQ(precision.at("conv3"), "f32");
}

TEST(ExecutedPrecision, SixteenLevelsOfActivationsRunInIntegers) {
  PlanOptions options;
  options.activations.bits = 4;
  EXPECT_EQ(executed(options), kAllIntegers);
}

TEST(ExecutedPrecision, AnIgnoredLayerIsTheOnlyOneInFloat) {
  PlanOptions options;
  options.ignored.names = {"conv3"};
  const auto precision = executed(options);
  EXPECT_EQ(precision.at("conv1"), "i8");
  EXPECT_EQ(precision.at("conv2"), "i8");
  EXPECT_EQ(precision.at("fc"), "i8");
  EXPECT_FALSE(precision.contains("conv3"));
}

TEST(Warning, NamesLayersThatRunInFloat) {
  EXPECT_EQ(warning_about(
                {{"a", "Convolution", "i8", true}, {"b", "Embedding", "f32", false}, {"c", "MatMul", "fused", true}}),
            "");
  EXPECT_EQ(warning_about({{"a", "Convolution", "f32", true}}),
            "1 quantized operation runs in floating point on this machine: 'a' (f32); leave them out with "
            "--ignored-names to save their "
            "FakeQuantize");
}

}  // namespace
}  // namespace octune::quantization
