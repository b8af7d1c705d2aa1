// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "infer/finite.hpp"
#include "testing/benchmarks.hpp"

namespace octune::infer {
namespace {

void finiteness_scan(benchmark::State& state) {
  const std::vector<float> values = testing::values(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(finiteness(values.data(), values.size()));
  testing::report(state, values.size(), values.size() * sizeof(float));
}
BENCHMARK(finiteness_scan)->Arg(10'000)->Arg(1'000'000);

}  // namespace
}  // namespace octune::infer
