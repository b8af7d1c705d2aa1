// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0

// evaluate FLOAT_MODEL INT8_MODEL: a data set and metrics of one's own as C++ functions. Compares two models with one
// input of static shape on made-up samples.
#include <algorithm>
#include <cmath>
#include <iostream>
#include <openvino/openvino.hpp>
#include <stdexcept>

#include "octune/dataset.hpp"
#include "octune/evaluate.hpp"

namespace {

std::size_t largest(const ov::Tensor& output) {
  const float* values = output.data<const float>();
  return static_cast<std::size_t>(std::max_element(values, values + output.get_size()) - values);
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) throw std::invalid_argument("usage: evaluate FLOAT_MODEL INT8_MODEL");
  ov::Core core;
  const std::shared_ptr<ov::Model> float_model = core.read_model(argv[1]);
  const std::shared_ptr<ov::Model> int8_model = core.read_model(argv[2]);

  // Samples are made when they are needed, by several threads at once.
  const auto input = float_model->input();
  const auto samples = octune::dataset(50, [&](std::size_t index) {
    ov::Tensor tensor(ov::element::f32, input.get_shape());
    float* values = tensor.data<float>();
    for (std::size_t i = 0; i < tensor.get_size(); ++i)
      values[i] = std::sin(0.05F * static_cast<float>((index + 1) * i));
    return octune::Sample{{input.get_any_name(), tensor}};
  });

  std::vector<std::unique_ptr<octune::Metric>> metrics;
  metrics.push_back(octune::metric("same_class",
                                   [](const octune::Outputs& outputs, const octune::Outputs& float_outputs) {
                                     return largest(outputs[0]) == largest(float_outputs[0]) ? 1.0 : 0.0;
                                   },
                                   {.bounds = octune::ScoreBounds{0, 1}}));
  metrics.push_back(octune::make_metric("sqnr"));

  const auto results = octune::measure(int8_model, *samples, {}, metrics, {.float_model = float_model});
  for (const octune::MetricResult& result : results) {
    std::cout << result.name << " : " << result.value << " from " << result.scores.size() << " samples\n";
  }
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
