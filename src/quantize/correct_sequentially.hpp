// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <openvino/core/model.hpp>
#include <optional>
#include <span>
#include <string>

#include "infer/runtime.hpp"
#include "octune/dataset.hpp"
#include "octune/observer.hpp"
#include "octune/plan.hpp"
#include "octune/statistics.hpp"
#include "quantize/apply.hpp"

namespace octune::quantization {

/// What correcting by inference needs beside plan and statistics.
struct Correction {
  const infer::Runtime& runtime;
  const std::shared_ptr<ov::Model>& model;  ///< the float model, normalised
  const Dataset& dataset;
  std::span<const std::size_t> used;  ///< indices of the calibration samples, in the order of the statistics
  int threads = 0;                    ///< 0: all cores
};

/// Corrects the biases that wait in `applied`, which was made of `statistics` (see correct_biases()).
void correct_sequentially(const Correction& correction, const Plan& plan, const Statistics& statistics,
                          Applied& applied, Observer& observer);

/// Judges a model corrected that way as a whole: on samples that the correction did not see, the outputs must come
/// closer to the float model's than with FastBiasCorrection, otherwise `applied` and `plan` become those of
/// FastBiasCorrection and the returned warning says so. A mean over all positions can be right in every layer while the
/// few positions that decide get worse, as in the detection of text on a plain background.
std::optional<std::string> unless_fast_is_closer(const Correction& correction, Plan& plan, Statistics statistics,
                                                 Applied& applied, Observer& observer);

}  // namespace octune::quantization
