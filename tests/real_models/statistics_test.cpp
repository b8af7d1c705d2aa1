// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "octune/statistics.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>
#include <tuple>

#include "calibration/collect.hpp"
#include "graph/normalise.hpp"
#include "infer/runtime.hpp"
#include "models.hpp"
#include "quantize/estimate.hpp"
#include "quantize/plan_normalised.hpp"

// Statistics are the same to the last bit in every run, for any number of threads, and in however many passes they are
// collected.
namespace octune::real_models {
namespace {

constexpr std::size_t kSamples = 7;

/// What a plan asks for, and every other kind of reduction of the same tensors.
std::vector<StatisticRequest> requests_for(const ov::Model& model) {
  std::vector<StatisticRequest> requests =
      quantization::required_statistics(quantization::plan_normalised(model, PlanOptions()));
  const std::vector<StatisticRequest> planned = requests;
  for (const StatisticRequest& request : planned) {
    for (const Reduction reduction : {Reduction::quantile, Reduction::abs_quantile, Reduction::histogram}) {
      StatisticRequest other = request;
      other.reduction = reduction;
      other.probability = reduction == Reduction::histogram ? 0 : 0.999;
      requests.push_back(other);
    }
  }
  std::sort(requests.begin(), requests.end());
  requests.erase(std::unique(requests.begin(), requests.end()), requests.end());
  return requests;
}

Statistics collect(const RealModel& model, const std::shared_ptr<ov::Model>& normal,
                   const std::vector<StatisticRequest>& requests, const calibration::CollectOptions& options) {
  std::vector<std::size_t> indices(kSamples);
  std::iota(indices.begin(), indices.end(), 0);
  std::map<std::string, double> timings;
  return calibration::collect(infer::Runtime(), normal, requests, *samples(model, kSamples), indices, options, timings,
                              nullptr);
}

/// Everything there is to know of a histogram.
auto content(const ValueHistogram& histogram) {
  std::vector<std::tuple<float, float, std::uint64_t>> result{
      {histogram.lowest(), histogram.highest(), histogram.count()}};
  for (const ValueHistogram::Bucket& bucket : histogram.buckets())
    result.emplace_back(bucket.low, bucket.high, bucket.count);
  return result;
}

/// The first request whose numbers differ in any bit; empty if there is none.
std::string first_difference(const Statistics& a, const Statistics& b, const std::vector<StatisticRequest>& requests) {
  for (const StatisticRequest& request : requests) {
    if (request.reduction == Reduction::histogram) {
      if (!std::ranges::equal(a.histograms(request), b.histograms(request), {}, content, content))
        return request.text();
      continue;
    }
    const Series& first = a.at(request);
    const Series& second = b.at(request);
    const bool same = first.samples == second.samples && first.channels == second.channels &&
                      first.rows.read() == second.rows.read() && first.lowest == second.lowest &&
                      first.highest == second.highest && first.sum == second.sum && first.even_sum == second.even_sum;
    if (!same) return request.text();
  }
  return "";
}

class StatisticsTest : public testing::TestWithParam<std::string> {};

TEST_P(StatisticsTest, AreTheSameToTheBitInEveryRunOnAnyNumberOfThreads) {
  const RealModel& model = real_model(GetParam());
  const auto normal = graph::normalise(read(model));
  const std::vector<StatisticRequest> requests = requests_for(*normal);
  ASSERT_GE(requests.size(), 10u);
  const Statistics first = collect(model, normal, requests, {.threads = 1});
  for (const int threads : {1, 2, 3}) {
    EXPECT_EQ(first_difference(first, collect(model, normal, requests, {.threads = threads}), requests), "")
        << threads << " threads";
  }
}

// Other requests beside it change neither the graph that a statistic is reduced in nor what it becomes.
TEST_P(StatisticsTest, AreTheSameToTheBitCollectedTogetherOrInParts) {
  const RealModel& model = real_model(GetParam());
  const auto normal = graph::normalise(read(model));
  const std::vector<StatisticRequest> requests = requests_for(*normal);
  const Statistics together = collect(model, normal, requests, {.threads = 2});
  constexpr std::size_t kParts = 3;
  for (std::size_t part = 0; part < kParts; ++part) {
    std::vector<StatisticRequest> some;
    for (std::size_t i = part; i < requests.size(); i += kParts) some.push_back(requests[i]);
    EXPECT_EQ(first_difference(together, collect(model, normal, some, {.threads = 2}), some), "");
  }
}

INSTANTIATE_TEST_SUITE_P(RealModels, StatisticsTest, testing::Values("recognition", "orientation", "silero_sequence"),
                         [](const auto& instance) { return instance.param; });

}  // namespace
}  // namespace octune::real_models
