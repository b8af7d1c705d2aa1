// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <openvino/runtime/tensor.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "octune/dataset.hpp"

namespace octune {

/// The outputs of a model for one sample, in the order of the model's results.
using Outputs = std::vector<ov::Tensor>;

/// What one sample contributes to a metric: numbers whose meaning only the metric knows. They are what is stored of a
/// sample, so that values can be paired, resampled and computed without running the model again.
using Score = std::vector<double>;

/// How the value over a set comes from the scores of its samples.
enum class Aggregation {
  mean,   ///< a score is one number; their mean
  sums,   ///< a function of the scores' element-wise sum; all have the same length
  corpus  ///< a function of all scores together: rankings, precision over recall
};

/// The smallest and largest number that one sample can contribute.
struct ScoreBounds {
  double low = 0;
  double high = 1;
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
  virtual Aggregation aggregation() const { return Aggregation::mean; }
  /// Of a mean, where there are bounds: a trial can then be stopped as soon as its outcome is certain.
  virtual std::optional<ScoreBounds> bounds() const { return std::nullopt; }

  /// Against a label (reference() == labels). Throws Error{input} when the label cannot be read.
  virtual Score score(const Outputs& outputs, const Label& label) const;
  /// Against the float model's outputs (reference() == float_outputs).
  virtual Score score(const Outputs& outputs, const Outputs& reference) const;

  /// The value over `samples` samples from the element-wise sum of their scores; the mean of the first element unless
  /// overridden. Not for Aggregation::corpus. No samples: 0.
  virtual double value(const Score& sum, std::size_t samples) const;
  /// The value over a set; adds up the scores unless overridden, as Aggregation::corpus has to.
  virtual double value(std::span<const Score> scores) const;
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
