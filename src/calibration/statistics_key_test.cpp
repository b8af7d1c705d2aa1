// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/statistics_key.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <numeric>
#include <stdexcept>

#include "base/dataset_fingerprint.hpp"
#include "graph/model_hash.hpp"
#include "graph/normalise.hpp"
#include "testing/models.hpp"

namespace octune {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

StatisticsKey key_of(std::vector<std::uint64_t> samples) {
  return {.model = "abc",
          .runtime = "2026.4.1",
          .normalization = "1",
          .subset_size = 300,
          .shuffle = false,
          .seed = 0,
          .sequence_length = 1,
          .preprocessing = "mean [1]",
          .samples = std::move(samples)};
}

TEST(Differences, OfEqualKeysAreNone) {
  EXPECT_THAT(differences({}, {}), IsEmpty());
  EXPECT_THAT(differences(key_of({1, 2}), key_of({1, 2})), IsEmpty());
}

TEST(Differences, NameEveryPart) {
  const StatisticsKey held = key_of({1, 2});
  StatisticsKey wanted = held;
  wanted.model = "def";
  EXPECT_THAT(differences(held, wanted), ElementsAre("the model (its graph, weights or shapes)"));
  wanted = held;
  wanted.runtime = "2026.5.0";
  EXPECT_THAT(differences(held, wanted), ElementsAre("OpenVINO (2026.4.1 in the file, 2026.5.0 in this run)"));
  wanted = held;
  wanted.normalization = "2";
  EXPECT_THAT(differences(held, wanted),
              ElementsAre("the version of octune's way to normalise models (1 in the file, 2 in this run)"));
  wanted = held;
  wanted.sequence_length = 8;
  EXPECT_THAT(differences(held, wanted), ElementsAre("the length of sequences (1 in the file, 8 in this run)"));
  wanted = held;
  wanted.preprocessing = "mean [2]";
  EXPECT_THAT(differences(held, wanted), ElementsAre("preprocessing ('mean [1]' in the file, 'mean [2]' in this run)"));
  wanted.preprocessing = "";
  EXPECT_THAT(differences(held, wanted), ElementsAre("preprocessing ('mean [1]' in the file, none in this run)"));
  EXPECT_THAT(differences(wanted, held), ElementsAre("preprocessing (none in the file, 'mean [1]' in this run)"));
  wanted.model = "def";
  wanted.samples = {1, 3};
  EXPECT_THAT(differences(held, wanted),
              ElementsAre("the model (its graph, weights or shapes)",
                          "preprocessing ('mean [1]' in the file, none in this run)", "1 of 2 samples"));
}

TEST(Differences, CountSamples) {
  const auto of = [](std::vector<std::uint64_t> held, std::vector<std::uint64_t> wanted) {
    return differences(key_of(std::move(held)), key_of(std::move(wanted)));
  };
  EXPECT_THAT(of({1, 2, 3}, {1, 9, 3}), ElementsAre("1 of 3 samples"));
  EXPECT_THAT(of({1, 2, 3}, {7, 8, 9}), ElementsAre("3 of 3 samples"));
  EXPECT_THAT(of({1, 2, 3}, {3, 2, 1}), ElementsAre("the order of the samples"));
  EXPECT_THAT(of({1, 2, 2}, {1, 1, 2}), ElementsAre("1 of 3 samples"));
  EXPECT_THAT(of({1, 2}, {1, 2, 3}), ElementsAre("the number of samples (2 in the file, 3 in this run)"));
  EXPECT_THAT(of({1, 2, 3}, {1, 2}), ElementsAre("the number of samples (3 in the file, 2 in this run)"));
  EXPECT_THAT(of({1, 2}, {1, 8, 9}),
              ElementsAre("the number of samples (2 in the file, 3 in this run; 2 of these are not in the file)"));
  EXPECT_THAT(of({1, 2, 3}, {1, 9}),
              ElementsAre("the number of samples (3 in the file, 2 in this run; 1 of these are not in the file)"));
  EXPECT_THAT(of({}, {1}), ElementsAre("the number of samples (0 in the file, 1 in this run)"));
}

TEST(Differences, HowSamplesWereChosenOnlyExplainsOthers) {
  StatisticsKey held = key_of({1, 2}), wanted = key_of({1, 2});
  wanted.subset_size = 0;
  wanted.shuffle = true;
  wanted.seed = 7;
  EXPECT_THAT(differences(held, wanted), IsEmpty()) << "the samples are the same";
  wanted.samples = {1, 3};
  EXPECT_THAT(differences(held, wanted),
              ElementsAre("1 of 2 samples",
                          "how samples are chosen (the first ones in the file, drawn with seed 7 in this run)"));
  held.shuffle = true;
  held.seed = 6;
  EXPECT_THAT(differences(held, wanted),
              ElementsAre("1 of 2 samples",
                          "how samples are chosen (drawn with seed 6 in the file, drawn with seed 7 in this run)"));
}

/// Ten samples, all different but the first and the last.
class Ten final : public Dataset {
 public:
  std::size_t size() const override { return 10; }
  Sample sample(std::size_t index) const override {
    ov::Tensor tensor(ov::element::f32, {1});
    tensor.data<float>()[0] = static_cast<float>(index % 9);
    ++decoded;
    return {{"x", tensor}};
  }
  std::size_t sequence_length() const override { return 0; }
  std::string preprocessing() const override { return "as it is"; }

  mutable std::atomic<std::size_t> decoded = 0;
};

TEST(StatisticsKey, SaysWhereStatisticsComeFrom) {
  const auto model = testing::small_convnet();
  QuantizeOptions options;
  options.subset_size = 42;
  options.seed = 5;
  StatisticsKey key = calibration::key_without_samples(*model, "1.2.3", Ten(), options);
  EXPECT_EQ(key.model, graph::model_hash(*model));
  EXPECT_EQ(key.runtime, "1.2.3");
  EXPECT_EQ(key.normalization, graph::kNormalizationVersion);
  EXPECT_EQ(key.subset_size, 42u);
  EXPECT_FALSE(key.shuffle);
  EXPECT_EQ(key.seed, 0u) << "nothing is drawn";
  EXPECT_EQ(key.sequence_length, 1u);
  EXPECT_EQ(key.preprocessing, "as it is");
  EXPECT_THAT(key.samples, IsEmpty());
  options.shuffle = true;
  EXPECT_EQ(calibration::key_without_samples(*model, "1.2.3", Ten(), options).seed, 5u);
}

TEST(Fingerprints, AreThoseOfTheSamplesForAnyNumberOfThreads) {
  const Ten dataset;
  const std::vector<std::size_t> indices{9, 1, 0, 1};
  std::vector<std::uint64_t> expected;
  for (const std::size_t index : indices) expected.push_back(base::fingerprint(dataset, index));
  EXPECT_EQ(expected[0], expected[2]);
  EXPECT_EQ(expected[1], expected[3]);
  EXPECT_NE(expected[0], expected[1]);
  for (const int threads : {0, 1, 3, 16}) EXPECT_EQ(calibration::fingerprints(dataset, indices, threads), expected);
  EXPECT_THAT(calibration::fingerprints(dataset, {}, 4), IsEmpty());
}

TEST(Fingerprints, FailuresComeThrough) {
  const auto broken = dataset(100, [](std::size_t index) -> Sample {
    if (index >= 10) throw std::runtime_error("sample " + std::to_string(index));
    return {};
  });
  std::vector<std::size_t> indices(100);
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  for (const int threads : {1, 4}) {
    try {
      calibration::fingerprints(*broken, indices, threads);
      FAIL() << "no error";
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "sample 10");
    }
  }
}

}  // namespace
}  // namespace octune
