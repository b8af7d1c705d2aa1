// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/range_search.hpp"
#include "testing/benchmarks.hpp"

namespace octune::quantization {
namespace {

/// One tensor's search, per counter of its histogram that holds something.
template <RangeSearch search, Mode mode>
void search_borders(benchmark::State& state) {
  ValueHistogram histogram;
  histogram.add(testing::values(1'000'000));
  const Levels levels = mode == Mode::symmetric ? Levels{-127, 127} : Levels{0, 255};
  const SearchOptions options{.search = search, .mode = mode, .levels = levels};
  for (auto _ : state) benchmark::DoNotOptimize(search_range(histogram, options));
  const std::size_t buckets = histogram.buckets().size();
  testing::report(state, buckets, buckets * sizeof(std::uint16_t));
}
BENCHMARK(search_borders<RangeSearch::mse, Mode::symmetric>)
    ->Name("search_mse_symmetric")
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(search_borders<RangeSearch::mse, Mode::asymmetric>)
    ->Name("search_mse_asymmetric")
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(search_borders<RangeSearch::histogram, Mode::symmetric>)
    ->Name("search_histogram")
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(search_borders<RangeSearch::kl, Mode::symmetric>)->Name("search_kl")->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace octune::quantization
