// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "octune/plan.hpp"

namespace octune {

/// What a tensor is reduced to, once a sample: one number, or one a channel.
enum class Reduction { min, max, mean, quantile, abs_quantile };

/// One thing to collect. Two requests that compare equal are collected once.
struct StatisticRequest {
  TensorRef tensor;
  Reduction reduction = Reduction::max;
  double probability = 0;  ///< quantile types: the q-quantile of the values (linear interpolation), 0..1
  std::optional<std::size_t> channel_axis;  ///< per channel of this axis; none: one number for the tensor

  auto operator<=>(const StatisticRequest&) const = default;
  std::string text() const;
};

/// The collected numbers of one request: rows[sample * channels + channel], in sample order.
/// Rows are kept for the first kRowLimit samples; the running values cover every sample.
struct Series {
  static constexpr std::size_t kRowLimit = 4096;

  std::size_t row_limit = kRowLimit;  ///< 0 for means: their sum is all that is used
  std::size_t channels = 1;
  std::size_t samples = 0;
  std::vector<float> rows;
  std::vector<float> lowest;   ///< per channel, over all samples
  std::vector<float> highest;  ///< per channel, over all samples
  std::vector<double> sum;     ///< per channel, added in sample order

  void add(std::span<const float> row);
};

/// Everything one pass over the calibration data left: a value that apply() reads and that no trial collects again.
class Statistics {
 public:
  /// The series of a request; Error{internal} if it was not collected.
  const Series& at(const StatisticRequest& request) const;
  Series& operator[](const StatisticRequest& request);
  bool contains(const StatisticRequest& request) const { return series_.contains(request); }

  std::size_t samples() const { return samples_; }
  void set_samples(std::size_t samples) { samples_ = samples; }
  const std::map<StatisticRequest, Series>& series() const { return series_; }

 private:
  std::map<StatisticRequest, Series> series_;
  std::size_t samples_ = 0;
};

}  // namespace octune
