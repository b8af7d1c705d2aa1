// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "calibration/data_quality.hpp"
#include "calibration/test_samples.hpp"

// What statistics tell about samples, and all findings together.
namespace octune::calibration {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(DataQuality, SaysThatRangesStillMove) {
  // Student's t for 11 degrees of freedom is 2.201: the ranges move by 2.201 * 0.1 / sqrt(11) = 6.6 %.
  const std::string text =
      "calibration data: with other samples of the same kind the ranges of 3 of 3 tensors would move by more than 5 % "
      "(the furthest by {} %); 12 are few, give about {}";
  EXPECT_THAT(findings(good_images(), alternating(12, 3, 0.1F)),
              ElementsAre("info: " + fmt::format(fmt::runtime(text), 7, 20)));
  EXPECT_THAT(findings(good_images(), alternating(12, 3, 0.2F)),
              ElementsAre("warning: " + fmt::format(fmt::runtime(text), 13, 70)));
  EXPECT_THAT(findings(good_images(), alternating(12, 3, 0.07F)), IsEmpty());
  const Samples data = good_images();
  const DataQuality quality(data, 12);
  EXPECT_EQ(quality.findings(alternating(12, 3, 0.1F)).at(0).evidence, Evidence::kept);
}

TEST(DataQuality, AFifthOfTheTensorsDecides) {
  Statistics statistics = alternating(12, 9, 0);
  fill(statistics, "moving", Reduction::max, {1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2});
  EXPECT_THAT(findings(good_images(), statistics), IsEmpty());
  fill(statistics, "too", Reduction::max, {1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2});
  fill(statistics, "also", Reduction::max, {1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2});
  EXPECT_THAT(findings(good_images(), statistics),
              ElementsAre("warning: calibration data: with other samples of the same kind the ranges of 3 of 12 "
                          "tensors would move by more than 5 % (the furthest by 22 %); 12 are few, give about 190"));
}

TEST(DataQuality, OneSampleIsTooFew) {
  EXPECT_THAT(findings(good_images(1), alternating(1, 3, 0)),
              ElementsAre("warning: calibration data: there is one sample only: how much ranges differ from one to the "
                          "next cannot be told; give more"));
  EXPECT_THAT(findings(good_images(4), alternating(4, 3, 0, 4)),
              ElementsAre("warning: calibration data: there is one sequence only: how much ranges differ from one to "
                          "the next cannot be told; give more"));
}

TEST(DataQuality, CopiesOfOneSampleAreOneSample) {
  Samples data = good_images();
  for (Sample& sample : data.samples) sample = data.samples[0];
  EXPECT_THAT(findings(data, alternating(12, 3, 0)),
              ElementsAre("warning: calibration data: there is one sample only, copies apart: how much ranges differ "
                          "from one to the next cannot be told; give more",
                          "warning: calibration data: 11 of 12 samples are copies of others ('s1' of 's0'), which "
                          "tells nothing new; leave them out or give others"));
}

TEST(DataQuality, CountsSequencesWhereSamplesMakeThem) {
  EXPECT_THAT(findings(good_images(24), alternating(24, 3, 0.2F, 2)),
              ElementsAre("warning: calibration data: with other sequences of the same kind the ranges of 3 of 3 "
                          "tensors would move by more than 5 % (the furthest by 13 %); 12 are few, give about 70"));
}

TEST(DataQuality, CopiesDoNotMakeFewSamplesMany) {
  Samples data = good_images(48);
  EXPECT_THAT(findings(data, alternating(48, 3, 0.15F)), IsEmpty());
  for (std::size_t i = 12; i < 48; ++i) data.samples[i] = data.samples[i % 12];
  const std::vector<std::string> found = findings(data, alternating(48, 3, 0.15F));
  ASSERT_EQ(found.size(), 2);
  EXPECT_THAT(found[0], testing::HasSubstr("36 of 48 samples are copies"));
  EXPECT_THAT(found[1], testing::HasSubstr("12 different ones are few"));
}

TEST(DataQuality, NamesTheSampleThatExcitesTheModel) {
  Statistics statistics(12);
  for (int t = 0; t < 5; ++t) {
    std::vector<float> widths;
    for (int i = 0; i < 12; ++i) widths.push_back(1 + 0.001F * static_cast<float>(i * t));
    widths[9] = 3.5F;
    fill(statistics, fmt::format("t{}", t), Reduction::max, widths);
  }
  const std::string text =
      "warning: calibration data: 1 of 12 samples excites the model out of proportion, 's9' to 3.5 times the range of "
      "the median sample; look whether it is of another kind";
  EXPECT_THAT(findings(good_images(), statistics), testing::Contains(text));
  Samples data = good_images();
  data.samples[9] = {{"x", noise({1, 3, 16, 16}, 10, 100)}};
  const std::vector<std::string> found = findings(data, statistics);
  EXPECT_THAT(found, testing::Contains(testing::HasSubstr("'s9' to 1")));  // once is enough
  EXPECT_THAT(found, testing::Not(testing::Contains(text)));
}

TEST(DataQuality, NamesBodiesThatNoSampleEntered) {
  Statistics statistics(12);
  statistics[request("branch|then|conv", Reduction::max)];
  statistics.set_seen(request("branch|then|conv", Reduction::max), 12);
  statistics.histograms_for(request("branch|then|fc", Reduction::histogram));
  statistics.set_seen(request("branch|then|fc", Reduction::histogram), 12);
  fill(statistics, "branch|else|conv", Reduction::max, std::vector<float>(12, 3));
  EXPECT_THAT(findings(good_images(), statistics),
              ElementsAre("info: calibration data: no sample entered the sub-graph 'branch|then', so nothing is known "
                          "about what is inside; give samples that do"));
  statistics.set_seen(request("branch|then|conv", Reduction::max), 5);
  statistics.set_seen(request("branch|then|fc", Reduction::histogram), 5);
  EXPECT_THAT(findings(good_images(), statistics), IsEmpty());  // the rest may
}

TEST(DataQuality, ReadsStatisticsThatAreNotComplete) {
  Statistics statistics(300);
  fill(statistics, "t", Reduction::max, {1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2});
  const Samples data = good_images();
  DataQuality quality(data, 300);
  watch_all(data, quality);
  EXPECT_THAT(texts(quality.findings(statistics)),
              ElementsAre("warning: calibration data: with other samples of the same kind the ranges of 1 of 1 tensors "
                          "would move by more than 5 % (the furthest by 22 %); 12 are few, give about 190"));
}

// ----------------------------------------------------------------------------------------------- order and threads

/// Something of everything.
Samples bad_data() {
  Samples data;
  for (std::size_t i = 0; i < 60; ++i) {
    data.samples.push_back({{"mask", integers({1, 2}, {1, 1})}, {"x", pixels({1, 3, 16, 16}, i % 50 + 1)}});
  }
  data.samples[20]["x"] = filled({1, 3, 16, 16}, 9);
  data.samples[30]["x"] = filled({1, 3, 16, 16}, 9);
  return data;
}

TEST(DataQuality, SaysTheSameWhateverTheOrderAndTheThreads) {
  const Samples data = bad_data();
  DataQuality in_order(data, 60);
  watch_all(data, in_order);
  const std::vector<std::string> expected = texts(in_order.findings(alternating(60, 3, 0.5F)));
  EXPECT_THAT(expected, testing::SizeIs(5));
  for (std::size_t step : {1, 7, 13, 59}) {
    DataQuality by_threads(data, 60);
    std::vector<std::thread> threads;
    for (std::size_t thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&, thread] {
        for (std::size_t i = thread; i < 60; i += 4) watch(data, i * step % 60, by_threads);
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(texts(by_threads.findings(alternating(60, 3, 0.5F))), expected) << "step " << step;
    EXPECT_EQ(by_threads.fingerprints(), in_order.fingerprints());
  }
}

TEST(DataQuality, PutsWarningsFirstAndSaysSixThingsAtMost) {
  Samples data = bad_data();
  data.samples[40] = {{"mask", integers({1, 0}, {})}, {"x", noise({1, 3, 0, 16}, 1)}};
  data.samples[41] = {{"mask", integers({1, 0}, {})}, {"x", noise({1, 3, 0, 16}, 1)}};
  Statistics statistics = alternating(60, 5, 0.5F);
  for (int t = 0; t < 6; ++t) {
    std::vector<float> widths(60, 1);
    widths[5] = 4;
    fill(statistics, fmt::format("far{}", t), Reduction::max, widths);
  }
  statistics[request("if|then|never", Reduction::max)];
  statistics.set_seen(request("if|then|never", Reduction::max), 60);
  const std::vector<std::string> found = findings(data, statistics);
  ASSERT_EQ(found.size(), 6);
  EXPECT_THAT(found[0], testing::HasSubstr("hold no value at all"));
  const auto first_info = std::find_if(found.begin(), found.end(), [](const auto& text) { return text[0] == 'i'; });
  EXPECT_TRUE(std::all_of(first_info, found.end(), [](const auto& text) { return text[0] == 'i'; }));
}

}  // namespace
}  // namespace octune::calibration
