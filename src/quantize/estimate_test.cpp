// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/estimate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.hpp"
#include "octune/error.hpp"
#include "quantize/range_search.hpp"
#include "quantize/weights_extent.hpp"
#include "testing/models.hpp"

namespace octune::quantization {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::Pointwise;
using ::testing::UnorderedElementsAre;

constexpr EstimatorType kTypes[] = {EstimatorType::min, EstimatorType::max, EstimatorType::abs_max,
                                    EstimatorType::quantile, EstimatorType::abs_quantile};
constexpr Aggregator kAggregators[] = {Aggregator::mean,
                                       Aggregator::max,
                                       Aggregator::min,
                                       Aggregator::median,
                                       Aggregator::mean_no_outliers,
                                       Aggregator::median_no_outliers,
                                       Aggregator::hl_estimator};

// --- definitions as numpy would have them -------------------------------------------------------------------------

double quantile(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  const double position = q * static_cast<double>(values.size() - 1);
  const auto low = static_cast<std::size_t>(std::floor(position));
  const auto high = static_cast<std::size_t>(std::ceil(position));
  return values[low] + (values[high] - values[low]) * (position - static_cast<double>(low));
}

double statistic(std::vector<double> values, EstimatorType type, double q) {
  if (type == EstimatorType::abs_max || type == EstimatorType::abs_quantile) {
    for (double& value : values) value = std::abs(value);
    q = std::max(q, 1 - q);
  }
  if (type == EstimatorType::min) return *std::min_element(values.begin(), values.end());
  if (type == EstimatorType::max || type == EstimatorType::abs_max)
    return *std::max_element(values.begin(), values.end());
  return quantile(values, q);
}

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double aggregated(const std::vector<double>& values, Aggregator aggregator) {
  std::vector<double> inliers, pairs;
  for (const double value : values) {
    if (value >= quantile(values, 0.01) && value <= quantile(values, 0.99)) inliers.push_back(value);
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) pairs.push_back((values[i] + values[j]) / 2);
  }
  switch (aggregator) {
    case Aggregator::mean:
      return mean(values);
    case Aggregator::max:
      return *std::max_element(values.begin(), values.end());
    case Aggregator::min:
      return *std::min_element(values.begin(), values.end());
    case Aggregator::median:
      return quantile(values, 0.5);
    case Aggregator::mean_no_outliers:
      return mean(inliers);
    case Aggregator::median_no_outliers:
      return quantile(inliers, 0.5);
    case Aggregator::hl_estimator:
      return quantile(pairs, 0.5);
  }
  return 0;
}

// --- data and the statistics a calibration would collect of them ---------------------------------------------------

/// values[sample][channel]
using Data = std::vector<std::vector<std::vector<double>>>;

Data random_data(std::size_t samples, std::size_t channels, std::size_t elements, std::uint64_t seed) {
  base::RandomStream random(seed);
  Data data(samples, std::vector<std::vector<double>>(channels, std::vector<double>(elements)));
  for (auto& sample : data) {
    for (std::size_t c = 0; c < channels; ++c) {
      const double scale = (0.5 + random.uniform()) * static_cast<double>(c + 1);
      for (double& value : sample[c]) value = static_cast<float>((random.uniform() * 2 - 0.8) * scale);
    }
  }
  return data;
}

/// The values a request reduces to one number: of a channel, or of all.
std::vector<std::vector<double>> parts(const std::vector<std::vector<double>>& sample, bool by_channel) {
  if (by_channel) return sample;
  std::vector<double> all;
  for (const auto& channel : sample) all.insert(all.end(), channel.begin(), channel.end());
  return {all};
}

/// Collects what is asked for, and nothing else.
Statistics collected(const std::vector<StatisticRequest>& requests, const Data& data) {
  Statistics statistics;
  for (const StatisticRequest& request : requests) {
    for (const auto& sample : data) {
      std::vector<float> row;
      const auto reduced = parts(sample, request.channel_axis.has_value());
      if (request.reduction == Reduction::histogram) {
        auto& histograms = statistics.histograms_for(request);
        histograms.resize(reduced.size());
        for (std::size_t c = 0; c < reduced.size(); ++c) {
          histograms[c].add(std::vector<float>(reduced[c].begin(), reduced[c].end()));
        }
        continue;
      }
      for (const auto& values : reduced) {
        const EstimatorType type = request.reduction == Reduction::min        ? EstimatorType::min
                                   : request.reduction == Reduction::max      ? EstimatorType::max
                                   : request.reduction == Reduction::quantile ? EstimatorType::quantile
                                                                              : EstimatorType::abs_quantile;
        row.push_back(static_cast<float>(statistic(values, type, request.probability)));
      }
      statistics[request].add(row);
    }
  }
  return statistics;
}

Quantizer activation(Granularity granularity = Granularity::per_tensor, Mode mode = Mode::asymmetric) {
  Quantizer quantizer;
  quantizer.tensor = {std::string("x"), 0};
  quantizer.scheme = {8, mode, granularity, std::nullopt, std::nullopt};
  if (granularity == Granularity::per_channel) quantizer.channel_axes = {1};
  return quantizer;
}

Extent extent_of(const Quantizer& quantizer, const Data& data) {
  Plan plan;
  plan.quantizers = {quantizer};
  return activation_extent(quantizer, plan, collected(required_statistics(plan), data));
}

class EveryEstimator : public ::testing::TestWithParam<std::tuple<EstimatorType, Aggregator, Granularity>> {};

TEST_P(EveryEstimator, IsWhatItsDefinitionSays) {
  const auto [type, aggregator, granularity] = GetParam();
  const Data data = random_data(37, 3, 50, 21);
  Quantizer quantizer = activation(granularity);
  const double q = 0.03;
  quantizer.estimator.max = {type, aggregator, q, std::nullopt, std::nullopt};
  quantizer.estimator.min = {type == EstimatorType::quantile ? type : EstimatorType::min, aggregator, q, std::nullopt,
                             std::nullopt};
  const bool by_channel = granularity == Granularity::per_channel;
  const auto expected = [&](EstimatorType border, double probability) {
    std::vector<double> result;
    for (std::size_t c = 0; c < (by_channel ? 3 : 1); ++c) {
      std::vector<double> rows;
      for (const auto& sample : data) {
        // What is collected is kept in 32 bits.
        rows.push_back(static_cast<float>(statistic(parts(sample, by_channel)[c], border, probability)));
      }
      result.push_back(aggregated(rows, aggregator));
    }
    return result;
  };
  const Extent extent = extent_of(quantizer, data);
  EXPECT_THAT(extent.max, Pointwise(DoubleEq(), expected(type, 1 - q)));
  EXPECT_THAT(extent.min, Pointwise(DoubleEq(), expected(quantizer.estimator.min.type, q)));
}

INSTANTIATE_TEST_SUITE_P(TypesAggregatorsAndGranularities, EveryEstimator,
                         ::testing::Combine(::testing::ValuesIn(kTypes), ::testing::ValuesIn(kAggregators),
                                            ::testing::Values(Granularity::per_tensor, Granularity::per_channel)));

TEST(Estimate, ClippingComesBeforeZeroIsPutOnALevel) {
  const Data data = random_data(5, 1, 50, 3);
  Quantizer quantizer = activation();
  quantizer.estimator.max.clipping_value = 0.5;
  quantizer.estimator.min.clipping_value = -0.25;
  Plan plan;
  plan.quantizers = {quantizer};
  const std::vector<Range> ranges = activation_ranges(plan, collected(required_statistics(plan), data));
  const Extent extent = extent_of(quantizer, data);
  EXPECT_THAT(extent.min, ElementsAre(-0.25));
  EXPECT_THAT(extent.max, ElementsAre(0.5));
  const double step = (static_cast<double>(ranges[0].high[0]) - ranges[0].low[0]) / 255;
  EXPECT_NEAR(ranges[0].low[0] / step, std::round(ranges[0].low[0] / step), 1e-4);
}

TEST(Estimate, APerTensorStatisticGivesAllChannelsOneBorder) {
  const Data data = random_data(9, 3, 50, 4);
  Quantizer quantizer = activation(Granularity::per_channel);
  quantizer.estimator.max = {EstimatorType::max, Aggregator::max, 0, std::nullopt, Granularity::per_tensor};
  quantizer.estimator.min = {EstimatorType::min, Aggregator::min, 0, std::nullopt, std::nullopt};
  const Extent by_channel = extent_of(quantizer, data);
  EXPECT_EQ(by_channel.min.size(), 3u);
  double largest = 0;
  for (const auto& sample : data) {
    for (const auto& channel : sample) largest = std::max(largest, statistic(channel, EstimatorType::max, 1));
  }
  EXPECT_THAT(by_channel.max, ElementsAre(largest));
  Plan plan;
  plan.quantizers = {quantizer};
  const std::vector<Range> ranges = activation_ranges(plan, collected(required_statistics(plan), data));
  ASSERT_EQ(ranges[0].high.size(), 3u);
  for (const float high : ranges[0].high) EXPECT_NEAR(high, by_channel.max.front(), 0.05);
  quantizer.estimator.min.granularity = Granularity::per_tensor;
  plan.quantizers = {quantizer};
  EXPECT_EQ(activation_ranges(plan, collected(required_statistics(plan), data))[0].high.size(), 1u);
}

TEST(Estimate, ASearchAsksForTheDistributionAlone) {
  Quantizer quantizer = activation(Granularity::per_channel);
  quantizer.estimator.search = RangeSearch::kl;
  quantizer.also_covers = {{"state", 0}};
  Plan plan;
  plan.quantizers = {quantizer};
  EXPECT_THAT(required_statistics(plan),
              UnorderedElementsAre(StatisticRequest{{"x", 0}, Reduction::histogram, 0, 1},
                                   StatisticRequest{{"state", 0}, Reduction::histogram, 0, std::nullopt}));
}

class EverySearch : public ::testing::TestWithParam<RangeSearch> {};

TEST_P(EverySearch, SeesAllValuesOfItsChannel) {
  const Data data = random_data(20, 3, 200, 5);
  for (const Mode mode : {Mode::symmetric, Mode::asymmetric}) {
    for (const Granularity granularity : {Granularity::per_tensor, Granularity::per_channel}) {
      Quantizer quantizer = activation(granularity, mode);
      quantizer.estimator.search = GetParam();
      const Extent extent = extent_of(quantizer, data);
      const std::size_t channels = granularity == Granularity::per_channel ? 3 : 1;
      ASSERT_EQ(extent.max.size(), channels);
      for (std::size_t c = 0; c < channels; ++c) {
        ValueHistogram histogram;
        for (const auto& sample : data) {
          const auto values = parts(sample, channels == 3)[c];
          histogram.add(std::vector<float>(values.begin(), values.end()));
        }
        const Levels levels = mode == Mode::symmetric ? Levels{-128, 127} : Levels{0, 255};
        const Borders expected = search_range(histogram, {GetParam(), mode, levels});
        EXPECT_EQ(extent.max[c], expected.high);
        EXPECT_EQ(extent.min[c], mode == Mode::symmetric ? histogram.lowest() : expected.low);
      }
    }
  }
}

TEST_P(EverySearch, TensorsThatShareARangeAreSearchedTogether) {
  const std::vector<float> narrow = testing::normal(3000, 1, 0, 1);
  const std::vector<float> wide = testing::normal(300, 2, 0, 9);
  ValueHistogram both;
  both.add(narrow);
  both.add(wide);
  const Borders expected = search_range(both, {GetParam(), Mode::asymmetric, {0, 255}});
  Quantizer first = activation();
  first.estimator.search = GetParam();
  first.group = 1;
  Quantizer second = first;
  second.tensor.node = std::string("y");
  Plan plan;
  plan.quantizers = {first, second};
  Statistics statistics;
  statistics.histograms_for({{"x", 0}, Reduction::histogram, 0, std::nullopt}).resize(1);
  statistics.histograms_for({{"y", 0}, Reduction::histogram, 0, std::nullopt}).resize(1);
  statistics.histograms_for({{"x", 0}, Reduction::histogram, 0, std::nullopt})[0].add(narrow);
  statistics.histograms_for({{"y", 0}, Reduction::histogram, 0, std::nullopt})[0].add(wide);
  const Range together = activation_range({{expected.low}, {expected.high}}, first.scheme);
  for (const Range& range : activation_ranges(plan, statistics)) {
    EXPECT_EQ(range.low, together.low);
    EXPECT_EQ(range.high, together.high);
  }
  first.group.reset();
  first.also_covers = {{"y", 0}};
  plan.quantizers = {first};
  EXPECT_EQ(activation_ranges(plan, statistics)[0].high, together.high);
}

TEST_P(EverySearch, ValuesWithoutASignGetUnsignedLevels) {
  Data data = random_data(5, 1, 500, 6);
  for (auto& sample : data) {
    for (double& value : sample[0]) value = std::max(value, 0.0);
  }
  Quantizer quantizer = activation(Granularity::per_tensor, Mode::symmetric);
  quantizer.estimator.search = GetParam();
  EXPECT_THAT(extent_of(quantizer, data).min, ElementsAre(0));
  ValueHistogram histogram;
  for (const auto& sample : data) histogram.add(std::vector<float>(sample[0].begin(), sample[0].end()));
  EXPECT_EQ(extent_of(quantizer, data).max[0], search_range(histogram, {GetParam(), Mode::symmetric, {0, 255}}).high);
}

INSTANTIATE_TEST_SUITE_P(Searches, EverySearch,
                         ::testing::Values(RangeSearch::histogram, RangeSearch::mse, RangeSearch::kl));

// --- weights ------------------------------------------------------------------------------------------------------

Quantizer weights(std::vector<std::size_t> axes, Mode mode = Mode::asymmetric, int bits = 8) {
  Quantizer quantizer;
  quantizer.kind = QuantizerKind::weights;
  quantizer.scheme = {bits, mode, axes.empty() ? Granularity::per_tensor : Granularity::per_channel, std::nullopt,
                      std::nullopt};
  quantizer.channel_axes = std::move(axes);
  return quantizer;
}

/// The values of every index of the axes 0 and 2 of a [3,4,2] tensor.
std::vector<std::vector<double>> channels_of(const std::vector<float>& values, bool by_channel) {
  std::vector<std::vector<double>> result(by_channel ? 6 : 1);
  for (std::size_t i = 0; i < values.size(); ++i) {
    result[by_channel ? i / 8 * 2 + i % 2 : 0].push_back(values[i]);
  }
  return result;
}

TEST(WeightsExtent, EveryTypeIsWhatItsDefinitionSays) {
  const std::vector<float> values = testing::normal(24, 5);
  for (const EstimatorType type : kTypes) {
    for (const bool by_channel : {false, true}) {
      for (const bool per_tensor_statistic : {false, true}) {
        Quantizer quantizer = weights(by_channel ? std::vector<std::size_t>{0, 2} : std::vector<std::size_t>{});
        quantizer.estimator.max = {type, Aggregator::max, 0.1, std::nullopt, std::nullopt};
        quantizer.estimator.min = quantizer.estimator.max;
        if (per_tensor_statistic) quantizer.estimator.max.granularity = Granularity::per_tensor;
        const Extent extent = weights_extent(values, {3, 4, 2}, quantizer);
        const auto own = channels_of(values, by_channel);
        const auto upper = channels_of(values, by_channel && !per_tensor_statistic);
        ASSERT_EQ(extent.max.size(), own.size());
        for (std::size_t c = 0; c < own.size(); ++c) {
          EXPECT_DOUBLE_EQ(extent.max[c], statistic(upper[upper.size() == 1 ? 0 : c], type, 0.9));
          EXPECT_DOUBLE_EQ(extent.min[c], statistic(own[c], type, 0.1));
        }
      }
    }
  }
}

TEST(WeightsExtent, ClippingBoundsBothBorders) {
  Quantizer quantizer = weights({0});
  quantizer.estimator.max.clipping_value = 0.5;
  quantizer.estimator.min.clipping_value = -0.5;
  const Extent extent = weights_extent(std::vector<float>{-1, 2, -0.25F, 0.125F}, {2, 2}, quantizer);
  EXPECT_THAT(extent.min, ElementsAre(-0.5, -0.25));
  EXPECT_THAT(extent.max, ElementsAre(0.5, 0.125));
}

TEST_P(EverySearch, OfWeightsGoesChannelByChannel) {
  std::vector<float> values = testing::normal(24 * 100, 6);
  for (std::size_t i = 0; i < 800; ++i) values[i] *= 10;
  Quantizer quantizer = weights({0}, Mode::symmetric, 4);
  quantizer.estimator.search = GetParam();
  const Extent extent = weights_extent(values, {3, 800}, quantizer);
  ASSERT_EQ(extent.max.size(), 3u);
  for (std::size_t c = 0; c < 3; ++c) {
    const auto channel = std::span<const float>(values).subspan(c * 800, 800);
    EXPECT_EQ(extent.max[c], search_range(channel, {GetParam(), Mode::symmetric, {-7, 7}}).high);
  }
  quantizer.halved = true;
  EXPECT_EQ(
      weights_extent(values, {3, 800}, quantizer).max[1],
      search_range(std::span<const float>(values).subspan(800, 800), {GetParam(), Mode::symmetric, {-3, 3}}).high);
}

}  // namespace
}  // namespace octune::quantization
