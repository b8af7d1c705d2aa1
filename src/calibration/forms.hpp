// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <openvino/core/model.hpp>
#include <openvino/runtime/compiled_model.hpp>
#include <span>
#include <string>
#include <vector>

#include "calibration/instrument.hpp"
#include "calibration/whole_tensors.hpp"
#include "infer/runtime.hpp"
#include "octune/dataset.hpp"
#include "octune/statistics.hpp"

namespace octune::calibration {

/// One compiled form of the instrumented model (for the fixed shapes of the first sample, or for all shapes) and where
/// its columns go: looking names up for every sample would cost as much as a small network.
struct Form {
  Instrumented plan;
  ov::CompiledModel compiled;
  std::vector<Series*> reduced, iterations, known;  // beside the columns of the plan
  std::vector<WholeTensor> whole;
  std::vector<TensorRef> results;  // what the model's own outputs are called
};

/// Compiles the forms that the samples turn out to need. What it is given must outlive it.
class Forms {
 public:
  Forms(const infer::Runtime& runtime, const std::shared_ptr<const ov::Model>& model,
        std::span<const StatisticRequest> requests, const infer::CompileOptions& options, Statistics& statistics)
      : runtime_(runtime), model_(model), requests_(requests), options_(options), statistics_(statistics) {}

  /// The form that runs `sample` (fitted). Static shapes run faster: a model with dynamic inputs is fixed to the shapes
  /// of the first sample where it can be.
  Form& form_for(const Sample& sample);

  double compile_seconds() const { return seconds_; }

  /// Gives every request on tensors with the same values the histograms that were collected once for all of them.
  void share_histograms();

 private:
  std::unique_ptr<Form> compile(std::shared_ptr<ov::Model> model) const;
  void fix(const Sample& first, std::span<const ov::Output<const ov::Node>> inputs);
  bool has_fixed_shapes(const Sample& sample) const;

  const infer::Runtime& runtime_;
  const std::shared_ptr<const ov::Model>& model_;
  std::span<const StatisticRequest> requests_;
  infer::CompileOptions options_;
  Statistics& statistics_;
  std::map<std::string, ov::Shape> shapes_;  // of the first sample, where they are fixed
  std::unique_ptr<Form> fixed_, general_;
  double seconds_ = 0;
};

}  // namespace octune::calibration
