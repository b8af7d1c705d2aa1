// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "layerwise/cholesky.hpp"
#include "layerwise/error_feedback.hpp"
#include "layerwise/input_range.hpp"
#include "layerwise/test_problems.hpp"
#include "testing/benchmarks.hpp"

// The parts of solving one layer, in one thread. Elements are multiplications: K inputs, M = 64 outputs, 2048 rows.
namespace octune::layerwise {
namespace {

constexpr std::size_t kRows = 2048, kOutputs = 64;

std::size_t inputs_of(const benchmark::State& state) { return static_cast<std::size_t>(state.range(0)); }

/// X^T X + I of random rows: positive definite, [K][K], the lower triangle.
std::vector<float> gram(std::size_t k) {
  const std::vector<float> x = testing::values(2 * k * k);
  std::vector<float> h(k * k);
  for (std::size_t i = 0; i < k; ++i) h[i * k + i] = 1;
  add_gram(ConstMatrix(x.data(), 2 * k, k, k), 1, Matrix{h.data(), k, k, k}, 1);
  return h;
}

std::vector<float> factor(std::size_t k) {
  std::vector<float> h = gram(k);
  if (!cholesky(Matrix{h.data(), k, k, k}, 1)) h.clear();
  return h;
}

void layerwise_gram(benchmark::State& state) {
  const std::size_t k = inputs_of(state);
  const std::vector<float> x = testing::values(kRows * k);
  std::vector<float> h(k * k);
  for (auto _ : state) {
    add_gram(ConstMatrix(x.data(), kRows, k, k), 1, Matrix{h.data(), k, k, k}, 1);
    benchmark::DoNotOptimize(h.data());
  }
  testing::report(state, kRows * k * k / 2, x.size() * sizeof(float));
}
BENCHMARK(layerwise_gram)->Arg(64)->Arg(576)->Unit(benchmark::kMicrosecond);

void layerwise_cholesky(benchmark::State& state) {
  const std::size_t k = inputs_of(state);
  const std::vector<float> h = gram(k);
  for (auto _ : state) {
    std::vector<float> copy = h;
    benchmark::DoNotOptimize(cholesky(Matrix{copy.data(), k, k, k}, 1));
  }
  testing::report(state, k * k * k / 6, h.size() * sizeof(float));
}
BENCHMARK(layerwise_cholesky)->Arg(64)->Arg(576)->Unit(benchmark::kMicrosecond);

void layerwise_solve(benchmark::State& state) {
  const std::size_t k = inputs_of(state);
  const std::vector<float> lower = factor(k), rows = testing::values(kOutputs * k);
  for (auto _ : state) {
    std::vector<float> copy = rows;
    solve(ConstMatrix(lower.data(), k, k, k), Matrix{copy.data(), kOutputs, k, k}, 1);
    benchmark::DoNotOptimize(copy.data());
  }
  testing::report(state, kOutputs * k * k, lower.size() * sizeof(float));
}
BENCHMARK(layerwise_solve)->Arg(64)->Arg(576)->Unit(benchmark::kMicrosecond);

void layerwise_rounding(benchmark::State& state) {
  const std::size_t k = inputs_of(state);
  const std::vector<float> lower = factor(k), wanted = testing::values(kOutputs * k);
  const std::vector<ChannelQuantizer> quantizers(kOutputs, ChannelQuantizer{.scale = 0.03F});
  std::vector<std::int16_t> integers(wanted.size());
  for (auto _ : state) {
    round_with_feedback(ConstMatrix(lower.data(), k, k, k), ConstMatrix(wanted.data(), kOutputs, k, k), quantizers,
                        integers);
    benchmark::DoNotOptimize(integers.data());
  }
  testing::report(state, kOutputs * k * k / 2, lower.size() * sizeof(float));
}
BENCHMARK(layerwise_rounding)->Arg(64)->Arg(576)->Unit(benchmark::kMicrosecond);

void layerwise_input_range(benchmark::State& state) {
  const std::size_t k = inputs_of(state);
  const LayerProblem problem =
      test_problem({.inputs = k, .outputs = kOutputs, .rows = kRows, .tunes_input_range = true});
  for (auto _ : state) benchmark::DoNotOptimize(best_input_range(problem, *problem.input_quantizer, 1));
  testing::report(state, kRows * kOutputs * k, problem.tuning.inputs.size() * sizeof(float));
}
BENCHMARK(layerwise_input_range)->Arg(64)->Arg(576)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace octune::layerwise
