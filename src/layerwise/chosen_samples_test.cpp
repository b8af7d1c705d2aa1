// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "layerwise/chosen_samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "octune/error.hpp"

namespace octune::layerwise {
namespace {

using ::testing::ElementsAre;

std::vector<std::size_t> numbers(std::size_t count) {
  std::vector<std::size_t> result(count);
  std::iota(result.begin(), result.end(), std::size_t{10});
  return result;
}

TEST(ChosenSamples, AreSpreadEvenlyAndSoAreTheJudges) {
  const ChosenSamples chosen = choose_samples(numbers(16), 8, 0.25, 1);
  EXPECT_THAT(chosen.indices, ElementsAre(10, 12, 14, 16, 18, 20, 22, 24));
  EXPECT_THAT(chosen.held_out, ElementsAre(false, false, false, true, false, false, false, true));
  EXPECT_EQ(chosen.tuning(), 6u);
}

TEST(ChosenSamples, AreAtLeastOneOfEachKind) {
  EXPECT_EQ(choose_samples(numbers(2), 0, 0.01, 1).tuning(), 1u);
  EXPECT_EQ(choose_samples(numbers(2), 0, 0.99, 1).tuning(), 1u);
}

TEST(ChosenSamples, KeepSequencesWhole) {
  const ChosenSamples chosen = choose_samples(numbers(11), 5, 0.5, 3);
  EXPECT_THAT(chosen.indices, ElementsAre(10, 11, 12, 16, 17, 18));
  EXPECT_THAT(chosen.held_out, ElementsAre(false, false, false, true, true, true));
}

std::string problem(std::size_t available, double held_out, std::size_t length) {
  try {
    choose_samples(numbers(available), 0, held_out, length);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input);
    return error.what();
  }
  return {};
}

TEST(ChosenSamples, MustBeTwo) {
  EXPECT_EQ(problem(1, 0.5, 1),
            "layer-wise tuning: there is 1 sample only; it needs two at least, one to tune with and one to judge by");
  EXPECT_EQ(problem(3, 0.5, 3),
            "layer-wise tuning: there is 1 sequence only; it needs two at least, one to tune with and one to judge by");
}

TEST(ShareOf, AddsUpAndDiffersByOneAtMost) {
  for (const std::size_t rows : {0, 3, 7, 100}) {
    std::size_t sum = 0;
    for (std::size_t i = 0; i < 7; ++i) {
      sum += share_of(i, 7, rows);
      EXPECT_LE(share_of(i, 7, rows), rows / 7 + 1);
      EXPECT_GE(share_of(i, 7, rows), rows / 7);
    }
    EXPECT_EQ(sum, rows);
  }
}

}  // namespace
}  // namespace octune::layerwise
