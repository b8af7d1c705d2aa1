// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <sstream>

#include "calibration/statistics_file.hpp"
#include "testing/benchmarks.hpp"

namespace octune::calibration {
namespace {

/// A file as most of a run is: rows of minima and maxima per channel, and histograms.
Calibration example() {
  constexpr std::size_t kSamples = 300, kTensors = 20, kChannels = 64;
  Calibration calibration;
  calibration.key.samples.resize(kSamples);
  calibration.statistics = Statistics(kSamples);
  const std::vector<float> row = testing::values(kChannels);
  const std::vector<float> tensor = testing::values(100'000);
  for (std::size_t i = 0; i < kTensors; ++i) {
    const TensorRef name{"tensor " + std::to_string(i), 0};
    for (const Reduction reduction : {Reduction::min, Reduction::max, Reduction::mean}) {
      const StatisticRequest request{name, reduction, 0, 1};
      for (std::size_t sample = 0; sample < kSamples; ++sample) calibration.statistics[request].add(row);
      calibration.statistics.set_seen(request, kSamples);
    }
    const StatisticRequest request{name, Reduction::histogram, 0, {}};
    calibration.statistics.histograms_for(request).resize(1);
    calibration.statistics.histograms_for(request)[0].add(tensor);
    calibration.statistics.set_seen(request, kSamples);
  }
  return calibration;
}

void statistics_file_write(benchmark::State& state) {
  const Calibration calibration = example();
  std::size_t size = 0;
  for (auto _ : state) {
    std::ostringstream out;
    write_statistics(calibration, out);
    size = out.str().size();
  }
  testing::report(state, size, size);
}
BENCHMARK(statistics_file_write)->Unit(benchmark::kMicrosecond);

void statistics_file_read(benchmark::State& state) {
  std::ostringstream out;
  write_statistics(example(), out);
  const std::string content = out.str();
  for (auto _ : state) {
    std::istringstream in(content);
    benchmark::DoNotOptimize(read_statistics(in, "memory"));
  }
  testing::report(state, content.size(), content.size());
}
BENCHMARK(statistics_file_read)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace octune::calibration
