// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0

// The examples of POT's documentation, in fixtures/, are read as they are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "config/run_config.hpp"
#include "octune/error.hpp"

namespace octune::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::filesystem::path fixture(const std::string& name) {
  return std::filesystem::path(__FILE__).parent_path() / "fixtures" / name;
}

RunConfig read(const std::string& name) {
  RunConfig config = read_run_config(fixture(name));
  complete(config);
  return config;
}

TEST(PotDocumentation, TheOutlineOfDefaultQuantization) {
  const RunConfig config = read("default_quantization_outline.json");
  EXPECT_THAT(config.algorithms, ElementsAre("DefaultQuantization"));
  EXPECT_EQ(config.quantize.plan.preset, Preset::performance);
  EXPECT_EQ(config.quantize.subset_size, 0u);
  EXPECT_TRUE(config.quantize.plan.weights.empty());
  EXPECT_THAT(config.notes, IsEmpty());
}

TEST(PotDocumentation, AllParametersOfDefaultQuantization) {
  const RunConfig config = read("default_quantization.json");
  const PlanOptions& plan = config.quantize.plan;
  EXPECT_EQ(plan.model_type, ModelType::none);
  EXPECT_EQ(plan.preset, Preset::mixed);
  EXPECT_EQ(config.quantize.subset_size, 300u);
  EXPECT_THAT(plan.ignored.names, ElementsAre("<NODE_NAME>"));
  ASSERT_EQ(plan.ignored.types.size(), 1u);
  EXPECT_EQ(plan.ignored.types[0].type, "<NODE_TYPE>");
  EXPECT_THAT(plan.ignored.types[0].attributes.at("<NAME>"), ElementsAre("<VALUE>"));

  const BorderOverride quantile{EstimatorType::quantile, std::nullopt, 1e-4, std::nullopt, std::nullopt};
  SchemeOverride weights{8, Mode::symmetric, Granularity::per_channel, 0, 255};
  weights.range_estimator = {std::nullopt, quantile, quantile};
  EXPECT_EQ(plan.weights, weights);

  const BorderOverride mean_quantile{EstimatorType::quantile, Aggregator::mean, 1e-4, std::nullopt, std::nullopt};
  SchemeOverride activations{8, Mode::symmetric, Granularity::per_tensor, std::nullopt, std::nullopt};
  activations.range_estimator = {EstimatorPreset::quantile, mean_quantile, mean_quantile};
  EXPECT_EQ(plan.activations, activations);
  EXPECT_THAT(config.notes, IsEmpty());
}

class TunableQuantization : public testing::TestWithParam<const char*> {};

TEST_P(TunableQuantization, IsUnderstoodButNotAvailable) {
  try {
    read(GetParam());
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unsupported);
    EXPECT_THAT(error.what(),
                HasSubstr("tuning by 'TunableQuantization' is not available in this version; use DefaultQuantization"));
    EXPECT_THAT(error.what(), testing::Not(HasSubstr("\n"))) << "the one problem";
  }
}

INSTANTIATE_TEST_SUITE_P(PotDocumentation, TunableQuantization,
                         testing::Values("tunable_quantization_page.json", "tunable_quantization_page_again.json",
                                         "tunable_quantization_readme.json"));

}  // namespace
}  // namespace octune::config
