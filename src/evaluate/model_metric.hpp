// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "evaluate/interval.hpp"
#include "octune/metric.hpp"
#include "octune/observer.hpp"

namespace octune::evaluate {

/// A model as whoever measures it finds it.
struct ModelFile {
  std::filesystem::path path;
  std::string precision = "auto";  ///< how it is to be run: "f32", or "auto" for the runtime's default
};

/// Judges a model as a whole, from its file, where a Metric judges outputs that octune computed. Whoever implements it
/// brings the samples. Immutable and thread-safe.
class ModelMetric {
 public:
  virtual ~ModelMetric() = default;

  /// As the user named it, for messages.
  virtual std::string name() const = 0;

  /// At least one result, names unique. Scores are there if the metric tells the value of every sample: a score of one
  /// number each, their mean is the value. Throws Error{input} when there is no result, Interrupted when the observer
  /// asks to stop.
  virtual std::vector<MetricResult> measure(const ModelFile& model, Observer* observer) const = 0;
};

/// 95 % interval of a.value - b.value, as paired_interval() of means; none unless both have the scores of as many
/// samples.
std::optional<Interval> paired_mean_interval(const MetricResult& a, const MetricResult& b, std::uint64_t seed);

/// 95 % interval of the drop that `result` tells of, from `baseline` to `judged`, as paired_drop_interval() of means;
/// none unless both have the scores of as many samples.
std::optional<Interval> paired_mean_drop_interval(const MetricResult& baseline, const MetricResult& judged,
                                                  const CriterionResult& result, std::uint64_t seed);

}  // namespace octune::evaluate
