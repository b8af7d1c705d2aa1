// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/output_error.hpp"

#include <algorithm>
#include <limits>

#include "infer/run_samples.hpp"

namespace octune::quantization {
namespace {

constexpr std::string_view kStage = "output error";

/// The f32 outputs of a finished inference.
std::vector<std::vector<float>> outputs_of(ov::InferRequest& request) {
  std::vector<std::vector<float>> outputs(request.get_compiled_model().outputs().size());
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const ov::Tensor tensor = request.get_output_tensor(i);
    if (tensor.get_element_type() != ov::element::f32) continue;
    outputs[i].assign(tensor.data<const float>(), tensor.data<const float>() + tensor.get_size());
  }
  return outputs;
}

std::size_t bytes_of(const std::vector<std::vector<float>>& outputs) {
  std::size_t bytes = 0;
  for (const std::vector<float>& output : outputs) bytes += output.size() * sizeof(float);
  return bytes;
}

/// What one output adds up to over the samples.
struct Sums {
  double signal = 0;
  double noise = 0;

  void add(const std::vector<float>& reference, const std::vector<float>& values) {
    if (reference.size() != values.size()) {  // another number of boxes: all wrong
      for (const float value : reference) {
        signal += static_cast<double>(value) * value;
        noise += static_cast<double>(value) * value;
      }
      return;
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double difference = static_cast<double>(values[i]) - reference[i];
      signal += static_cast<double>(reference[i]) * reference[i];
      noise += difference * difference;
    }
  }
};

}  // namespace

OutputError::OutputError(const infer::Runtime& runtime, const std::shared_ptr<const ov::Model>& model,
                         const Dataset& dataset, std::vector<std::size_t> indices, int threads, Observer* observer)
    : runtime_(runtime), dataset_(dataset), indices_(std::move(indices)) {
  threads_ =
      std::min(threads > 0 ? threads : infer::cpu_features().cores, std::max(1, static_cast<int>(indices_.size())));
  std::size_t bytes = 0;
  const ov::CompiledModel compiled = runtime_.compile(model, {.threads = threads_, .streams = threads_});
  infer::run_samples(compiled, dataset_, indices_, kStage, observer, [&](std::size_t, ov::InferRequest& request) {
    if (bytes > kMemoryLimit) return;
    std::vector<std::vector<float>> outputs = outputs_of(request);
    bytes += bytes_of(outputs);
    if (bytes <= kMemoryLimit) reference_.push_back(std::move(outputs));
  });
  indices_.resize(reference_.size());
}

std::optional<double> OutputError::of(const std::shared_ptr<const ov::Model>& model, Observer* observer) const {
  if (reference_.empty()) return std::nullopt;
  std::vector<Sums> sums(reference_.front().size());
  const ov::CompiledModel compiled = runtime_.compile(model, {.threads = threads_, .streams = threads_});
  infer::run_samples(compiled, dataset_, indices_, kStage, observer,
                     [&](std::size_t position, ov::InferRequest& request) {
                       const std::vector<std::vector<float>> outputs = outputs_of(request);
                       for (std::size_t i = 0; i < std::min(sums.size(), outputs.size()); ++i)
                         sums[i].add(reference_[position][i], outputs[i]);
                     });
  double total = 0;
  std::size_t count = 0;
  for (const Sums& output : sums) {
    if (output.signal == 0) continue;
    total += output.noise / output.signal;
    ++count;
  }
  if (count == 0) return std::nullopt;
  return total / static_cast<double>(count);
}

}  // namespace octune::quantization
