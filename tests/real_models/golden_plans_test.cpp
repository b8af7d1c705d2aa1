// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <map>
#include <tuple>

#include "models.hpp"
#include "octune/quantize.hpp"
#include "tests/golden/golden.hpp"

namespace octune::real_models {
namespace {

/// What a table gives that CPU's does not.
struct Setting {
  std::string name;  ///< of the file
  std::string target;
  std::optional<int> weight_bits{};
  std::optional<int> activation_bits{};
  std::optional<Preset> preset{};
};

void PrintTo(const Setting& setting, std::ostream* out) { *out << setting.name; }

Plan plan_of(const std::string& model, const Setting& setting) {
  PlanOptions options{.target_device = setting.target, .preset = setting.preset, .overflow_fix = OverflowFix::off};
  options.weights.bits = setting.weight_bits;
  options.activations.bits = setting.activation_bits;
  return plan_quantization(read(real_model(model)), options);
}

/// How many quantizers have which kind, bits, mode and granularity.
using Schemes = std::map<std::tuple<QuantizerKind, int, Mode, Granularity>, std::size_t>;

Schemes schemes_of(const Plan& plan) {
  Schemes result;
  for (const Quantizer& quantizer : plan.quantizers) {
    const Scheme& scheme = quantizer.scheme;
    ++result[{quantizer.kind, scheme.bits, scheme.mode, scheme.granularity}];
  }
  return result;
}

class GoldenPlans : public testing::TestWithParam<std::tuple<std::string, Setting>> {};

TEST_P(GoldenPlans, AreAsTheyWereAndDifferFromThatForCpus) {
  const auto& [model, setting] = GetParam();
  const Plan plan = plan_of(model, setting);
  EXPECT_TRUE(golden::matches(fmt::format("real_models/{}_{}.txt", model, setting.name), golden::compact_text(plan)));
  if (setting.name != "cpu") {
    EXPECT_NE(schemes_of(plan), schemes_of(plan_of(model, {"cpu", "CPU"})));
  }
  EXPECT_THAT(plan.warnings, testing::Not(testing::Contains(testing::HasSubstr("not in the table"))));
}

INSTANTIATE_TEST_SUITE_P(
    RealModels, GoldenPlans,
    testing::Combine(testing::Values("recognition", "orientation"),
                     testing::Values(Setting{"cpu", "CPU"}, Setting{"gpu", "GPU"}, Setting{"npu_w4", "NPU", 4},
                                     Setting{"npu_a16", "NPU", std::nullopt, 16}, Setting{"vpu", "VPU"},
                                     Setting{"vpu_w2", "VPU", 2},
                                     Setting{"gna", "GNA", std::nullopt, std::nullopt, Preset::performance})),
    [](const auto& instance) {
      return fmt::format("{}_{}", std::get<0>(instance.param), std::get<1>(instance.param).name);
    });

}  // namespace
}  // namespace octune::real_models
