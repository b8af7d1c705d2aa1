// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "octune/statistics.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/assert.hpp"
#include "base/names.hpp"

namespace octune {

std::string StatisticRequest::text() const {
  std::string result(base::name_of(reduction));
  if (reduction == Reduction::quantile || reduction == Reduction::abs_quantile) {
    result += fmt::format("({:g})", probability);
  }
  result += fmt::format(" of tensor '{}'", tensor.text());
  if (channel_axis) result += fmt::format(" per channel of axis {}", *channel_axis);
  return result;
}

void Series::add(std::span<const float> row) {
  if (samples == 0) {
    channels = row.size();
    lowest.assign(row.begin(), row.end());
    highest.assign(row.begin(), row.end());
    sum.assign(row.begin(), row.end());
  } else {
    OCTUNE_ASSERT(row.size() == channels, "a row of statistics has another number of channels than the first");
    for (std::size_t channel = 0; channel < channels; ++channel) {
      lowest[channel] = std::min(lowest[channel], row[channel]);
      highest[channel] = std::max(highest[channel], row[channel]);
      sum[channel] += row[channel];
    }
  }
  if (samples < row_limit) rows.insert(rows.end(), row.begin(), row.end());
  ++samples;
}

void Series::extend(std::span<const float> row, Reduction reduction) {
  OCTUNE_ASSERT(samples > 0 && row.size() == channels, "there is no row of this length to extend");
  const bool upper = reduction == Reduction::max;
  float* last = samples <= row_limit ? rows.data() + (samples - 1) * channels : nullptr;
  for (std::size_t channel = 0; channel < channels; ++channel) {
    lowest[channel] = std::min(lowest[channel], row[channel]);
    highest[channel] = std::max(highest[channel], row[channel]);
    if (last == nullptr) continue;
    const float joined = upper ? std::max(last[channel], row[channel]) : std::min(last[channel], row[channel]);
    sum[channel] += static_cast<double>(joined) - last[channel];
    last[channel] = joined;
  }
}

Series& Statistics::operator[](const StatisticRequest& request) {
  const auto [entry, inserted] = series_.try_emplace(request);
  if (inserted && request.reduction == Reduction::mean) {
    entry->second.row_limit = Series::kMeanRowLimit;
  } else if (inserted && request.channel_axis) {
    entry->second.row_limit = Series::kChannelRowLimit;
  }
  return entry->second;
}

const Series& Statistics::at(const StatisticRequest& request) const {
  const auto found = series_.find(request);
  if (found == series_.end()) throw Error(ErrorKind::internal, fmt::format("{} was not collected", request.text()));
  return found->second;
}

const std::vector<ValueHistogram>& Statistics::histograms(const StatisticRequest& request) const {
  const auto found = histograms_.find(request);
  if (found == histograms_.end()) {
    throw Error(ErrorKind::internal, fmt::format("{} was not collected", request.text()));
  }
  return found->second;
}

}  // namespace octune
