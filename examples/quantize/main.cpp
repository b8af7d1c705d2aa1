// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0

// quantize MODEL OUT.xml SHAPE SAMPLE...: int8 out of a float model with one input, from samples that are raw float32
// files of that shape: quantize model.onnx int8.xml [1,3,48,192] samples/*.bin
#include <fstream>
#include <iostream>
#include <openvino/openvino.hpp>
#include <stdexcept>

#include "octune/dataset.hpp"
#include "octune/quantize.hpp"

int main(int argc, char** argv) try {
  if (argc < 5) throw std::invalid_argument("usage: quantize MODEL OUT.xml SHAPE SAMPLE...");
  const auto model = ov::Core().read_model(argv[1]);
  model->reshape(ov::PartialShape(argv[3]));
  const auto samples = octune::dataset(argc - 4, [&](std::size_t index) {
    ov::Tensor tensor(ov::element::f32, model->input().get_shape());
    std::ifstream(argv[4 + index], std::ios::binary)
        .read(static_cast<char*>(tensor.data()), static_cast<std::streamsize>(tensor.get_byte_size()));
    return octune::Sample{{model->input().get_any_name(), tensor}};
  });
  const octune::QuantizeResult result = octune::quantize(model, *samples);
  ov::save_model(result.model, argv[2], false);  // false: what stayed in float stays FP32
  std::cout << result.plan.quantizers.size() << " quantizers from " << result.samples_used << " samples\n";
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
