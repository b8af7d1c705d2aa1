// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openvino/core/model.hpp>
#include <set>
#include <span>
#include <vector>

#include "infer/runtime.hpp"
#include "layerwise/model_prefix.hpp"
#include "octune/dataset.hpp"
#include "octune/observer.hpp"
#include "octune/plan.hpp"

namespace octune::quantization {

/// Computes means of tensors of a quantized model whose biases change from call to call, from the inputs towards the
/// outputs (see layerwise::ModelPrefix). Activations are rounded but not clipped: values outside the range of a
/// FakeQuantize pass it as they are.
class QuantizedPrefix {
 public:
  static constexpr std::size_t kMemoryLimit = layerwise::ModelPrefix::kMemoryLimit;

  /// `indices`: the samples used; all arguments by reference outlive the object. threads 0: all cores.
  QuantizedPrefix(const infer::Runtime& runtime, const Dataset& dataset, std::vector<std::size_t> indices, int threads,
                  std::size_t memory_limit = kMemoryLimit);

  struct Channels {
    TensorRef tensor;
    std::size_t axis = 1;
  };

  /// For each of `wanted` one row a sample: the mean of every channel. f32; the same for any number of threads.
  /// `remember`: the frontier of the next call; nodes above it must not change any more. Reports progress of the
  /// samples to the observer. Throws what infer::run_samples() throws.
  std::vector<std::vector<float>> means(const ov::Model& model, std::span<const Channels> wanted,
                                        const std::set<TensorRef>& remember, Observer* observer);

  std::size_t remembered_bytes() const { return prefix_.remembered_bytes(); }

 private:
  layerwise::ModelPrefix prefix_;
};

}  // namespace octune::quantization
