// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <openvino/core/model.hpp>
#include <optional>
#include <span>
#include <vector>

#include "octune/statistics.hpp"

namespace octune::calibration {

/// Where the row of a minimum, maximum or mean lies: `count` numbers from `offset` of the model's output `output`.
struct ReducedColumn {
  StatisticRequest request;
  std::size_t output = 0;
  std::size_t offset = 0;
  std::size_t count = 0;  ///< 0: the whole output, whose length only the inference tells
};

/// A minimum that is known without looking: zero, for tensors that cannot be negative.
struct KnownColumn {
  StatisticRequest request;
  std::size_t count = 0;
};

/// A quantile to be computed from the tensor in output `output`, whose axes may lie in another order.
struct QuantileColumn {
  StatisticRequest request;
  std::size_t output = 0;
  std::optional<std::size_t> channel_axis;  ///< of that output
  bool in_sub_graph = false;                ///< may be empty
};

/// Histograms to be computed from the tensor in output `output`: one result, wanted under several names if tensors with
/// the same values were asked for.
struct HistogramColumn {
  std::vector<StatisticRequest> requests;
  std::size_t output = 0;
  std::optional<std::size_t> channel_axis;  ///< of that output
  bool in_sub_graph = false;                ///< may be empty
};

/// A minimum, maximum or mean of a tensor inside a sub-graph: output `output` has a row for each time the body was
/// executed, perhaps none.
struct IterationsColumn {
  StatisticRequest request;
  std::size_t output = 0;
};

/// A model that also computes statistics. Its outputs are the added ones followed by those of the original.
struct Instrumented {
  std::shared_ptr<ov::Model> model;
  std::size_t added_outputs = 0;
  std::vector<ReducedColumn> reduced;
  std::vector<IterationsColumn> iterations;
  std::vector<KnownColumn> known;
  std::vector<QuantileColumn> quantiles;
  std::vector<HistogramColumn> histograms;
};

/// Whether a reduction is computed on the host, from the whole tensor, and not in the graph.
bool needs_whole_tensor(Reduction reduction);

/// Adds to `model` (changed, and returned) what computes the requests.
///
/// Reductions of all tensors are concatenated into one small output, because a hundred outputs cost more than a small
/// network. The added outputs come before the model's own and in topological order: the CPU plugin orders execution
/// depth-first from the first output, so each reduction runs right after the tensor it reads was made and is still in
/// cache (1.1 instead of 1.35 times bare inference), and memory is reused as without statistics.
/// Tensors that differ only in shape or order of values share what is computed without channels.
///
/// Tensors that leave the runtime whole and are made by convolutions or what is computed element by element from them
/// leave it with the channels last: that is how the CPU plugin keeps them, and the transposition then costs nothing,
/// while a tensor in the usual order is rearranged first (1.7 nanoseconds a value, about as long as inference itself).
///
/// Tensors inside the body of a sub-graph are reduced there, or come out whole, and lift() makes outputs of them.
///
/// Error{internal}: a tensor is not in the model, or has no such axis.
Instrumented instrument(std::shared_ptr<ov::Model> model, std::span<const StatisticRequest> requests);

}  // namespace octune::calibration
