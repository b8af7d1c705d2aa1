// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/spill_file.hpp"
#include "octune/statistics.hpp"
#include "testing/benchmarks.hpp"

namespace octune {
namespace {

constexpr std::size_t kSamples = 300;

/// What one pass of 300 samples does with the results of one request: range(0) channels a row.
template <Series::Keeps keeps>
void series_add(benchmark::State& state) {
  const auto channels = static_cast<std::size_t>(state.range(0));
  const std::vector<float> row = testing::values(channels);
  for (auto _ : state) {
    Series series;
    series.keeps = keeps;
    for (std::size_t sample = 0; sample < kSamples; ++sample) series.add(row);
    benchmark::DoNotOptimize(series.samples);
  }
  testing::report(state, kSamples * channels, kSamples * channels * sizeof(float));
}
BENCHMARK(series_add<Series::Keeps::rows>)->Name("series_add_rows")->ArgName("channels")->Arg(1)->Arg(64)->Arg(1'024);
BENCHMARK(series_add<Series::Keeps::halves>)
    ->Name("series_add_halves")
    ->ArgName("channels")
    ->Arg(1)
    ->Arg(64)
    ->Arg(1'024);

void series_merge(benchmark::State& state) {
  const auto channels = static_cast<std::size_t>(state.range(0));
  const std::vector<float> row = testing::values(channels);
  Series half;
  for (std::size_t sample = 0; sample < kSamples; ++sample) half.add(row);
  for (auto _ : state) {
    Series whole = half;
    whole.merge(half, Series::kRowLimit);
    benchmark::DoNotOptimize(whole.samples);
  }
  testing::report(state, 2 * kSamples * channels, 2 * kSamples * channels * sizeof(float));
}
BENCHMARK(series_merge)->ArgName("channels")->Arg(1)->Arg(64)->Arg(1'024);

/// Rows of 1,024 numbers to the temporary file.
void numbers_append_spilled(benchmark::State& state) {
  const std::vector<float> row = testing::values(1'024);
  for (auto _ : state) {
    Numbers numbers(std::make_shared<SpillFile>());
    for (std::size_t sample = 0; sample < kSamples; ++sample) numbers.append(row);
    benchmark::DoNotOptimize(numbers.size());
  }
  testing::report(state, kSamples * row.size(), kSamples * row.size() * sizeof(float));
}
BENCHMARK(numbers_append_spilled);

void numbers_read_spilled(benchmark::State& state) {
  Numbers numbers(std::make_shared<SpillFile>());
  numbers.append(testing::values(kSamples * 1'024));
  for (auto _ : state) benchmark::DoNotOptimize(numbers.read());
  testing::report(state, numbers.size(), numbers.size() * sizeof(float));
}
BENCHMARK(numbers_read_spilled);

}  // namespace
}  // namespace octune
