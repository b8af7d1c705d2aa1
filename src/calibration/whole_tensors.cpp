// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/whole_tensors.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "calibration/scan.hpp"

namespace octune::calibration {
namespace {

/// Fewer values are read before another thread has woken up.
constexpr std::size_t kWorthThreads = std::size_t{1} << 16;
/// Columns that are made contiguous together: as many floats as a cache line holds.
constexpr std::size_t kColumns = 16;

/// A tensor as [outer, channels, inner].
struct Layout {
  Layout(const ov::Shape& shape, std::optional<std::size_t> axis) {
    for (std::size_t i = 0; i < shape.size(); ++i) {
      if (!axis || i > *axis) {
        inner *= shape[i];
      } else if (i < *axis) {
        outer *= shape[i];
      } else {
        channels = shape[i];
      }
    }
  }
  bool in_columns() const { return inner == 1 && channels > 1 && outer > 1; }

  std::size_t outer = 1, channels = 1, inner = 1;
};

}  // namespace

std::vector<WholeTensor> whole_tensors(const Instrumented& plan, Statistics& statistics) {
  std::vector<WholeTensor> tensors;
  const auto tensor_for = [&](std::size_t output, const StatisticRequest& request, bool in_sub_graph) -> WholeTensor& {
    const auto found = std::find_if(tensors.begin(), tensors.end(),
                                    [&](const WholeTensor& tensor) { return tensor.output == output; });
    if (found != tensors.end()) return *found;
    WholeTensor tensor;
    tensor.output = output;
    tensor.name = request.tensor;
    tensor.in_sub_graph = in_sub_graph;
    tensors.push_back(std::move(tensor));
    return tensors.back();
  };
  for (const QuantileColumn& column : plan.quantiles) {
    const StatisticRequest& request = column.request;
    std::vector<QuantileGroup>& groups = tensor_for(column.output, request, column.in_sub_graph).quantiles;
    const Sign sign = request.reduction == Reduction::abs_quantile ? Sign::dropped : Sign::kept;
    auto group = std::find_if(groups.begin(), groups.end(), [&](const QuantileGroup& other) {
      return other.channel_axis == column.channel_axis && other.sign == sign;
    });
    if (group == groups.end()) {
      QuantileGroup made;
      made.channel_axis = column.channel_axis;
      made.sign = sign;
      group = groups.insert(groups.end(), std::move(made));
    }
    group->probabilities.push_back(request.probability);
    group->series.push_back(&statistics[request]);
  }
  for (const HistogramColumn& column : plan.histograms) {
    const StatisticRequest& request = column.requests.front();
    tensor_for(column.output, request, column.in_sub_graph)
        .histograms.push_back({column.channel_axis, &statistics.histograms_for(request)});
  }
  return tensors;
}

void visit_channels(const float* values, const ov::Shape& shape, std::optional<std::size_t> axis,
                    std::vector<float>& buffer, const ChannelVisitor& visit) {
  const Layout layout(shape, axis);
  if (layout.in_columns()) {
    buffer.resize(kColumns * layout.outer);
    for (std::size_t first = 0; first < layout.channels; first += kColumns) {
      const std::size_t count = std::min(kColumns, layout.channels - first);
      transpose_columns(values, layout.outer, layout.channels, first, count, buffer.data());
      for (std::size_t i = 0; i < count; ++i)
        visit(first + i, std::span<const float>(buffer).subspan(i * layout.outer, layout.outer));
    }
    return;
  }
  for (std::size_t channel = 0; channel < layout.channels; ++channel) {
    const float* begin = values + channel * layout.inner;
    if (layout.outer == 1) {
      visit(channel, {begin, layout.inner});
      continue;
    }
    buffer.clear();
    for (std::size_t i = 0; i < layout.outer; ++i, begin += layout.channels * layout.inner)
      buffer.insert(buffer.end(), begin, begin + layout.inner);
    visit(channel, buffer);
  }
}

void TensorReader::read(std::span<WholeTensor> tensors) {
  std::size_t size = 0;
  for (const WholeTensor& tensor : tensors) size += tensor.values.get_size();
  if (size < kWorthThreads) {
    for (WholeTensor& tensor : tensors) read(tensor, scratch_.front());
    return;
  }
  pool_.run(tensors.size(), [&](std::size_t task, std::size_t worker) { read(tensors[task], scratch_[worker]); });
}

void TensorReader::read(WholeTensor& tensor, Scratch& scratch) {
  tensor.finiteness = infer::finiteness(tensor.values);
  if (tensor.finiteness != infer::Finiteness::finite || tensor.values.get_size() == 0) return;
  for (QuantileGroup& group : tensor.quantiles) read(tensor.values, group, scratch);
  for (const HistogramGroup& group : tensor.histograms) read(tensor.values, group, scratch);
}

void TensorReader::read(const ov::Tensor& values, QuantileGroup& group, Scratch& scratch) {
  const auto* data = values.data<const float>();
  const Layout layout(values.get_shape(), group.channel_axis);
  const std::size_t count = group.probabilities.size();
  group.rows.resize(count * layout.channels);
  if (layout.in_columns()) {
    scratch.scan.of_columns(data, layout.outer, layout.channels, group.probabilities, group.sign, group.rows);
    return;
  }
  scratch.quantiles.resize(count);
  visit_channels(data, values.get_shape(), group.channel_axis, scratch.channel,
                 [&](std::size_t channel, std::span<const float> of_channel) {
                   scratch.scan.of(of_channel, group.probabilities, group.sign, scratch.quantiles);
                   for (std::size_t i = 0; i < count; ++i)
                     group.rows[i * layout.channels + channel] = scratch.quantiles[i];
                 });
}

void TensorReader::read(const ov::Tensor& values, const HistogramGroup& group, Scratch& scratch) {
  std::vector<ValueHistogram>& histograms = *group.histograms;
  const std::size_t channels = Layout(values.get_shape(), group.channel_axis).channels;
  if (histograms.empty()) histograms.resize(channels);
  OCTUNE_ASSERT(histograms.size() == channels, "a tensor changed its number of channels");
  visit_channels(values.data<const float>(), values.get_shape(), group.channel_axis, scratch.channel,
                 [&](std::size_t channel, std::span<const float> of_channel) { histograms[channel].add(of_channel); });
}

}  // namespace octune::calibration
