// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/variant_builder.hpp"

#include <gtest/gtest.h>

#include "quantize/estimate.hpp"
#include "quantize/gather.hpp"
#include "quantize/test_runs.hpp"

namespace octune::quantization {
namespace {

TEST(VariantBuilder, HandsOutEveryVariantInOrder) {
  const std::shared_ptr<ov::Model> model = testing::small_convnet();
  const auto samples = samples_for(*model, 8);
  const auto data = dataset(samples);
  Observer observer;
  const QuantizeOptions options;
  quantization::Run one = normalised(model, options, observer);
  std::vector<std::string> notes;
  std::vector<PlanVariant> variants = plan_variants(*one.normal, {}, notes);
  ASSERT_GE(variants.size(), 2u);
  variants.back().plan.bias_correction = BiasCorrectionMethod::sequential;  // built by take() itself
  std::vector<StatisticRequest> required;
  for (const PlanVariant& variant : variants) required = united(required, required_statistics(variant.plan));
  const Statistics statistics = collect(one.normal, required, samples);
  const std::vector<std::size_t> indices{0, 1, 2, 3, 4, 5, 6, 7};

  VariantBuilder builder(one, variants, statistics, *data, indices);
  for (const PlanVariant& variant : variants) {
    builder.begin();
    builder.begin();  // once is enough
    builder.wait();
    const std::optional<BuiltVariant> made = builder.take();
    ASSERT_TRUE(made);
    EXPECT_EQ(made->name, variant.name);
    EXPECT_EQ(made->problem, "");
    EXPECT_EQ(made->result.plan.preset, variant.plan.preset);
    EXPECT_EQ(made->compiled.inputs().size(), 1u);
    EXPECT_GT(made->compile_s, 0);
    EXPECT_FALSE(quantization::run(made->result.model, samples).empty());
  }
  EXPECT_FALSE(builder.take());
}

}  // namespace
}  // namespace octune::quantization
