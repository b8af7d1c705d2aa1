// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "calibration/collect.hpp"
#include "graph/queries.hpp"
#include "infer/runtime.hpp"
#include "octune/dataset.hpp"
#include "octune/statistics.hpp"
#include "testing/models.hpp"

/// Data for tiny models with one input "x", and running them, for the tests of this module.
namespace octune::quantization {

inline std::vector<Sample> samples_of_shape(const ov::Shape& shape, std::size_t count, float mean = 0.3F) {
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < count; ++i) {
    ov::Tensor tensor(ov::element::f32, shape);
    const auto values = testing::normal(ov::shape_size(shape), 100 + i, mean);
    std::copy(values.begin(), values.end(), tensor.data<float>());
    samples.push_back({{"x", tensor}});
  }
  return samples;
}

/// Random samples for the only input of a model.
inline std::vector<Sample> samples_for(const ov::Model& model, std::size_t count, float mean = 0.3F) {
  return samples_of_shape(model.input().get_shape(), count, mean);
}

/// All outputs of all samples, one after another, computed by the compiled model. States start anew for each sample.
inline std::vector<float> run(const std::shared_ptr<ov::Model>& model, const std::vector<Sample>& samples) {
  const infer::Runtime runtime;
  ov::CompiledModel compiled = runtime.compile(model, {.threads = 1});
  ov::InferRequest request = compiled.create_infer_request();
  std::vector<float> values;
  for (const Sample& sample : samples) {
    request.reset_state();
    request.set_input_tensor(sample.begin()->second);
    request.infer();
    for (std::size_t i = 0; i < compiled.outputs().size(); ++i) {
      const ov::Tensor output = request.get_output_tensor(i);
      values.insert(values.end(), output.data<float>(), output.data<float>() + output.get_size());
    }
  }
  return values;
}

inline double signal_to_noise_db(const std::vector<float>& reference, const std::vector<float>& values) {
  double signal = 0;
  double noise = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    signal += static_cast<double>(reference[i]) * reference[i];
    noise += (static_cast<double>(reference[i]) - values[i]) * (static_cast<double>(reference[i]) - values[i]);
  }
  return 10 * std::log10(signal / std::max(noise, 1e-30));
}

inline Statistics collect(const std::shared_ptr<ov::Model>& model, const std::vector<StatisticRequest>& requests,
                          const std::vector<Sample>& samples) {
  std::map<std::string, double> timings;
  const auto data = dataset(samples);
  const auto indices = calibration::choose_samples(samples.size(), 0, false, 0);
  Observer observer;
  return calibration::collect(infer::Runtime(), model, requests, *data, indices, {.threads = 1}, timings, &observer);
}

/// The mean of each output channel of the operation `name`, after its bias, over the samples.
inline std::vector<double> mean_output(const std::shared_ptr<ov::Model>& model, const std::string& name,
                                       std::size_t channel_axis, const std::vector<Sample>& samples) {
  const auto node = graph::nodes_by_name(*model).at(name);
  std::shared_ptr<ov::Node> last = node;
  const auto targets = node->output(0).get_target_inputs();
  if (targets.size() == 1 && std::string(targets.begin()->get_node()->get_type_info().name) == "Add")
    last = targets.begin()->get_node()->shared_from_this();
  const StatisticRequest request{{last->get_friendly_name(), 0}, Reduction::mean, 0, channel_axis};
  const Statistics statistics = collect(model, {request}, samples);
  const Series& series = statistics.at(request);
  std::vector<double> mean(series.sum);
  for (double& value : mean) value /= static_cast<double>(series.samples);
  return mean;
}

/// Root mean square of the differences.
inline double distance(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(sum / static_cast<double>(a.size()));
}

}  // namespace octune::quantization
