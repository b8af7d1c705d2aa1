// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/collector.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace octune::calibration {
namespace {

void check(infer::Finiteness kind, std::size_t position, const TensorRef& tensor) {
  if (kind != infer::Finiteness::finite) throw NonFinite{position, tensor, kind};
}

}  // namespace

void Collector::add(Form& form, std::size_t position, Place place, ov::InferRequest& request) {
  if (place == Place::starts_sequence) finish_sequence();
  add_reduced(form, position, place, request);
  add_iterations(form, position, place, request);
  for (std::size_t i = 0; i < form.known.size(); ++i) {
    row_.assign(form.plan.known[i].count, 0.0F);
    add_row(*form.known[i], Reduction::min, place, row_);
  }
  add_whole(form, position, request);
  for (std::size_t i = 0; i < form.results.size(); ++i) {
    check(infer::finiteness(request.get_output_tensor(form.plan.added_outputs + i)), position, form.results[i]);
  }
}

void Collector::finish_sequence() {
  for (auto& [series, row] : of_sequence_) {
    if (!row.empty()) series->add(row);
    row.clear();
  }
}

/// Extremes of a sequence are one row: its later samples may be wider than its first ones in every sequence.
void Collector::add_row(Series& series, Reduction reduction, Place place, std::span<const float> row) {
  const bool extreme = reduction == Reduction::min || reduction == Reduction::max;
  if (!extreme || place == Place::alone) {
    series.add(row);
    return;
  }
  std::vector<float>& widest = of_sequence_[&series];
  if (widest.empty()) {
    widest.assign(row.begin(), row.end());
    return;
  }
  OCTUNE_ASSERT(widest.size() == row.size(), "a row of statistics has another number of channels than the first");
  for (std::size_t channel = 0; channel < row.size(); ++channel) {
    widest[channel] =
        reduction == Reduction::max ? std::max(widest[channel], row[channel]) : std::min(widest[channel], row[channel]);
  }
}

void Collector::add_reduced(const Form& form, std::size_t position, Place place, ov::InferRequest& request) {
  ov::Tensor output;
  bool all_finite = true;
  std::size_t current = form.plan.added_outputs;
  for (std::size_t i = 0; i < form.reduced.size(); ++i) {
    const ReducedColumn& column = form.plan.reduced[i];
    if (column.output != current) {
      output = request.get_output_tensor(current = column.output);
      // Most columns share one output: only if something is wrong there is each looked at.
      all_finite = infer::finiteness(output) == infer::Finiteness::finite;
    }
    const std::size_t count = column.count == 0 ? output.get_size() : column.count;
    const std::span<const float> row(output.data<const float>() + column.offset, count);
    if (!all_finite) check(infer::finiteness(row.data(), row.size()), position, column.request.tensor);
    add_row(*form.reduced[i], column.request.reduction, place, row);
  }
}

/// A body that was not executed leaves no row.
void Collector::add_iterations(const Form& form, std::size_t position, Place place, ov::InferRequest& request) {
  for (std::size_t i = 0; i < form.iterations.size(); ++i) {
    const IterationsColumn& column = form.plan.iterations[i];
    const ov::Tensor output = request.get_output_tensor(column.output);
    if (output.get_size() == 0) continue;
    const float* values = output.data<const float>();
    check(infer::finiteness(values, output.get_size()), position, column.request.tensor);
    const std::size_t count = output.get_shape().at(0);
    const std::size_t channels = output.get_size() / count;
    row_.assign(values, values + channels);
    for (std::size_t k = channels; k < output.get_size(); ++k) {
      float& value = row_[k % channels];
      if (column.request.reduction == Reduction::min) value = std::min(value, values[k]);
      if (column.request.reduction == Reduction::max) value = std::max(value, values[k]);
      if (column.request.reduction == Reduction::mean) value += values[k];
    }
    if (column.request.reduction == Reduction::mean) {
      for (float& value : row_) value /= static_cast<float>(count);
    }
    add_row(*form.iterations[i], column.request.reduction, place, row_);
  }
}

void Collector::add_whole(Form& form, std::size_t position, ov::InferRequest& request) {
  if (form.whole.empty()) return;
  for (WholeTensor& tensor : form.whole) tensor.values = request.get_output_tensor(tensor.output);
  reader_.read(form.whole);
  for (WholeTensor& tensor : form.whole) {
    const bool is_empty = tensor.values.get_size() == 0;
    tensor.values = {};  // the memory belongs to the request
    if (is_empty && tensor.in_sub_graph) continue;
    // Nothing has no distribution; describe_non_finite() recognises the case.
    check(is_empty ? infer::Finiteness::nan : tensor.finiteness, position, tensor.name);
    for (QuantileGroup& group : tensor.quantiles) {
      const std::size_t channels = group.rows.size() / group.series.size();
      for (std::size_t i = 0; i < group.series.size(); ++i)
        group.series[i]->add(std::span<const float>(group.rows).subspan(i * channels, channels));
    }
  }
}

}  // namespace octune::calibration
