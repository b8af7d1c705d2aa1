// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <openvino/core/model.hpp>
#include <span>
#include <string>
#include <vector>

#include "infer/runtime.hpp"
#include "octune/dataset.hpp"
#include "octune/observer.hpp"

namespace octune::evaluate {

struct LayerCandidate {
  std::string label;
  std::shared_ptr<const ov::Model> model;
  infer::CompileOptions options;  ///< profiling is added
};

struct LayerOptions {
  double seconds = 3;            ///< of measuring a candidate, but for 20 inferences a compilation that are always run
  std::size_t compilations = 5;  ///< not 0
};

/// One layer of the compiled model and how long it takes.
struct LayerTime {
  infer::RuntimeOperation layer;
  double milliseconds = 0;
};

/// The layers of each candidate that are executed, in the order of execution.
///
/// The runtime tells the mean time of each layer over all inferences since the compilation, in whole microseconds, so
/// short layers are rounded. Here it is the median over several compilations, which take turns between the candidates.
/// Measuring costs time itself: the sum over the layers is not the latency. Progress is reported under "layers". Throws
/// Interrupted when the observer asks to stop, Error{input} without samples or for one that does not fit.
std::vector<std::vector<LayerTime>> measure_layers(const infer::Runtime& runtime,
                                                   std::span<const LayerCandidate> candidates,
                                                   const std::vector<Sample>& samples, const LayerOptions& options,
                                                   Observer* observer);

/// Milliseconds of all layers together.
double total_of(std::span<const LayerTime> layers);

}  // namespace octune::evaluate
