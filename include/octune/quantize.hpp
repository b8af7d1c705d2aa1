// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <openvino/core/model.hpp>
#include <string>
#include <vector>

#include "octune/dataset.hpp"
#include "octune/layerwise.hpp"
#include "octune/observer.hpp"
#include "octune/options.hpp"
#include "octune/plan.hpp"

namespace octune {

/// What the runtime really does with one operation of the quantized model.
struct ExecutedOperation {
  std::string name;
  std::string type;
  std::string precision;         ///< "i8", "u8", "f32", "bf16", ...; "fused" if it has no execution of its own
  bool planned_integer = false;  ///< false for embeddings: stored in integers, computed in floating point
};

/// A layer or pair that an algorithm was planned for and left as it was.
struct LeftAlone {
  std::string operation;  ///< of a pair the consumer
  std::string reason;
};

/// The outcome of octune::quantize(): the model and the reasons behind it.
struct QuantizeResult {
  std::shared_ptr<ov::Model> model;  ///< FakeQuantize on activations, weights as integer constants
  Plan plan;
  std::vector<ExecutedOperation> executed;
  /// normalize, plan, compile, calibrate, statistics (reading, checking and writing them), apply, correct, layerwise,
  /// verify
  std::map<std::string, double> timings_s;
  std::size_t samples_used = 0;
  std::size_t samples_available = 0;
  std::size_t reused_samples = 0;  ///< whose statistics came from options.statistics
  std::size_t passes = 0;          ///< over the samples to collect statistics; 0: all came from options.statistics
  std::size_t requests = 0;        ///< how many statistics the plan asked for
  std::string model_hash;          ///< of the input model, as in StatisticsKey
  std::size_t aligned_pairs = 0;
  std::size_t smoothed_inputs = 0;
  std::vector<LeftAlone> unaligned_pairs;  ///< those that alignment would have made worse
  std::size_t corrected_biases = 0;
  std::vector<LeftAlone> uncorrected_biases;  ///< those that a correction would have made worse
  std::vector<TunedLayer> tuned_layers;       ///< in topological order, if options.layerwise is given
  std::vector<std::string> warnings;
};

/// Makes a low-precision copy of `model` (DefaultQuantization: channel alignment, MinMax, bias correction).
/// One pass over the first `subset_size` samples; sequential bias correction runs a fifth of them again. The input
/// model is not changed. Throws Error: input (data do not fit the model, NaN), unsupported (nothing can be quantized),
/// runtime.
QuantizeResult quantize(const std::shared_ptr<const ov::Model>& model, const Dataset& calibration,
                        const QuantizeOptions& options = {}, Observer* observer = nullptr);

/// Where and how `model` would be quantized; needs no data.
Plan plan_quantization(const std::shared_ptr<const ov::Model>& model, const PlanOptions& options = {});

}  // namespace octune
