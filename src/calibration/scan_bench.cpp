// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/quantile_scan.hpp"
#include "calibration/scan.hpp"
#include "testing/benchmarks.hpp"

namespace octune::calibration {
namespace {

template <Sign sign>
void tensor_extremes(benchmark::State& state) {
  const std::vector<float> values = testing::values(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(extremes_of(values, sign));
  testing::report(state, values.size(), values.size() * sizeof(float));
}
BENCHMARK(tensor_extremes<Sign::kept>)->Name("tensor_extremes")->Arg(10'000)->Arg(1'000'000);
BENCHMARK(tensor_extremes<Sign::dropped>)->Name("tensor_extremes_of_magnitudes")->Arg(10'000)->Arg(1'000'000);

/// The two quantiles of one tensor that channel alignment and the estimator "quantile" ask for.
void tensor_quantiles(benchmark::State& state) {
  const std::vector<float> values = testing::values(static_cast<std::size_t>(state.range(0)));
  const std::vector<double> probabilities{1e-4, 1 - 1e-4};
  std::vector<float> result(probabilities.size());
  QuantileScan scan;
  for (auto _ : state) {
    scan.of(values, probabilities, Sign::kept, result);
    benchmark::DoNotOptimize(result.data());
  }
  testing::report(state, values.size(), values.size() * sizeof(float));
}
BENCHMARK(tensor_quantiles)->Arg(10'000)->Arg(1'000'000);

/// The same in the middle, where no tail can be looked at alone.
void tensor_median(benchmark::State& state) {
  const std::vector<float> values = testing::values(static_cast<std::size_t>(state.range(0)));
  const std::vector<double> probabilities{0.5};
  std::vector<float> result(1);
  QuantileScan scan;
  for (auto _ : state) {
    scan.of(values, probabilities, Sign::kept, result);
    benchmark::DoNotOptimize(result.data());
  }
  testing::report(state, values.size(), values.size() * sizeof(float));
}
BENCHMARK(tensor_median)->Arg(10'000)->Arg(1'000'000);

/// The same of every channel of a tensor whose channels are last: rows (of pixels or tokens) x channels.
void channel_quantiles(benchmark::State& state) {
  const auto rows = static_cast<std::size_t>(state.range(0));
  const auto channels = static_cast<std::size_t>(state.range(1));
  const std::vector<float> values = testing::values(rows * channels);
  const std::vector<double> probabilities{1e-4, 1 - 1e-4};
  std::vector<float> result(probabilities.size() * channels);
  QuantileScan scan;
  for (auto _ : state) {
    scan.of_columns(values.data(), rows, channels, probabilities, Sign::kept, result);
    benchmark::DoNotOptimize(result.data());
  }
  testing::report(state, values.size(), values.size() * sizeof(float));
}
BENCHMARK(channel_quantiles)->ArgNames({"rows", "channels"})->Args({49, 512})->Args({3'136, 64})->Args({40'000, 24});

}  // namespace
}  // namespace octune::calibration
