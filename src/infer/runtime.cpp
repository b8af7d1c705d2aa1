// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "infer/runtime.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <openvino/runtime/properties.hpp>

#include "infer/runtime_error.hpp"

namespace octune::infer {

Runtime::Runtime() {
  try {
    core_ = std::make_shared<ov::Core>();
  } catch (const std::exception& exception) {
    throw runtime_error("OpenVINO cannot be started", exception);
  }
}

ov::CompiledModel Runtime::compile(const std::shared_ptr<const ov::Model>& model, const CompileOptions& options) const {
  const int threads = options.threads > 0 ? options.threads : cpu_features().cores;
  ov::AnyMap properties{ov::inference_num_threads(threads)};
  if (options.goal == PerformanceGoal::throughput) {
    properties.insert(ov::hint::performance_mode(ov::hint::PerformanceMode::THROUGHPUT));
  } else if (options.streams <= 1) {
    properties.insert(ov::hint::performance_mode(ov::hint::PerformanceMode::LATENCY));
    properties.insert(ov::num_streams(1));
  } else {
    properties.insert(ov::num_streams(std::min(options.streams, threads)));
  }
  if (options.precision == Precision::f32) {
    properties.insert(ov::hint::inference_precision(ov::element::f32));
    // Models with compressed weights would otherwise get activations quantized on the fly.
    properties.insert(ov::hint::dynamic_quantization_group_size(0));
  }
  if (options.precision == Precision::bf16) properties.insert(ov::hint::inference_precision(ov::element::bf16));
  if (options.profiling) properties.insert(ov::enable_profiling(true));
  try {
    return core_->compile_model(model, "CPU", properties);
  } catch (const std::exception& exception) {
    throw runtime_error(fmt::format("model '{}' cannot be compiled for the CPU", model->get_friendly_name()),
                        exception);
  }
}

std::string Runtime::version() const {
  const std::string build = ov::get_openvino_version().buildNumber;
  return build.substr(0, build.find('-'));
}

std::string Runtime::device_name() const {
  try {
    return core_->get_property("CPU", ov::device::full_name);
  } catch (const std::exception& exception) {
    throw runtime_error("the CPU's name", exception);
  }
}

}  // namespace octune::infer
