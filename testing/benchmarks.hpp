// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <benchmark/benchmark.h>

#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

/// What the benchmarks of kernels (*_bench.cpp beside the sources) share: values to work on and what they report.
namespace octune::testing {

/// How activations look: after a batch normalisation most lie within a few powers of two; before one, or in a
/// transformer, they spread over many.
enum class Spread { narrow, wide };

inline std::vector<float> values(std::size_t count, Spread spread = Spread::narrow) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  std::vector<float> result(count);
  for (float& value : result) value = spread == Spread::narrow ? normal(random) : std::exp(4 * normal(random));
  if (spread == Spread::wide) {
    for (std::size_t i = 0; i < count; i += 2) result[i] = -result[i];
  }
  return result;
}

/// Nanoseconds to copy `bytes` bytes once, the best of several tries right now: the limit for what reads as many.
inline double copy_nanoseconds(std::size_t bytes) {
  using Clock = std::chrono::steady_clock;
  constexpr std::size_t kTries = 9;
  constexpr std::size_t kBytesPerTry = std::size_t{1} << 22;
  const std::vector<char> from(bytes, 1);
  std::vector<char> to(bytes);
  const std::size_t repeats = 1 + kBytesPerTry / bytes;
  double best = 0;
  for (std::size_t attempt = 0; attempt < kTries; ++attempt) {
    const auto start = Clock::now();
    for (std::size_t i = 0; i < repeats; ++i) {
      std::memcpy(to.data(), from.data(), bytes);
      benchmark::DoNotOptimize(to.data());
      benchmark::ClobberMemory();
    }
    const double taken =
        std::chrono::duration<double, std::nano>(Clock::now() - start).count() / static_cast<double>(repeats);
    if (attempt == 0 || taken < best) best = taken;
  }
  return best;
}

/// Says what one iteration worked on. Call it behind the loop: bench/kernels divides the time by the counters.
inline void report(benchmark::State& state, std::size_t elements, std::size_t bytes) {
  const auto iterations = state.iterations();
  state.SetItemsProcessed(iterations * static_cast<std::int64_t>(elements));
  state.SetBytesProcessed(iterations * static_cast<std::int64_t>(bytes));
  state.counters["elements"] = static_cast<double>(elements);
  state.counters["bytes"] = static_cast<double>(bytes);
  state.counters["copy_ns"] = copy_nanoseconds(bytes);
}

}  // namespace octune::testing
