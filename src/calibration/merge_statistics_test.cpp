// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/merge_statistics.hpp"

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

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

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

std::vector<std::string> texts(const std::vector<DataFinding>& findings) {
  std::vector<std::string> result;
  for (const DataFinding& finding : findings) {
    result.push_back((finding.severity == Severity::warning ? "warning: " : "info: ") + finding.text);
  }
  return result;
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
    return "merging statistics: shard 2 differs from shard 1 in: " + what +
           "; merge shards of one model and one preprocessing";
  };
  EXPECT_EQ(with([](StatisticsKey& key) { key.model = "def"; }), message("the model (its graph, weights or shapes)"));
  EXPECT_EQ(with([](StatisticsKey& key) { key.runtime = "2026.4.2"; }),
            message("OpenVINO (2026.4.2 in shard 2, 2026.4.1 in shard 1)"));
  EXPECT_EQ(with([](StatisticsKey& key) { key.normalization = "0"; }),
            message("the version of octune's way to normalise models (0 in shard 2, 1 in shard 1)"));
  EXPECT_EQ(with([](StatisticsKey& key) {
              key.sequence_length = 2;
              key.preprocessing = "";
            }),
            message("the length of sequences (2 in shard 2, 1 in shard 1), preprocessing (none in shard 2, 'mean [1]' "
                    "in shard 1)"));
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

TEST(MergeStatistics, SaysWhatIsLeftOut) {
  std::vector<Calibration> shards{shard(0, 3), shard(3, 6)};
  const StatisticRequest only{{"fc", 0}, Reduction::max, 0, {}};
  for (int sample = 0; sample < 3; ++sample) shards[1].statistics[only].add(std::vector<float>{1});
  shards[1].statistics.set_seen(only, 3);
  const Calibration merged = merge_statistics(shards);
  EXPECT_FALSE(merged.statistics.contains(only));
  EXPECT_THAT(
      texts(merged.findings),
      Contains("info: 1 of 5 statistics are not in every shard and were left out; calibrate all shards with the "
               "same options to keep them"));
}

/// One tensor whose range alternates between 1 and 3: its move depends on nothing but the number of samples.
Calibration restless(std::size_t begin, std::size_t end) {
  Calibration calibration;
  calibration.key = {"abc", "2026.4.1", "1", 0, false, 0, 1, "", {}};
  calibration.statistics = calibration::empty_statistics(end - begin, 1);
  for (std::size_t sample = begin; sample < end; ++sample) {
    calibration.key.samples.push_back(sample + 1);
    calibration.statistics[kMax].add(std::vector<float>{sample % 2 == 0 ? 1.0F : 3.0F});
  }
  calibration.statistics.set_seen(kMax, end - begin);
  return calibration;
}

TEST(MergeStatistics, SamplesOfTwoShardsAreNoticed) {
  std::vector<Calibration> shards{restless(0, 300), restless(299, 600)};
  EXPECT_THAT(
      texts(merge_statistics(shards).findings),
      ElementsAre("warning: calibration data: 1 of 601 samples is a copy of another (sample number 1 of shard 2 "
                  "of sample number 300 of shard 1), which tells nothing new; for 1 of them the other one is in "
                  "another shard: make shards that do not overlap"));
  shards = {restless(0, 300), restless(300, 600)};
  shards[1].key.samples[8] = shards[1].key.samples[3];
  EXPECT_THAT(
      texts(merge_statistics(shards).findings),
      ElementsAre("info: calibration data: 1 of 600 samples is a copy of another (sample number 9 of shard 2 of "
                  "sample number 4 of shard 2), which tells nothing new; leave it out or give others"));
}

TEST(MergeStatistics, FindingsOfSamplesNameTheirShard) {
  std::vector<Calibration> shards{restless(0, 300), restless(300, 600)};
  const DataFinding of_all{Severity::info, "all are small"};
  shards[0].findings = {of_all};
  shards[1].findings = {of_all, {Severity::warning, "two are black; leave them out"}};
  EXPECT_THAT(texts(merge_statistics(shards).findings),
              ElementsAre("warning: shard 2: two are black; leave them out", "info: every shard: all are small"));
}

TEST(MergeStatistics, WhetherThereAreEnoughSamplesIsJudgedAnew) {
  const DataFinding few{Severity::warning, "calibration data: 200 are few", Evidence::kept};
  std::vector<Calibration> shards{restless(0, 200), restless(200, 400)};
  for (Calibration& shard : shards) shard.findings = {few};
  // move = t s / (sqrt(n) mean): 1.966 * 1.00125 / (sqrt(400) * 2) = 4.9 %, of 200 samples it is 7.0 %
  EXPECT_THAT(texts(merge_statistics(shards).findings), IsEmpty());
  EXPECT_THAT(texts(merge_statistics(std::span(shards).first(1)).findings),
              ElementsAre("info: calibration data: with other samples of the same kind the ranges of 1 of 1 tensors "
                          "would move by more than 5 % (the furthest by 7 %); 200 are few, give about 390"));
  shards[1] = restless(0, 200);
  EXPECT_THAT(texts(merge_statistics(shards).findings),
              ElementsAre(StartsWith("warning: calibration data: 200 of 400 samples are copies of others"),
                          HasSubstr("; 200 different ones are few, give about 390")))
      << "the same samples again make nothing more certain";
}

TEST(MergeStatistics, ABodyThatAnotherShardEnteredIsCovered) {
  const auto of = [](std::size_t begin, std::size_t runs) {
    Calibration calibration = restless(begin, begin + 400);
    const StatisticRequest inside{{"if|then|conv", 0}, Reduction::max, 0, {}};
    for (std::size_t run = 0; run < runs; ++run) calibration.statistics[inside].add(std::vector<float>{2});
    calibration.statistics[inside];
    calibration.statistics.set_seen(inside, 400);
    return calibration;
  };
  EXPECT_THAT(
      texts(merge_statistics(std::vector{of(0, 0), of(400, 0)}).findings),
      ElementsAre("info: calibration data: no sample entered the sub-graph 'if|then', so nothing is known about "
                  "what is inside; give samples that do"));
  EXPECT_THAT(texts(merge_statistics(std::vector{of(0, 0), of(400, 2)}).findings), IsEmpty());
}

TEST(ShardMerger, CallsShardsByTheirNamesAndCanBeUsedAgain) {
  calibration::ShardMerger merger;
  merger.add(shard(0, 3), "'a.octs'");
  Calibration other = shard(3, 6);
  other.key.runtime = "2026.4.2";
  try {
    merger.add(other, "'b.octs'");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "merging statistics: 'b.octs' differs from 'a.octs' in: OpenVINO (2026.4.2 in 'b.octs', 2026.4.1 in "
                 "'a.octs'); merge shards of one model and one preprocessing");
  }
  merger.add(shard(3, 6), "'c.octs'");
  EXPECT_EQ(merger.finish().statistics.samples(), 6u) << "what was refused left nothing";
  merger.add(shard(0, 2), "'a.octs'");
  EXPECT_EQ(merger.finish().statistics.samples(), 2u);
}

}  // namespace
}  // namespace octune
