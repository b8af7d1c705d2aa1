// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/estimate.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/extremes.hpp"
#include "base/parallel.hpp"
#include "quantize/aggregate.hpp"
#include "quantize/channel_alignment.hpp"
#include "quantize/range_search.hpp"
#include "quantize/smooth_quant.hpp"

namespace octune::quantization {
namespace {

using Axis = std::optional<std::size_t>;

Axis channel_axis(const Quantizer& quantizer) {
  return quantizer.channel_axes.empty() ? Axis() : quantizer.channel_axes.front();
}

/// A per-channel scheme may have a border for all channels. A per-tensor scheme has no channels: the extreme over the
/// channels of their extremes is the tensor's. But channels of an aligned or smoothed tensor are rescaled one by one:
/// its statistics are needed per channel.
Axis collected_axis(const Quantizer& quantizer, const BorderEstimator& border, const Plan& plan) {
  if (!quantizer.channel_axes.empty()) {
    return border.granularity == Granularity::per_tensor ? Axis() : channel_axis(quantizer);
  }
  for (const SmoothedInput& input : plan.smoothed_inputs) {
    if (input.quantizer == quantizer.name) return input.channel_axis;
  }
  const bool aligned = std::any_of(plan.aligned_pairs.begin(), plan.aligned_pairs.end(),
                                   [&](const AlignedPair& pair) { return pair.tensor == quantizer.tensor; });
  return aligned ? Axis(1) : Axis();
}

/// The reductions a border needs, the lower border's quantile counted from below, the upper's from above.
std::vector<StatisticRequest> requests_of(const BorderEstimator& border, const TensorRef& tensor, Axis axis,
                                          bool upper) {
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
    std::vector<float> all = kept.rows.read();
    // One more row stands for the samples whose own were not kept: extremes over all samples miss none.
    if (extreme && !kept.has_all_rows()) all.insert(all.end(), extremes.begin(), extremes.end());
    return all;
  };
  const Series& series = statistics.at(requests.front());
  if (border.type == EstimatorType::max) return rows_and_extremes(series, series.highest);
  if (border.type == EstimatorType::quantile || border.type == EstimatorType::abs_quantile) return series.rows.read();
  std::vector<float> rows = rows_and_extremes(series, series.lowest);
  if (border.type == EstimatorType::abs_max) {
    const Series& upper = statistics.at(requests.back());
    const std::vector<float> highest = rows_and_extremes(upper, upper.highest);
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = std::max(std::abs(rows[i]), std::abs(highest[i]));
  }
  return rows;
}

/// Reduces rows of extremes of channels to one value a sample.
std::vector<float> over_channels(std::span<const float> rows, std::size_t channels, EstimatorType type) {
  std::vector<float> result;
  for (std::size_t first = 0; first < rows.size(); first += channels) {
    const auto [low, high] = base::extremes(rows.subspan(first, channels));
    result.push_back(type == EstimatorType::min ? low : high);
  }
  return result;
}

std::vector<double> border_of(const Quantizer& quantizer, const TensorRef& tensor, Axis axis,
                              const Statistics& statistics, bool upper) {
  const BorderEstimator& border = upper ? quantizer.estimator.max : quantizer.estimator.min;
  const auto requests = requests_of(border, tensor, axis, upper);
  std::size_t channels = statistics.at(requests.front()).channels;
  std::vector<float> rows = rows_of(border, requests, statistics);
  if (quantizer.channel_axes.empty() && channels > 1) {
    rows = over_channels(rows, channels, border.type);
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

Extent border_extent(const Quantizer& quantizer, const Plan& plan, const Statistics& statistics) {
  const auto border = [&](const TensorRef& tensor, bool upper) {
    const BorderEstimator& estimator = upper ? quantizer.estimator.max : quantizer.estimator.min;
    const Axis axis = tensor == quantizer.tensor ? collected_axis(quantizer, estimator, plan) : Axis();
    return border_of(quantizer, tensor, axis, statistics, upper);
  };
  std::vector<Extent> extents{{border(quantizer.tensor, false), border(quantizer.tensor, true)}};
  for (const TensorRef& tensor : quantizer.also_covers)
    extents.push_back({border(tensor, false), border(tensor, true)});
  return merge(extents);
}

std::vector<StatisticRequest> search_requests(const Quantizer& quantizer) {
  std::vector<StatisticRequest> requests{{quantizer.tensor, Reduction::histogram, 0, channel_axis(quantizer)}};
  for (const TensorRef& tensor : quantizer.also_covers) requests.push_back({tensor, Reduction::histogram, 0, Axis()});
  return requests;
}

/// The extent of quantizers that share one range, all with the scheme and search of the first. Their distributions are
/// put together first: which range is best for all follows from that, not from what is best for each.
Extent searched_extent(std::span<const Quantizer* const> members, const Statistics& statistics) {
  const Quantizer& quantizer = *members.front();
  std::vector<ValueHistogram> channels;
  for (const Quantizer* member : members) {
    for (const StatisticRequest& request : search_requests(*member)) {
      const std::vector<ValueHistogram>& more = statistics.histograms(request);
      channels.resize(std::max(channels.size(), more.size()));
      for (std::size_t c = 0; c < channels.size(); ++c) channels[c].merge(more[more.size() == 1 ? 0 : c]);
    }
  }
  const RangeEstimator& estimator = quantizer.estimator;
  SearchOptions options{.search = estimator.search, .mode = quantizer.scheme.mode, .levels = {}};
  options.limits.low = estimator.min.clipping_value.value_or(options.limits.low);
  options.limits.high = estimator.max.clipping_value.value_or(options.limits.high);
  Extent extent;
  for (const ValueHistogram& channel : channels) {
    extent.min.push_back(std::max<double>(channel.lowest(), options.limits.low));
  }
  const double lowest = *std::min_element(extent.min.begin(), extent.min.end());
  options.levels = levels_of(quantizer.scheme, QuantizerKind::activation, is_signed(quantizer.scheme, lowest));
  for (std::size_t c = 0; c < channels.size(); ++c) {
    const Borders found = search_range(channels[c], options);
    // Of a symmetric range the lower border tells the sign only.
    if (options.mode == Mode::asymmetric) extent.min[c] = found.low;
    extent.max.push_back(found.high);
  }
  return extent;
}

Extent common_extent(const std::vector<const Quantizer*>& members, const Plan& plan, const Statistics& statistics) {
  const RangeSearch search = members.front()->estimator.search;
  const auto is_same = [&](const Quantizer* member) { return member->estimator.search == search; };
  if (search != RangeSearch::none && std::all_of(members.begin(), members.end(), is_same)) {
    return searched_extent(members, statistics);
  }
  std::vector<Extent> extents;
  for (const Quantizer* member : members) extents.push_back(activation_extent(*member, plan, statistics));
  return merge(extents);
}

}  // namespace

std::vector<StatisticRequest> required_statistics(const Plan& plan) {
  std::set<StatisticRequest> requests;
  const auto add = [&](const std::vector<StatisticRequest>& more) { requests.insert(more.begin(), more.end()); };
  for (const Quantizer& quantizer : plan.quantizers) {
    if (quantizer.kind == QuantizerKind::weights) continue;
    if (quantizer.estimator.search != RangeSearch::none) {
      add(search_requests(quantizer));
      continue;
    }
    for (const bool upper : {false, true}) {
      const BorderEstimator& border = upper ? quantizer.estimator.max : quantizer.estimator.min;
      add(requests_of(border, quantizer.tensor, collected_axis(quantizer, border, plan), upper));
      for (const TensorRef& tensor : quantizer.also_covers) add(requests_of(border, tensor, Axis(), upper));
    }
  }
  for (const AlignedPair& pair : plan.aligned_pairs) add(alignment_requests(pair));
  for (const SmoothedInput& input : plan.smoothed_inputs) add(smoothing_requests(input));
  for (const BiasCorrection& correction : plan.bias_corrections) {
    requests.insert({correction.input, Reduction::mean, 0, correction.channel_axis});
  }
  return {requests.begin(), requests.end()};
}

Extent activation_extent(const Quantizer& quantizer, const Plan& plan, const Statistics& statistics) {
  if (quantizer.estimator.search == RangeSearch::none) return border_extent(quantizer, plan, statistics);
  const Quantizer* const alone = &quantizer;
  return searched_extent({&alone, 1}, statistics);
}

std::vector<Range> activation_ranges(const Plan& plan, const Statistics& statistics, int threads) {
  std::vector<Range> ranges(plan.quantizers.size());
  std::map<std::size_t, std::vector<const Quantizer*>> groups;
  for (const Quantizer& quantizer : plan.quantizers) {
    if (quantizer.kind == QuantizerKind::activation && quantizer.group) groups[*quantizer.group].push_back(&quantizer);
  }
  std::map<std::size_t, Extent> common;
  for (const auto& [number, members] : groups) common[number] = common_extent(members, plan, statistics);
  base::parallel_for(ranges.size(), threads, [&](std::size_t i) {
    const Quantizer& quantizer = plan.quantizers[i];
    if (quantizer.kind != QuantizerKind::activation) return;
    const Extent extent =
        quantizer.group ? common.at(*quantizer.group) : activation_extent(quantizer, plan, statistics);
    ranges[i] = activation_range(extent, quantizer.scheme);
  });
  return ranges;
}

}  // namespace octune::quantization
