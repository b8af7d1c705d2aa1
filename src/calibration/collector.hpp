// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <openvino/runtime/infer_request.hpp>
#include <span>
#include <vector>

#include "calibration/forms.hpp"
#include "calibration/whole_tensors.hpp"
#include "infer/finite.hpp"

namespace octune::calibration {

/// Thrown: a value that is not finite turned up in sample `position`; the search for its origin starts when inference
/// has stopped.
struct NonFinite {
  std::size_t position;
  TensorRef tensor;
  infer::Finiteness kind;
};

/// Where a sample lies in its sequence; `alone` if there are no sequences.
enum class Place { alone, starts_sequence, goes_on };

/// Takes the outputs of inferences apart and adds them to the series of their form, in the order of samples.
class Collector {
 public:
  explicit Collector(std::size_t threads) : reader_(threads) {}

  /// Throws NonFinite.
  void add(Form& form, std::size_t position, Place place, ov::InferRequest& request);

  /// Adds the rows of a sequence that is over.
  void finish_sequence();

 private:
  void add_row(Series& series, Reduction reduction, Place place, std::span<const float> row);
  void add_reduced(const Form& form, std::size_t position, Place place, ov::InferRequest& request);
  void add_iterations(const Form& form, std::size_t position, Place place, ov::InferRequest& request);
  void add_whole(Form& form, std::size_t position, ov::InferRequest& request);

  TensorReader reader_;
  std::map<Series*, std::vector<float>> of_sequence_;  // the rows of the sequence that is being collected
  std::vector<float> row_;
};

}  // namespace octune::calibration
