// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <openvino/runtime/tensor.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace octune {

/// The outputs of a model for one sample, in the order of the model's results.
using Outputs = std::vector<ov::Tensor>;

/// One sample's contribution to a metric. The metric's value over a set is a function of the sums of both fields, so
/// results can be paired, resampled and added in any order.
struct Score {
  double numerator = 0;
  double denominator = 1;
};

/// What a metric compares the outputs with.
enum class MetricReference {
  labels,        ///< the label of the sample
  float_outputs  ///< the outputs of the float model for the same sample
};

/// Judges outputs sample by sample. Immutable and thread-safe.
class Metric {
 public:
  virtual ~Metric() = default;

  virtual std::string name() const = 0;
  virtual bool higher_is_better() const { return true; }
  virtual MetricReference reference() const { return MetricReference::labels; }

  /// Against a label (reference() == labels). Throws Error{input} when the label cannot be read.
  virtual Score score(const Outputs& outputs, std::string_view label) const;
  /// Against the float model's outputs (reference() == float_outputs).
  virtual Score score(const Outputs& outputs, const Outputs& reference) const;

  /// The value over a set from the sums over its samples; the mean by default.
  virtual double value(const Score& sum) const { return sum.denominator == 0 ? 0.0 : sum.numerator / sum.denominator; }
};

struct MetricOptions {
  std::vector<std::string> dictionary;  ///< CTC decoding: the characters of classes 1, 2, ... (class 0 is the blank)
  bool ignore_spaces = false;           ///< text metrics: spaces are removed from both sides before comparing
};

/// The metric registered under `name` (see `octune list metrics`); Error{input} with did-you-mean otherwise.
std::unique_ptr<Metric> make_metric(std::string_view name, const MetricOptions& options = {});

struct MetricResult {
  std::string name;
  double value = 0;
  std::size_t samples = 0;
  bool higher_is_better = true;
  std::vector<Score> scores;  ///< one a sample
};

}  // namespace octune
