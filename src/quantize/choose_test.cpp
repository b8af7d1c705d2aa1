// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "octune/choose.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "graph/normalise.hpp"
#include "infer/runtime.hpp"
#include "octune/calibrate.hpp"
#include "octune/error.hpp"
#include "quantize/estimate.hpp"
#include "quantize/gather.hpp"
#include "quantize/plan_variants.hpp"
#include "quantize/test_runs.hpp"

namespace octune {
namespace {

using quantization::samples_for;

const Candidate& candidate(const ChooseResult& result, const std::string& name) {
  const auto found = std::find_if(result.candidates.begin(), result.candidates.end(),
                                  [&](const Candidate& one) { return one.name == name; });
  if (found == result.candidates.end()) throw std::runtime_error("no candidate " + name);
  return *found;
}

/// Latencies as if measured: `fast` for one candidate, 2 ms for the others.
ChooseOptions with_latencies(const std::string& name, double fast) {
  ChooseOptions options;
  options.max_divergence = 100;
  for (const char* other : {"float_f32", "float_bf16", "performance", "performance_light", "mixed", "mixed_light",
                            "mixed_transformer", "accuracy", "performance_sequential", "mixed_sequential"})
    options.latencies_ms[other] = 2;
  options.latencies_ms[name] = fast;
  return options;
}

class QuantizeAuto : public ::testing::Test {
 protected:
  std::shared_ptr<ov::Model> model_ = testing::small_convnet();
  std::unique_ptr<Dataset> data_ = dataset(samples_for(*model_, 20));
};

TEST_F(QuantizeAuto, TheFastestThatIsGoodEnoughWins) {
  const ChooseResult result = quantize_auto(model_, *data_, {}, with_latencies("mixed", 1));
  EXPECT_EQ(result.chosen, Chosen::quantized);
  EXPECT_EQ(result.name, "mixed");
  EXPECT_TRUE(result.within_limit);
  EXPECT_EQ(result.quantized.plan.preset, "mixed");
  EXPECT_EQ(result.judged_samples, 20u);
  EXPECT_EQ(result.quantized.passes, 1u);
  ASSERT_TRUE(result.quantized.model);
  EXPECT_EQ(candidate(result, "mixed").verdict, "chosen: the fastest that is good enough");
  EXPECT_EQ(candidate(result, "performance").verdict, "slower");
  EXPECT_EQ(candidate(result, "float_f32").divergence->mean, 0);
  EXPECT_GT(candidate(result, "performance").divergence->mean, 0);
}

TEST_F(QuantizeAuto, ThePlanIsBuiltAsIfItHadBeenAskedFor) {
  const ChooseResult chosen = quantize_auto(model_, *data_, {}, with_latencies("mixed", 1));
  QuantizeOptions options;
  options.plan.preset = Preset::mixed;
  const QuantizeResult wanted = quantize(model_, *data_, options);
  const auto samples = samples_for(*model_, 5);
  EXPECT_EQ(quantization::run(chosen.quantized.model, samples), quantization::run(wanted.model, samples));
  EXPECT_EQ(chosen.quantized.executed.size(), wanted.executed.size());
}

TEST_F(QuantizeAuto, EquallyFastPlansGoByTheirOrder) {
  ChooseOptions options = with_latencies("mixed", 1.99);
  EXPECT_EQ(quantize_auto(model_, *data_, {}, options).name, "performance");
  options.latencies_ms["mixed"] = 1.9;
  EXPECT_EQ(quantize_auto(model_, *data_, {}, options).name, "mixed");
}

TEST_F(QuantizeAuto, AFasterFloatModelIsKept) {
  const ChooseResult result = quantize_auto(model_, *data_, {}, with_latencies("float_f32", 1));
  EXPECT_EQ(result.chosen, Chosen::floating);
  EXPECT_EQ(result.name, "float_f32");
  EXPECT_FALSE(result.quantized.model);
  EXPECT_FALSE(result.quantized.executed.empty());  // it tells why the best plan did not pay
  EXPECT_THAT(result.quantized.warnings, ::testing::Not(::testing::Contains(::testing::HasSubstr("floating point"))));
  EXPECT_EQ(candidate(result, "performance").verdict, "the best plan, but float_f32 is faster");
}

TEST_F(QuantizeAuto, WithoutAnyGoodPlanTheClosestIsTaken) {
  ChooseOptions options = with_latencies("performance", 1);
  options.max_divergence = 0;
  const ChooseResult result = quantize_auto(model_, *data_, {}, options);
  EXPECT_FALSE(result.within_limit);
  double least = 1e9;
  std::string closest;
  for (const Candidate& one : result.candidates) {
    if (one.name.starts_with("float") || !one.divergence || one.divergence->mean >= least) continue;
    least = one.divergence->mean;
    closest = one.name;
  }
  if (result.chosen == Chosen::quantized) {
    EXPECT_EQ(result.name, closest);
  }
  // The thorough variants were tried as well. One that is worse than another for sure is not judged to the end.
  for (const char* name : {"performance_sequential", "mixed_sequential"}) {
    const Candidate& thorough = candidate(result, name);
    EXPECT_GT(thorough.quantized_operations, 0u);
    if (!thorough.divergence) {
      EXPECT_EQ(thorough.verdict, fmt::format("diverges by more than {:.3g}: another is closer", least));
    }
  }
}

TEST_F(QuantizeAuto, MeasuresWhatIsNotKnown) {
  ChooseOptions options;
  options.max_divergence = 100;
  options.latency_seconds = 0.01;
  options.latencies_ms["float_f32"] = 1e9;
  const ChooseResult result = quantize_auto(model_, *data_, {}, options);
  EXPECT_EQ(*candidate(result, "float_f32").latency_ms, 1e9);
  EXPECT_GT(*candidate(result, "performance").latency_ms, 1e5);  // by its ratio to what is known
  const ChooseResult all = quantize_auto(model_, *data_, {}, {.max_divergence = 100, .latency_seconds = 0.01});
  EXPECT_LT(*candidate(all, "float_f32").latency_ms, 1e4);
  EXPECT_GT(*candidate(all, "performance").latency_ms, 0);
}

TEST_F(QuantizeAuto, PlansWorseForSureAreNotJudgedToTheEnd) {
  ChooseOptions options = with_latencies("performance", 1);
  const ChooseResult whole = quantize_auto(model_, *data_, {}, options);
  // Between the best and the worst plan.
  double least = 1e9, most = 0;
  std::string worst;
  for (const Candidate& one : whole.candidates) {
    if (one.name.starts_with("float")) continue;
    least = std::min(least, one.divergence->mean);
    if (one.divergence->mean > most) worst = one.name;
    most = std::max(most, one.divergence->mean);
  }
  ASSERT_LT(least, most);
  options.max_divergence = (least + most) / 2;
  const ChooseResult result = quantize_auto(model_, *data_, {}, options);
  EXPECT_TRUE(result.within_limit);
  EXPECT_NE(result.name, worst);
  EXPECT_THAT(candidate(result, worst).verdict, ::testing::StartsWith("diverges by "));
  EXPECT_FALSE(candidate(result, worst).latency_ms);
}

TEST_F(QuantizeAuto, AFixedPresetLeavesItsVariants) {
  QuantizeOptions options;
  options.plan.preset = Preset::performance;
  const ChooseResult result = quantize_auto(model_, *data_, options, with_latencies("performance", 1));
  for (const Candidate& one : result.candidates)
    EXPECT_TRUE(one.name.starts_with("float") || one.name.starts_with("performance")) << one.name;
}

// Two bits of activations are no target's: the plans are tried as they are asked for.
TEST_F(QuantizeAuto, PlansThatComputeNothingInIntegersAreTriedWhereThereIsNoOther) {
  QuantizeOptions options;
  options.plan.activations.bits = 2;
  const ChooseResult result = quantize_auto(model_, *data_, options, with_latencies("float_f32", 1));
  EXPECT_EQ(result.chosen, Chosen::floating);
  EXPECT_TRUE(candidate(result, "performance").divergence);
}

TEST_F(QuantizeAuto, BadLimitsAreRefused) {
  ChooseOptions options;
  options.max_divergence = -1;
  try {
    quantize_auto(model_, *data_, {}, options);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input);
    EXPECT_STREQ(error.what(), "the largest divergence: -1 is out of range; give 0 or more");
  }
}

TEST(PlanVariants, EqualPlansAreTriedOnce) {
  std::vector<std::string> notes;
  const auto variants = quantization::plan_variants(*testing::small_transformer(), {}, notes);
  for (std::size_t i = 0; i < variants.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) EXPECT_NE(variants[i].name, variants[k].name);
  }
  // It is recognised as a transformer, so that plan is "mixed" itself.
  EXPECT_THAT(notes, ::testing::Contains("mixed_transformer: the same plan as mixed"));
}

TEST(PlanVariants, LightOperationsStayFloatWhereThatMakesADifference) {
  PlanOptions options;
  options.light_operations = LightOperations::floating;
  for (const PlannedOperation& operation : plan_quantization(testing::small_convnet(), options).operations) {
    if (!operation.quantized) continue;
    EXPECT_TRUE(operation.type == "Convolution" || operation.type == "DepthwiseConvolution" ||
                operation.type == "MatMul" || !operation.fused_into.empty())
        << operation.type;
  }
}

TEST(PlanCandidates, AreThePlansThatAreTried) {
  const PlanCandidates found = plan_candidates(testing::small_convnet());
  std::vector<std::string> names;
  for (const PlanCandidate& candidate : found.plans) names.push_back(candidate.name);
  EXPECT_THAT(names, ::testing::IsSupersetOf({"performance", "mixed"}));
  EXPECT_EQ(names.front(), "performance");
  EXPECT_EQ(found.plans.front().plan.preset, "performance");
  EXPECT_EQ(found.plans.front().summary, "symmetric activations and weights");
  EXPECT_THAT(plan_candidates(testing::small_transformer()).left_out,
              ::testing::Contains("mixed_transformer: the same plan as mixed"));
  PlanOptions nothing;
  nothing.ignored.patterns = {".*"};
  EXPECT_TRUE(plan_candidates(testing::small_convnet(), nothing).plans.empty());
}

TEST(PlanCandidates, CalibrateCollectsWhatAllOfThemAskFor) {
  for (const auto& model : {testing::small_convnet(), testing::small_transformer()}) {
    QuantizeOptions options;
    options.subset_size = 8;
    const std::unique_ptr<Dataset> data = dataset(samples_for(*model, 8));
    const Calibration made = calibrate(model, *data, options).calibration;
    std::vector<std::string> left_out;
    for (const auto& variant : quantization::plan_variants(*graph::normalise(model), options.plan, left_out)) {
      const auto required = quantization::required_statistics(variant.plan);
      EXPECT_THAT(quantization::missing(made.statistics, required), ::testing::IsEmpty()) << variant.name;
    }
  }
}

}  // namespace
}  // namespace octune
