// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/regression.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "evaluate/perplexity.hpp"
#include "evaluate/ranks.hpp"
#include "evaluate/test_values.hpp"

namespace octune::evaluate {
namespace {

using ::testing::ElementsAre;

// ----------------------------------------------------------------------------------------------------------- errors

TEST(Errors, ASampleCountsAlikeHoweverManyValuesItHas) {
  const auto mse = make_mse();
  const std::vector<Score> scores{mse->score({floats({4}, {0, 0, 0, 2})}, "0 0 0 0"),
                                  mse->score({floats({1}, {3})}, "0")};
  EXPECT_DOUBLE_EQ(mse->value(scores), (1.0 + 9.0) / 2);
  const auto rmse = make_rmse();
  EXPECT_DOUBLE_EQ(rmse->value(scores), std::sqrt(5.0));
  EXPECT_EQ(rmse->value(std::span<const Score>()), 0);
}

TEST(Errors, AxesOfLengthOneDoNotMatter) {
  const ov::Tensor output = floats({1, 2, 1, 2}, {1, 2, 3, 4});
  EXPECT_EQ(make_mae()->score({output}, Label(floats({2, 2}, {1, 2, 3, 5})))[0], 0.25);
  EXPECT_EQ(make_mae()->score({output}, "[1, 2, 3, 5]")[0], 0.25);
}

TEST(Errors, WhatDoesNotFit) {
  const auto text_of = [](const Metric& metric, const Label& label) {
    return error_text(ErrorKind::input, [&] { metric.score({floats({1, 2, 3}, std::vector<float>(6))}, label); });
  };
  EXPECT_EQ(text_of(*make_mse(), "1"),
            "metric 'mse': the output has the shape [1,2,3] but the label 1 numbers; one "
            "number for each value of the output is needed, in its order");
  EXPECT_EQ(
      text_of(*make_mse(), Label(floats({3, 2}, std::vector<float>(6)))),
      "metric 'mse': the output has the shape [1,2,3] but the label the shape [3,2]; one number for each value of "
      "the output is needed, in its order");
  EXPECT_EQ(text_of(*make_mape(), "1 1 1 0 1 1"),
            "metric 'mape': the label holds 0, to which no error is relative; "
            "take mae, or labels without zeros");
}

TEST(Errors, RelativeToTheMagnitudeOfTheLabel) {
  EXPECT_DOUBLE_EQ(make_mape()->score({floats({2}, {-3, 5})}, "-2, 4")[0], (0.5 + 0.25) / 2);
}

// ----------------------------------------------------------------------------------------------------- correlation

double value_of(const Metric& metric, const std::vector<float>& x, const std::vector<float>& y) {
  return metric.value(std::vector<Score>{metric.score({floats({x.size()}, x)}, Label(floats({y.size()}, y)))});
}

TEST(Correlation, PerfectOnesAndConstants) {
  for (const auto& metric : {make_pearson(), make_spearman()}) {
    EXPECT_NEAR(value_of(*metric, {1, 2, 3}, {10, 20, 30}), 1, 1e-12) << metric->name();
    EXPECT_NEAR(value_of(*metric, {1, 2, 3}, {3, 2, 1}), -1, 1e-12) << metric->name();
    EXPECT_EQ(value_of(*metric, {1, 2, 3}, {0.1F, 0.1F, 0.1F}), 0) << metric->name();
    EXPECT_EQ(value_of(*metric, {0.7F, 0.7F, 0.7F}, {1, 2, 3}), 0) << metric->name();
    EXPECT_EQ(value_of(*metric, {1}, {1}), 0) << metric->name();
    EXPECT_EQ(metric->value(std::span<const Score>()), 0);
  }
}

TEST(Correlation, OfRanksDoesNotSeeMonotoneFunctions) {
  EXPECT_NEAR(value_of(*make_spearman(), {1, 2, 3, 4}, {1, 10, 11, 1e6}), 1, 1e-12);
  EXPECT_LT(value_of(*make_pearson(), {1, 2, 3, 4}, {1, 10, 11, 1e6}), 0.8);
}

TEST(Correlation, SurvivesAMeanFarAboveTheSpread) {
  base::RandomStream random(5);
  std::vector<float> near(500), far(500), y(500);
  for (std::size_t i = 0; i < y.size(); ++i) {
    near[i] = static_cast<float>(random.below(64));
    far[i] = near[i] + 1e6F;  // still exact
    y[i] = near[i] + static_cast<float>(random.below(64));
  }
  EXPECT_NEAR(value_of(*make_pearson(), far, y), value_of(*make_pearson(), near, y), 1e-6);
}

TEST(Ranks, EqualValuesShareTheMeanOfTheirRanks) {
  EXPECT_THAT(average_ranks(std::vector<double>{30, 10, 20, 10, 10}), ElementsAre(5, 2, 4, 2, 2));
  EXPECT_THAT(average_ranks(std::vector<double>{}), ElementsAre());
}

// ------------------------------------------------------------------------------------------------------ perplexity

TEST(Perplexity, OfEqualChancesIsTheirNumber) {
  const auto metric = make_perplexity();
  const ov::Tensor logits = floats({1, 2, 4}, std::vector<float>(8, 3));
  EXPECT_NEAR(metric->value(std::vector<Score>{metric->score({logits}, "0 3")}), 4, 1e-12);
  const ov::Tensor probabilities = floats({2, 4}, std::vector<float>(8, 0.25F));
  EXPECT_NEAR(metric->value(std::vector<Score>{metric->score({probabilities}, "0 3")}), 4, 1e-12);
}

TEST(Perplexity, PositionsWithoutATokenDoNotCount) {
  const auto metric = make_perplexity();
  const ov::Tensor logits = floats({1, 3, 2}, {0, 0, 9, -9, 0, 0});
  const Score score = metric->score({logits}, "[1, -100, 0]");
  EXPECT_NEAR(score[0], 2 * std::log(2.0), 1e-12);
  EXPECT_EQ(score[1], 2);
  EXPECT_EQ(metric->value(std::vector<Score>{metric->score({logits}, "-100 -100 -100")}), 0);
}

TEST(Perplexity, WhatDoesNotFit) {
  const auto text_of = [](const ov::Shape& shape, const Label& label) {
    return error_text(ErrorKind::input, [&] {
      make_perplexity()->score({floats(shape, std::vector<float>(ov::shape_size(shape)))}, label);
    });
  };
  EXPECT_EQ(text_of({2, 3, 4}, "1 1 1"),
            "metric 'perplexity': the output has the shape [2,3,4]; [T,V] or [1,T,V] (T "
            "positions, V tokens) is needed");
  EXPECT_EQ(text_of({1, 3, 4}, "1 1"),
            "metric 'perplexity': the label has 2 token ids but the output 3 positions; give "
            "the token that each position should predict, -100 for none");
  for (const char* id : {"4", "-1", "0.5"}) {
    EXPECT_EQ(text_of({1, 4}, id),
              "metric 'perplexity': token id " + std::string(id) +
                  " of the label is not known to the output; 0 to 3 are allowed, and -100 for none");
  }
}

}  // namespace
}  // namespace octune::evaluate
