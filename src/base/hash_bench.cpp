// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "base/hash.hpp"
#include "testing/benchmarks.hpp"

namespace octune::base {
namespace {

void hash_bytes(benchmark::State& state) {
  const std::vector<float> values = testing::values(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(Hash().add(std::as_bytes(std::span(values))).number());
  testing::report(state, values.size(), values.size() * sizeof(float));
}
BENCHMARK(hash_bytes)->Arg(10'000)->Arg(1'000'000);

}  // namespace
}  // namespace octune::base
