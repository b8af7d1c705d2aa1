// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
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
  /// Of the value, where it has one ("dB").
  virtual std::string unit() const { return {}; }
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

/// How detections, classes of pixels or text boxes are read from the outputs of a model (docs/metrics.md). What is not
/// given takes the decoder's default.
struct DecoderOptions {
  std::string name;  ///< yolo_v5, yolo_v8, ssd, segmentation, db_text; empty: the one that the metric implies
  std::optional<double> score_threshold{};      ///< what is less certain is left out
  std::optional<double> iou_threshold{};        ///< of two boxes of a class that overlap more, the less certain goes
  std::optional<std::size_t> max_detections{};  ///< of a sample, the most certain
  int class_offset = 0;                         ///< added to the model's classes; below 0 they are background
  std::optional<bool> normalized{};             ///< ssd: coordinates are shares of the input's size
  std::optional<double> box_threshold{};        ///< db_text: mean probability inside a box
  std::optional<double> unclip_ratio{};         ///< db_text: how far boxes are grown
};

struct MetricOptions {
  std::vector<std::string> dictionary;  ///< CTC decoding: the characters of classes 1, 2, ... (class 0 is the blank)
  bool ignore_spaces = false;           ///< text metrics: spaces are removed from both sides before comparing

  /// Only this output of the model is judged, by every metric. None: the first; metrics against the float model say
  /// themselves whether they compare all.
  std::optional<std::size_t> output{};
  /// A value above it is a yes: of binary_accuracy and f1 (0.5 if none), and of each class of f1_micro and f1_macro
  /// (none: the most probable class is the answer).
  std::optional<double> threshold{};
  /// f1, binary_accuracy of outputs with one value a class: the class that is a yes.
  std::size_t positive_class = 1;
  /// psnr, ssim: the largest possible value minus the smallest; none: that of 8 or 16 bit integer labels.
  std::optional<double> data_range{};
  DecoderOptions decoder{};  ///< detection, segmentation, text detection
};

/// The metric registered under `name` (see `octune list metrics`); Error{input} with did-you-mean otherwise.
std::unique_ptr<Metric> make_metric(std::string_view name, const MetricOptions& options = {});

struct MetricResult {
  std::string name;
  double value = 0;
  std::size_t samples = 0;
  bool higher_is_better = true;
  std::vector<Score> scores;  ///< one a sample
  std::string unit{};         ///< of the value, where it has one
};

/// What a metric made of a function is like.
struct MetricProperties {
  bool higher_is_better = true;
  std::optional<ScoreBounds> bounds{};  ///< of the function's values, where they have any
};

/// A metric whose value is the mean of `score` over the samples. The function is called by one thread or several, gives
/// the same number for the same arguments, and may throw Error{input} for a label it cannot read. Metrics that are no
/// means derive from Metric. Error{input} for an empty name or function.
std::unique_ptr<Metric> metric(std::string name,
                               std::function<double(const Outputs& outputs, const Label& label)> score,
                               const MetricProperties& properties = {});
/// The same for a function that compares with the float model's outputs.
std::unique_ptr<Metric> metric(std::string name,
                               std::function<double(const Outputs& outputs, const Outputs& float_outputs)> score,
                               const MetricProperties& properties = {});

}  // namespace octune
