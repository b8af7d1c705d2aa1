// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "octune/statistics.hpp"
#include "testing/benchmarks.hpp"

namespace octune {
namespace {

using testing::Spread;

template <Spread spread>
void histogram_add(benchmark::State& state) {
  const std::vector<float> values = testing::values(static_cast<std::size_t>(state.range(0)), spread);
  ValueHistogram histogram;
  for (auto _ : state) histogram.add(values);
  benchmark::DoNotOptimize(histogram.count());
  testing::report(state, values.size(), values.size() * sizeof(float));
}
BENCHMARK(histogram_add<Spread::narrow>)->Name("histogram_add_narrow")->Arg(10'000)->Arg(1'000'000);
BENCHMARK(histogram_add<Spread::wide>)->Name("histogram_add_wide")->Arg(10'000)->Arg(1'000'000);

/// Tensors whose channels have few values: one histogram a channel, all of them touched in turn.
void histogram_add_many_channels(benchmark::State& state) {
  const auto channels = static_cast<std::size_t>(state.range(0));
  const auto per_channel = static_cast<std::size_t>(state.range(1));
  const std::vector<float> values = testing::values(channels * per_channel);
  std::vector<ValueHistogram> histograms(channels);
  for (auto _ : state) {
    for (std::size_t channel = 0; channel < channels; ++channel)
      histograms[channel].add(std::span(values).subspan(channel * per_channel, per_channel));
  }
  testing::report(state, values.size(), values.size() * sizeof(float));
}
BENCHMARK(histogram_add_many_channels)->ArgNames({"channels", "values"})->ArgsProduct({{512}, {1, 49, 1'024}});

/// Per counter that holds something: merging does not depend on how many values were counted.
template <Spread spread>
void histogram_merge(benchmark::State& state) {
  ValueHistogram total, other;
  other.add(testing::values(1'000'000, spread));
  for (auto _ : state) total.merge(other);
  benchmark::DoNotOptimize(total.count());
  const std::size_t buckets = other.buckets().size();
  testing::report(state, buckets, buckets * sizeof(std::uint16_t));
}
BENCHMARK(histogram_merge<Spread::narrow>)->Name("histogram_merge_narrow");
BENCHMARK(histogram_merge<Spread::wide>)->Name("histogram_merge_wide");

/// As the range searches read a histogram.
void histogram_equal_bins(benchmark::State& state) {
  ValueHistogram histogram;
  histogram.add(testing::values(1'000'000, Spread::wide));
  for (auto _ : state) benchmark::DoNotOptimize(histogram.equal_bins(2048, histogram.lowest(), histogram.highest()));
  const std::size_t buckets = histogram.buckets().size();
  testing::report(state, buckets, buckets * sizeof(std::uint16_t));
}
BENCHMARK(histogram_equal_bins);

}  // namespace
}  // namespace octune
