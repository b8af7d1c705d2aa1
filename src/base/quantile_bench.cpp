// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "base/quantile.hpp"
#include "testing/benchmarks.hpp"

namespace octune::base {
namespace {

/// Leaves the values: what calibration does with a tensor. q is range(1) / 10,000.
void quantile_with_scratch(benchmark::State& state) {
  const std::vector<float> values = testing::values(static_cast<std::size_t>(state.range(0)));
  const double q = static_cast<double>(state.range(1)) / 1e4;
  std::vector<float> scratch;
  for (auto _ : state) benchmark::DoNotOptimize(quantile(std::span<const float>(values), q, scratch));
  testing::report(state, values.size(), values.size() * sizeof(float));
}
BENCHMARK(quantile_with_scratch)
    ->ArgNames({"n", "q/10000"})
    ->ArgsProduct({{10'000, 1'000'000}, {1, 100, 5'000, 9'999}});

/// Reorders the values, so each turn begins with a copy of them, which counts.
void quantile_in_place(benchmark::State& state) {
  const std::vector<float> values = testing::values(static_cast<std::size_t>(state.range(0)));
  const double q = static_cast<double>(state.range(1)) / 1e4;
  std::vector<float> work(values.size());
  for (auto _ : state) {
    work = values;
    benchmark::DoNotOptimize(quantile(std::span<float>(work), q));
  }
  testing::report(state, values.size(), values.size() * sizeof(float));
}
BENCHMARK(quantile_in_place)->ArgNames({"n", "q/10000"})->ArgsProduct({{10'000, 1'000'000}, {1, 5'000}});

/// The rows of 64 channels, 256 values each: quantiles per channel are many short ones.
void quantile_per_channel(benchmark::State& state) {
  constexpr std::size_t kChannels = 64, kValues = 256;
  const std::vector<float> values = testing::values(kChannels * kValues);
  std::vector<float> scratch;
  for (auto _ : state) {
    for (std::size_t channel = 0; channel < kChannels; ++channel) {
      const auto part = std::span<const float>(values).subspan(channel * kValues, kValues);
      benchmark::DoNotOptimize(quantile(part, 0.9999, scratch));
    }
  }
  testing::report(state, values.size(), values.size() * sizeof(float));
}
BENCHMARK(quantile_per_channel);

}  // namespace
}  // namespace octune::base
