// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "base/extremes.hpp"
#include "testing/benchmarks.hpp"

namespace octune::base {
namespace {

void extremes_of_tensor(benchmark::State& state) {
  const std::vector<float> values = testing::values(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(extremes(values));
  testing::report(state, values.size(), values.size() * sizeof(float));
}
BENCHMARK(extremes_of_tensor)->Arg(10'000)->Arg(1'000'000);

}  // namespace
}  // namespace octune::base
