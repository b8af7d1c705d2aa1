// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <numeric>

#include "base/random.hpp"
#include "calibration/collect.hpp"
#include "octune/calibrate.hpp"
#include "octune/error.hpp"

namespace octune {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const StatisticRequest kMax{{"conv", 0}, Reduction::max, 0, {}};
const StatisticRequest kMin{{"conv", 0}, Reduction::min, 0, 1};
const StatisticRequest kMean{{"conv", 0}, Reduction::mean, 0, 1};
const StatisticRequest kHistogram{{"conv", 0}, Reduction::histogram, 0, {}};

/// Multiples of 1/64, whose sums are exact in any order.
std::vector<float> values_of(std::size_t sample, std::size_t count) {
  base::RandomStream random(sample * 1000 + count);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.below(1000)) / 64 - 3;
  return values;
}

/// What one run over the samples [begin, end) of a data set leaves.
Calibration shard(std::size_t begin, std::size_t end, std::size_t sequence_length = 1) {
  Calibration calibration;
  calibration.key = {"abc", "2026.4.1", "1", 100, true, 9, sequence_length, "mean [1]", {}};
  calibration.statistics = calibration::empty_statistics(end - begin, sequence_length);
  Statistics& statistics = calibration.statistics;
  for (std::size_t sample = begin; sample < end; ++sample) {
    calibration.key.samples.push_back(sample + 1);
    statistics[kMax].add(values_of(sample, 1));
    statistics[kMin].add(values_of(sample, 3));
    statistics[kMean].add(values_of(sample, 3));
    std::vector<ValueHistogram>& histograms = statistics.histograms_for(kHistogram);
    histograms.resize(1);
    histograms[0].add(values_of(sample, 50));
  }
  for (const auto& request : {kMax, kMin, kMean, kHistogram}) statistics.set_seen(request, end - begin);
  return calibration;
}

std::string error_of(const std::vector<Calibration>& shards) {
  try {
    merge_statistics(shards);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input);
    return error.what();
  }
  return "";
}

TEST(MergeStatistics, IsWhatOneRunWouldHaveCollected) {
  const std::vector<Calibration> shards{shard(0, 101), shard(101, 102), shard(102, 202)};
  const Calibration merged = merge_statistics(shards);
  const Calibration whole = shard(0, 202);
  EXPECT_EQ(merged.key.model, whole.key.model);
  EXPECT_EQ(merged.key.preprocessing, whole.key.preprocessing);
  EXPECT_EQ(merged.key.samples, whole.key.samples);
  EXPECT_EQ(merged.key.subset_size, 0u);
  EXPECT_FALSE(merged.key.shuffle);
  EXPECT_EQ(merged.key.seed, 0u);
  EXPECT_THAT(differences(merged.key, whole.key), IsEmpty());
  EXPECT_THAT(merged.findings, IsEmpty());
  EXPECT_EQ(merged.statistics.samples(), 202u);
  EXPECT_EQ(merged.statistics.requests(), whole.statistics.requests());
  for (const auto& request : {kMax, kMin, kMean}) {
    SCOPED_TRACE(request.text());
    EXPECT_TRUE(merged.statistics.complete(request));
    const Series &one = merged.statistics.at(request), &other = whole.statistics.at(request);
    EXPECT_EQ(one.samples, other.samples);
    EXPECT_EQ(one.rows.read(), other.rows.read());
    EXPECT_EQ(one.lowest, other.lowest);
    EXPECT_EQ(one.highest, other.highest);
    EXPECT_EQ(one.sum, other.sum);
    EXPECT_EQ(one.even_sum, other.even_sum);
  }
  EXPECT_EQ(merged.statistics.histograms(kHistogram)[0].counts(), whole.statistics.histograms(kHistogram)[0].counts());
}

TEST(MergeStatistics, LeavesTheShardsAlone) {
  const std::vector<Calibration> shards{shard(0, 3000), shard(3000, 6000)};
  const std::vector<float> before = shards[0].statistics.at(kMin).rows.read();
  merge_statistics(shards);
  EXPECT_EQ(shards[0].statistics.at(kMin).rows.read(), before);
  EXPECT_EQ(shards[0].statistics.samples(), 3000u);
  EXPECT_EQ(merge_statistics(std::span(shards).first(1)).key.samples, shards[0].key.samples);
}

TEST(MergeStatistics, RowsStayWithinTheirLimit) {
  const std::vector<Calibration> shards{shard(0, 700), shard(700, 1400)};
  const Calibration merged = merge_statistics(shards);
  EXPECT_EQ(merged.statistics.at(kMin).rows.size(), 3 * Series::kChannelRowLimit);
  EXPECT_EQ(merged.statistics.at(kMax).rows.size(), 1400u);
}

// A few rows may stand for many samples: each shard has the weight of its samples, not of its rows.
TEST(MergeStatistics, RowsStandForTheSamplesOfTheirShard) {
  const auto of_value = [](std::size_t samples, float value) {
    Calibration calibration;
    calibration.key = {"abc", "2026.4.1", "1", 0, false, 0, 1, "", {}};
    calibration.statistics = calibration::empty_statistics(samples, 1);
    for (std::size_t i = 0; i < samples; ++i) {
      calibration.key.samples.push_back(static_cast<std::uint64_t>(value) << 32 | i);
      calibration.statistics[kMin].add(std::vector<float>(3, value));
    }
    calibration.statistics.set_seen(kMin, samples);
    return calibration;
  };
  for (const std::vector<std::size_t>& sizes :
       {std::vector<std::size_t>{3000, 520}, {100, 3000}, {3000, 1}, {600, 600, 600}}) {
    std::vector<Calibration> shards;
    double expected = 0, total = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      shards.push_back(of_value(sizes[i], static_cast<float>(i + 1)));
      expected += static_cast<double>(sizes[i]) * static_cast<double>(i + 1);
      total += static_cast<double>(sizes[i]);
    }
    const std::vector<float> rows = merge_statistics(shards).statistics.at(kMin).rows.read();
    ASSERT_EQ(rows.size(), 3 * Series::kChannelRowLimit);
    const double mean = std::accumulate(rows.begin(), rows.end(), 0.0) / static_cast<double>(rows.size());
    EXPECT_NEAR(mean, expected / total, 0.01);
  }
}

TEST(MergeStatistics, RefusesWhatIsNotOfOneDataSet) {
  const auto with = [](const std::function<void(StatisticsKey&)>& change) {
    std::vector<Calibration> shards{shard(0, 3), shard(3, 6)};
    change(shards[1].key);
    return error_of(shards);
  };
  const auto message = [](const std::string& what) {
    return "merging statistics: shard 2 differs from the first in: " + what +
           "; merge shards of one model and one data set";
  };
  EXPECT_EQ(with([](StatisticsKey& key) { key.model = "def"; }), message("the model"));
  EXPECT_EQ(with([](StatisticsKey& key) { key.runtime = "2026.4.2"; }),
            message("OpenVINO (2026.4.2 instead of 2026.4.1)"));
  EXPECT_EQ(with([](StatisticsKey& key) { key.normalization = "0"; }),
            message("octune's way to normalise models (version 0 instead of 1)"));
  EXPECT_EQ(with([](StatisticsKey& key) {
              key.sequence_length = 2;
              key.preprocessing = "";
            }),
            message("the length of sequences (2 instead of 1), preprocessing (none instead of 'mean [1]')"));
  EXPECT_EQ(with([](StatisticsKey& key) {
              key.subset_size = 7;
              key.shuffle = false;
              key.seed = 1;
            }),
            "");
  EXPECT_EQ(error_of({}), "merging statistics: there are no shards; give at least one file");
}

TEST(MergeStatistics, RefusesInterruptedShards) {
  std::vector<Calibration> shards{shard(0, 3), shard(3, 6)};
  shards[1].statistics.set_seen(kMean, 2);
  EXPECT_EQ(error_of(shards),
            "merging statistics: shard 2 was interrupted after 2 of 3 samples; complete it first with the command that "
            "began it");
  shards = {shard(0, 3), shard(3, 6)};
  shards[0].key.samples.pop_back();
  EXPECT_EQ(error_of(shards),
            "merging statistics: shard 1 was interrupted after 2 of 3 samples; complete it first with the command that "
            "began it");
  EXPECT_EQ(error_of({Calibration()}), "merging statistics: shard 1 holds no samples; leave it out");
}

TEST(MergeStatistics, SequencesAreNotCut) {
  EXPECT_EQ(error_of({shard(0, 4, 2), shard(4, 7, 2)}), "");
  EXPECT_EQ(
      error_of({shard(0, 3, 2), shard(3, 7, 2)}),
      "merging statistics: shard 1 ends within a sequence (3 samples in sequences of 2); cut the data set between "
      "sequences, or put this shard last");
}

TEST(MergeStatistics, OtherChannelsAreRefused) {
  std::vector<Calibration> shards{shard(0, 2), shard(2, 3)};
  Statistics other = calibration::empty_statistics(1, 1);
  other[kMin].add(values_of(0, 5));
  other.set_seen(kMin, 1);
  shards[1].statistics = other;
  EXPECT_EQ(error_of(shards),
            "merging statistics: shard 2 holds 5 channels for min of tensor 'conv' per channel of axis 1, those before "
            "it 3; calibrate with samples of one shape");
}

TEST(MergeStatistics, SaysWhatIsLeftOutAndWhatIsDouble) {
  std::vector<Calibration> shards{shard(0, 3), shard(2, 5)};
  const StatisticRequest only{{"other", 0}, Reduction::max, 0, {}};
  shards[1].statistics[only].add(std::vector<float>{1});
  shards[1].statistics.set_seen(only, 3);
  const DataFinding of_all{Severity::info, "all are small"};
  shards[0].findings = {{Severity::warning, "too few; give more"}, of_all};
  shards[1].findings = {of_all};
  const Calibration merged = merge_statistics(shards);
  EXPECT_FALSE(merged.statistics.contains(only));
  ASSERT_EQ(merged.findings.size(), 4u);
  EXPECT_EQ(merged.findings[0].text, "shard 1: too few; give more");
  EXPECT_EQ(merged.findings[1].text, "all are small");
  EXPECT_EQ(merged.findings[2].severity, Severity::info);
  EXPECT_EQ(merged.findings[2].text,
            "1 of 5 statistics are not in every shard and were left out; calibrate all shards with the same options to "
            "keep them");
  EXPECT_EQ(merged.findings[3].severity, Severity::warning);
  EXPECT_EQ(merged.findings[3].text,
            "1 of 6 samples are in an earlier shard already and count twice; make shards that do not overlap");
}

}  // namespace
}  // namespace octune
