// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <openvino/runtime/tensor.hpp>
#include <optional>
#include <span>
#include <vector>

#include "calibration/instrument.hpp"
#include "calibration/quantile_scan.hpp"
#include "calibration/work_pool.hpp"
#include "infer/finite.hpp"
#include "octune/statistics.hpp"

namespace octune::calibration {

/// Quantiles of one tensor that one scan gives.
struct QuantileGroup {
  std::optional<std::size_t> channel_axis;
  Sign sign = Sign::kept;
  std::vector<double> probabilities;
  std::vector<Series*> series;  ///< beside the probabilities
  std::vector<float> rows;      ///< of the sample at hand: one row of channels a probability
};

/// The distributions of one tensor, all values together or a channel each.
struct HistogramGroup {
  std::optional<std::size_t> channel_axis;
  std::vector<ValueHistogram>* histograms = nullptr;
};

/// What is computed on the host from one tensor that leaves the runtime whole.
struct WholeTensor {
  std::size_t output = 0;
  TensorRef name;
  bool in_sub_graph = false;  ///< may be empty then
  std::vector<QuantileGroup> quantiles;
  std::vector<HistogramGroup> histograms;

  ov::Tensor values;  ///< of the sample at hand
  infer::Finiteness finiteness = infer::Finiteness::finite;
};

/// The columns of `plan` put together by tensor; series and histograms are made in `statistics`.
std::vector<WholeTensor> whole_tensors(const Instrumented& plan, Statistics& statistics);

/// Calls `visit` with the values of every channel of `axis`, or once with all values. Values that do not lie side by
/// side are copied.
using ChannelVisitor = std::function<void(std::size_t channel, std::span<const float> values)>;
void visit_channels(const float* values, const ov::Shape& shape, std::optional<std::size_t> axis,
                    std::vector<float>& buffer, const ChannelVisitor& visit);

/// Looks at the values of several tensors at once, each by one thread: the result does not depend on their number.
class TensorReader {
 public:
  explicit TensorReader(std::size_t threads) : pool_(threads), scratch_(pool_.workers()) {}

  /// Fills the rows of quantiles, counts into the histograms, and notes whether all values are finite; of a tensor
  /// that has others, or none, nothing is computed.
  void read(std::span<WholeTensor> tensors);

 private:
  struct Scratch {
    QuantileScan scan;
    std::vector<float> channel, quantiles;
  };
  static void read(WholeTensor& tensor, Scratch& scratch);
  static void read(const ov::Tensor& values, QuantileGroup& group, Scratch& scratch);
  static void read(const ov::Tensor& values, const HistogramGroup& group, Scratch& scratch);

  WorkPool pool_;
  std::vector<Scratch> scratch_;
};

}  // namespace octune::calibration
