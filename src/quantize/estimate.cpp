// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/estimate.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "quantize/channel_alignment.hpp"

namespace octune::quantization {
namespace {

/// Channels of a tensor between aligned operations are rescaled one by one: its statistics are needed per channel.
std::optional<std::size_t> collected_axis(const Quantizer& quantizer, const Plan& plan) {
  if (!quantizer.channel_axes.empty()) return quantizer.channel_axes.front();
  const bool aligned = std::any_of(plan.aligned_pairs.begin(), plan.aligned_pairs.end(),
                                   [&](const AlignedPair& pair) { return pair.tensor == quantizer.tensor; });
  return aligned ? std::optional<std::size_t>(1) : std::nullopt;
}

/// The reductions a border needs, the lower border's quantile counted from below, the upper's from above.
std::vector<StatisticRequest> requests_of(const BorderEstimator& border, const TensorRef& tensor,
                                          std::optional<std::size_t> axis, bool upper) {
  const double q = upper ? 1 - border.outlier_prob : border.outlier_prob;
  switch (border.type) {
    case EstimatorType::min:
      return {{tensor, Reduction::min, 0, axis}};
    case EstimatorType::max:
      return {{tensor, Reduction::max, 0, axis}};
    case EstimatorType::abs_max:
      return {{tensor, Reduction::min, 0, axis}, {tensor, Reduction::max, 0, axis}};
    case EstimatorType::quantile:
      return {{tensor, Reduction::quantile, q, axis}};
    case EstimatorType::abs_quantile:
      return {{tensor, Reduction::abs_quantile, 1 - border.outlier_prob, axis}};
  }
  return {};
}

/// One value a sample and channel, as the estimator type says.
std::vector<float> rows_of(const BorderEstimator& border, const std::vector<StatisticRequest>& requests,
                           const Statistics& statistics) {
  const bool extreme = border.aggregator == Aggregator::min || border.aggregator == Aggregator::max;
  const auto rows_and_extremes = [&](const Series& kept, const std::vector<float>& extremes) {
    std::vector<float> all = kept.rows;
    // One more row stands for the samples whose own were not kept: extremes over all samples miss none.
    if (extreme && kept.samples > kept.row_limit) all.insert(all.end(), extremes.begin(), extremes.end());
    return all;
  };
  const Series& series = statistics.at(requests.front());
  if (border.type == EstimatorType::max) return rows_and_extremes(series, series.highest);
  if (border.type == EstimatorType::quantile || border.type == EstimatorType::abs_quantile) return series.rows;
  std::vector<float> rows = rows_and_extremes(series, series.lowest);
  if (border.type == EstimatorType::abs_max) {
    const Series& upper = statistics.at(requests.back());
    const std::vector<float> highest = rows_and_extremes(upper, upper.highest);
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = std::max(std::abs(rows[i]), std::abs(highest[i]));
  }
  return rows;
}

/// Reduces rows of channels to one value a sample.
std::vector<float> over_channels(const std::vector<float>& rows, std::size_t channels, bool upper) {
  std::vector<float> result;
  for (auto row = rows.begin(); row != rows.end(); row += static_cast<std::ptrdiff_t>(channels)) {
    const auto end = row + static_cast<std::ptrdiff_t>(channels);
    result.push_back(upper ? *std::max_element(row, end) : *std::min_element(row, end));
  }
  return result;
}

std::vector<double> border_of(const Quantizer& quantizer, const TensorRef& tensor, std::optional<std::size_t> axis,
                              const Statistics& statistics, bool upper) {
  const BorderEstimator& border = upper ? quantizer.estimator.max : quantizer.estimator.min;
  const auto requests = requests_of(border, tensor, axis, upper);
  std::size_t channels = statistics.at(requests.front()).channels;
  std::vector<float> rows = rows_of(border, requests, statistics);
  if (quantizer.channel_axes.empty() && channels > 1) {
    rows = over_channels(rows, channels, upper);
    channels = 1;
  }
  std::vector<double> values = aggregate(rows, channels, border.aggregator);
  if (border.clipping_value) {
    for (double& value : values) {
      value = upper ? std::min(value, *border.clipping_value) : std::max(value, *border.clipping_value);
    }
  }
  return values;
}

}  // namespace

std::vector<StatisticRequest> required_statistics(const Plan& plan) {
  std::set<StatisticRequest> requests;
  const auto add = [&](const std::vector<StatisticRequest>& more) { requests.insert(more.begin(), more.end()); };
  for (const Quantizer& quantizer : plan.quantizers) {
    if (quantizer.kind == QuantizerKind::weights) continue;
    const auto axis = collected_axis(quantizer, plan);
    add(requests_of(quantizer.estimator.min, quantizer.tensor, axis, false));
    add(requests_of(quantizer.estimator.max, quantizer.tensor, axis, true));
    for (const TensorRef& tensor : quantizer.also_covers) {
      add(requests_of(quantizer.estimator.min, tensor, std::nullopt, false));
      add(requests_of(quantizer.estimator.max, tensor, std::nullopt, true));
    }
  }
  for (const AlignedPair& pair : plan.aligned_pairs) add(alignment_requests(pair));
  for (const BiasCorrection& correction : plan.bias_corrections) {
    requests.insert({correction.input, Reduction::mean, 0, correction.channel_axis});
  }
  return {requests.begin(), requests.end()};
}

Extent activation_extent(const Quantizer& quantizer, const Plan& plan, const Statistics& statistics) {
  const auto extent_of = [&](const TensorRef& tensor, std::optional<std::size_t> axis) {
    return Extent{border_of(quantizer, tensor, axis, statistics, false),
                  border_of(quantizer, tensor, axis, statistics, true)};
  };
  std::vector<Extent> extents{extent_of(quantizer.tensor, collected_axis(quantizer, plan))};
  for (const TensorRef& tensor : quantizer.also_covers) extents.push_back(extent_of(tensor, std::nullopt));
  return merge(extents);
}

std::vector<Range> activation_ranges(const Plan& plan, const Statistics& statistics) {
  std::vector<Extent> extents(plan.quantizers.size());
  std::map<std::size_t, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < plan.quantizers.size(); ++i) {
    const Quantizer& quantizer = plan.quantizers[i];
    if (quantizer.kind != QuantizerKind::activation) continue;
    extents[i] = activation_extent(quantizer, plan, statistics);
    if (quantizer.group) groups[*quantizer.group].push_back(i);
  }
  for (const auto& [number, members] : groups) {
    std::vector<Extent> parts;
    for (const std::size_t i : members) parts.push_back(extents[i]);
    const Extent merged = merge(parts);
    for (const std::size_t i : members) extents[i] = merged;
  }
  std::vector<Range> ranges(plan.quantizers.size());
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    if (plan.quantizers[i].kind == QuantizerKind::activation)
      ranges[i] = activation_range(extents[i], plan.quantizers[i].scheme);
  }
  return ranges;
}

}  // namespace octune::quantization
