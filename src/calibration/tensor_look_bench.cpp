// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/tensor_look.hpp"
#include "testing/benchmarks.hpp"

namespace octune::calibration {
namespace {

/// A colour image of 224 x 224 pixels, looked at for oddities of the data set.
void tensor_look(benchmark::State& state) {
  const std::vector<float> values = testing::values(3 * 224 * 224);
  ov::Tensor tensor(ov::element::f32, {1, 3, 224, 224});
  std::copy(values.begin(), values.end(), tensor.data<float>());
  for (auto _ : state) benchmark::DoNotOptimize(look_at(tensor));
  testing::report(state, values.size(), values.size() * sizeof(float));
}
BENCHMARK(tensor_look);

}  // namespace
}  // namespace octune::calibration
