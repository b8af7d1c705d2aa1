// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <openvino/core/model.hpp>
#include <optional>
#include <vector>

#include "infer/runtime.hpp"
#include "octune/dataset.hpp"
#include "octune/observer.hpp"

namespace octune::quantization {

/// Compares models with the outputs of a float model on some samples: inference, but no labels.
class OutputError {
 public:
  static constexpr std::size_t kMemoryLimit = std::size_t{256} << 20;

  /// Runs the float model over the samples `indices` and keeps its outputs, of as many samples as fit into
  /// kMemoryLimit. Arguments by reference outlive the object. threads 0: all cores. Throws what inference throws.
  OutputError(const infer::Runtime& runtime, const std::shared_ptr<const ov::Model>& model, const Dataset& dataset,
              std::vector<std::size_t> indices, int threads, Observer* observer);

  std::size_t samples() const { return reference_.size(); }

  /// Squared error over squared float values, both summed over the samples, of each f32 output whose sizes agree; the
  /// mean over these outputs. None if there is nothing to compare. The same for any number of threads.
  std::optional<double> of(const std::shared_ptr<const ov::Model>& model, Observer* observer) const;

 private:
  const infer::Runtime& runtime_;
  const Dataset& dataset_;
  std::vector<std::size_t> indices_;
  int threads_;
  std::vector<std::vector<std::vector<float>>> reference_;  // [sample][output]; an output of another type is empty
};

}  // namespace octune::quantization
