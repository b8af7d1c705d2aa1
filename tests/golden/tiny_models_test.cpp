// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

#include "base/names.hpp"
#include "base/random.hpp"
#include "octune/quantize.hpp"
#include "quantize/estimate.hpp"
#include "testing/models.hpp"
#include "tests/golden/golden.hpp"

namespace octune::golden {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

PlanOptions options_for(const std::string& target, Preset preset) {
  return {.target_device = target, .preset = preset, .overflow_fix = OverflowFix::off};
}

using TargetAndPreset = std::tuple<std::string, Preset>;

class TinyPlans : public ::testing::TestWithParam<TargetAndPreset> {};

TEST_P(TinyPlans, AreAsTheyWere) {
  const auto& [target, preset] = GetParam();
  std::string text;
  for (const auto& model : {testing::conv_batch_norm_relu(), testing::small_convnet(), testing::small_transformer()})
    text += full_text(plan_quantization(model, options_for(target, preset))) + "\n";
  EXPECT_TRUE(matches(fmt::format("plans/{}_{}.txt", lower(target), base::name_of(preset)), text));
}

INSTANTIATE_TEST_SUITE_P(Targets, TinyPlans,
                         ::testing::Combine(::testing::Values("CPU", "GPU", "NPU", "VPU", "GNA"),
                                            ::testing::Values(Preset::performance, Preset::mixed, Preset::accuracy)),
                         [](const auto& instance) {
                           return fmt::format("{}_{}", std::get<0>(instance.param),
                                              base::name_of(std::get<1>(instance.param)));
                         });

/// Numbers for everything the plan asks, the same on every machine: three samples, a range of its own for each tensor.
Statistics fixed_statistics(const Plan& plan) {
  Statistics statistics;
  std::uint64_t seed = 0;
  for (const StatisticRequest& request : quantization::required_statistics(plan)) {
    base::RandomStream random(++seed);
    const std::size_t channels = request.channel_axis ? 4 : 1;
    if (request.reduction == Reduction::histogram) continue;
    for (int sample = 0; sample < 3; ++sample) {
      std::vector<float> row(channels);
      for (float& value : row) {
        const double magnitude = 1 + 4 * random.uniform();
        // Every other tensor has no negative values.
        const double lowest = seed % 2 == 0 ? 0 : -0.2 * magnitude;
        value = static_cast<float>(request.reduction == Reduction::min ? lowest : magnitude);
      }
      statistics[request].add(row);
    }
  }
  return statistics;
}

class TinyRanges : public ::testing::TestWithParam<TargetAndPreset> {};

TEST_P(TinyRanges, AreAsTheyWere) {
  const auto& [target, preset] = GetParam();
  std::string text;
  for (const EstimatorPreset estimator : {EstimatorPreset::standard, EstimatorPreset::quantile}) {
    PlanOptions options = options_for(target, preset);
    options.bias_correction = BiasCorrectionMethod::none;
    options.channel_alignment = false;
    options.activations.range_estimator.preset = estimator;
    for (const auto& model : {testing::small_convnet(), testing::small_transformer()}) {
      const Plan plan = plan_quantization(model, options);
      text += text_of(plan, quantization::activation_ranges(plan, fixed_statistics(plan))) + "\n";
    }
  }
  EXPECT_TRUE(matches(fmt::format("ranges/{}_{}.txt", lower(target), base::name_of(preset)), text));
}

INSTANTIATE_TEST_SUITE_P(Targets, TinyRanges,
                         ::testing::Combine(::testing::Values("CPU", "VPU", "GNA"),
                                            ::testing::Values(Preset::performance, Preset::mixed)),
                         [](const auto& instance) {
                           return fmt::format("{}_{}", std::get<0>(instance.param),
                                              base::name_of(std::get<1>(instance.param)));
                         });

}  // namespace
}  // namespace octune::golden
