// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "octune/statistics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/assert.hpp"
#include "base/names.hpp"
#include "base/random.hpp"
#include "calibration/spill_file.hpp"

namespace octune {
namespace {

/// Every bit of the number changes half of the bits of the hash.
std::uint64_t hash_of(std::uint64_t number) { return base::RandomStream(number).next(); }

float rescaled(double value, double scale, double shift) { return static_cast<float>((value - shift) / scale); }

}  // namespace

std::string StatisticRequest::text() const {
  std::string result(base::name_of(reduction));
  if (reduction == Reduction::quantile || reduction == Reduction::abs_quantile) {
    result += fmt::format("({:g})", probability);
  }
  result += fmt::format(" of tensor '{}'", tensor.text());
  if (channel_axis) result += fmt::format(" per channel of axis {}", *channel_axis);
  return result;
}

void Numbers::append(std::span<const float> values) {
  OCTUNE_ASSERT(rescalings_.empty(), "numbers are appended to rescaled ones");
  const auto keep = [&](std::span<const float> some) { tail_.insert(tail_.end(), some.begin(), some.end()); };
  while (file_ && tail_.size() + values.size() >= kPart) {
    std::span<const float> part;
    if (tail_.empty()) {
      part = values.first(kPart);
      values = values.subspan(kPart);
    } else {
      const std::size_t missing = kPart - std::min(tail_.size(), kPart);
      keep(values.first(missing));
      values = values.subspan(missing);
      part = std::span<const float>(tail_).first(kPart);
    }
    const auto begin = file_->append(part);
    if (!begin) {  // there is no room: they stay in memory
      if (tail_.empty()) keep(part);
      break;
    }
    parts_.push_back(*begin);
    if (!tail_.empty()) tail_.erase(tail_.begin(), tail_.begin() + kPart);
  }
  keep(values);
}

std::vector<float> Numbers::read() const {
  std::vector<float> values(size());
  const std::span<float> all(values);
  for (std::size_t i = 0; i < parts_.size(); ++i) file_->read(parts_[i], all.subspan(i * kPart, kPart));
  std::copy(tail_.begin(), tail_.end(), values.begin() + static_cast<std::ptrdiff_t>(parts_.size() * kPart));
  for (const Rescaling& rescaling : rescalings_) {
    const std::size_t period = rescaling.scale.size();
    for (std::size_t begin = 0; begin < values.size(); begin += period) {
      for (std::size_t k = 0; k < std::min(period, values.size() - begin); ++k) {
        const double shift = rescaling.shift.empty() ? 0.0 : rescaling.shift[k];
        values[begin + k] = rescaled(values[begin + k], rescaling.scale[k], shift);
      }
    }
  }
  return values;
}

void Numbers::replace(std::span<const float> values) {
  parts_.clear();
  tail_.clear();
  rescalings_.clear();
  append(values);
  tail_.shrink_to_fit();
}

void Numbers::rescale(std::vector<double> scale, std::vector<double> shift) {
  OCTUNE_ASSERT(!scale.empty() && (shift.empty() || shift.size() == scale.size()), "factors of other channels");
  if (!empty()) rescalings_.push_back({std::move(scale), std::move(shift)});
}

RowSelection::RowSelection(std::size_t rows, std::size_t limit) {
  if (rows <= limit) return;
  std::vector<std::uint64_t> smallest(limit);  // a heap with the largest in front
  for (std::size_t row = 0; row < limit; ++row) smallest[row] = hash_of(row);
  std::make_heap(smallest.begin(), smallest.end());
  for (std::size_t row = limit; row < rows; ++row) {
    const std::uint64_t hash = hash_of(row);
    if (hash >= smallest.front()) continue;
    std::pop_heap(smallest.begin(), smallest.end());
    smallest.back() = hash;
    std::push_heap(smallest.begin(), smallest.end());
  }
  highest_hash_ = smallest.front();
}

bool RowSelection::contains(std::size_t row) const { return hash_of(row) <= highest_hash_; }

void Series::add(std::span<const float> row) {
  if (samples == 0) {
    channels = row.size();
    lowest.assign(row.begin(), row.end());
    highest.assign(row.begin(), row.end());
    sum.assign(row.begin(), row.end());
    if (keeps == Keeps::halves) even_sum = sum;
  } else {
    OCTUNE_ASSERT(row.size() == channels, "a row of statistics has another number of channels than the first");
    for (std::size_t channel = 0; channel < channels; ++channel) {
      lowest[channel] = std::min(lowest[channel], row[channel]);
      highest[channel] = std::max(highest[channel], row[channel]);
      sum[channel] += row[channel];
    }
    if (keeps == Keeps::halves && samples % 2 == 0) {
      for (std::size_t channel = 0; channel < channels; ++channel) even_sum[channel] += row[channel];
    }
  }
  if (keeps == Keeps::rows && selection.contains(samples)) rows.append(row);
  ++samples;
}

void Series::rescale(std::span<const double> scale, std::span<const double> shift) {
  OCTUNE_ASSERT(scale.size() == channels && (shift.empty() || shift.size() == channels), "factors of other channels");
  const auto shift_of = [&](std::size_t channel) { return shift.empty() ? 0.0 : shift[channel]; };
  const auto moved = [&](std::size_t channel, double value) {
    return rescaled(value, scale[channel], shift_of(channel));
  };
  const auto total = [&](std::size_t channel, double of_values, std::size_t count) {
    return (of_values - shift_of(channel) * static_cast<double>(count)) / scale[channel];
  };
  rows.rescale({scale.begin(), scale.end()}, {shift.begin(), shift.end()});
  for (std::size_t channel = 0; channel < channels; ++channel) {
    lowest[channel] = moved(channel, lowest[channel]);
    highest[channel] = moved(channel, highest[channel]);
    sum[channel] = total(channel, sum[channel], samples);
    if (!even_sum.empty()) even_sum[channel] = total(channel, even_sum[channel], (samples + 1) / 2);
  }
}

namespace {

/// A selection of `count` rows.
std::vector<float> thinned(const std::vector<float>& rows, std::size_t channels, std::size_t count) {
  if (count == 0) return {};
  const std::size_t available = rows.size() / channels;
  const RowSelection chosen(available, count);
  std::vector<float> result;
  for (std::size_t row = 0; row < available; ++row) {
    if (!chosen.contains(row)) continue;
    const auto begin = rows.begin() + static_cast<std::ptrdiff_t>(row * channels);
    result.insert(result.end(), begin, begin + static_cast<std::ptrdiff_t>(channels));
  }
  return result;
}

}  // namespace

void Series::merge(const Series& later, std::size_t limit) {
  if (later.samples == 0) return;
  if (samples == 0) {
    *this = later;
    return;
  }
  OCTUNE_ASSERT(channels == later.channels && keeps == later.keeps, "series of different tensors");
  std::vector<float> first = rows.read();
  std::vector<float> second = later.rows.read();
  if (const std::size_t kept = (first.size() + second.size()) / channels; kept > limit) {
    // As many rows of each as it has samples: a selection of few rows may stand for many samples.
    const double share = static_cast<double>(samples) / static_cast<double>(samples + later.samples);
    const std::size_t of_first = first.size() / channels;
    const std::size_t of_second = second.size() / channels;
    const auto wanted = static_cast<std::size_t>(std::lround(share * static_cast<double>(limit)));
    const std::size_t chosen = std::clamp(wanted, limit - std::min(limit, of_second), std::min(limit, of_first));
    first = thinned(first, channels, chosen);
    second = thinned(second, channels, limit - chosen);
  }
  first.insert(first.end(), second.begin(), second.end());
  rows.replace(first);
  for (std::size_t channel = 0; channel < channels; ++channel) {
    lowest[channel] = std::min(lowest[channel], later.lowest[channel]);
    highest[channel] = std::max(highest[channel], later.highest[channel]);
    sum[channel] += later.sum[channel];
    if (keeps == Keeps::halves) {
      const double even = later.even_sum[channel];
      even_sum[channel] += samples % 2 == 0 ? even : later.sum[channel] - even;
    }
  }
  samples += later.samples;
}

Statistics::Statistics(std::size_t samples, std::size_t sequence_length, std::shared_ptr<SpillFile> file)
    : samples_(samples), sequence_length_(std::max<std::size_t>(sequence_length, 1)), file_(std::move(file)) {}

Series& Statistics::operator[](const StatisticRequest& request) {
  const auto [entry, is_new] = series_.try_emplace(request);
  Series& series = entry->second;
  if (!is_new) return series;
  series.rows = Numbers(request.channel_axis ? file_ : nullptr);
  if (request.reduction == Reduction::mean) {
    series.keeps = Series::Keeps::halves;
    return series;
  }
  const bool by_sequence = request.reduction == Reduction::min || request.reduction == Reduction::max;
  const std::size_t rows = by_sequence ? (samples_ + sequence_length_ - 1) / sequence_length_ : samples_;
  const std::size_t limit = row_limit(request);
  const auto [selection, is_first] = selections_.try_emplace({rows, limit});
  if (is_first) selection->second = RowSelection(rows, limit);
  series.selection = selection->second;
  return series;
}

std::size_t Statistics::row_limit(const StatisticRequest& request) {
  return request.channel_axis ? Series::kChannelRowLimit : Series::kRowLimit;
}

const Series& Statistics::at(const StatisticRequest& request) const {
  const auto found = series_.find(request);
  if (found == series_.end()) throw Error(ErrorKind::internal, fmt::format("{} was not collected", request.text()));
  return found->second;
}

bool Statistics::contains(const StatisticRequest& request) const {
  return series_.contains(request) || histograms_.contains(request);
}

const std::vector<ValueHistogram>& Statistics::histograms(const StatisticRequest& request) const {
  const auto found = histograms_.find(request);
  if (found == histograms_.end()) {
    throw Error(ErrorKind::internal, fmt::format("{} was not collected", request.text()));
  }
  return found->second;
}

std::size_t Statistics::seen(const StatisticRequest& request) const {
  const auto found = seen_.find(request);
  return found == seen_.end() ? 0 : found->second;
}

std::vector<StatisticRequest> Statistics::requests() const {
  std::vector<StatisticRequest> all;
  for (const auto& [request, samples] : seen_) all.push_back(request);
  return all;
}

void Statistics::merge(const Statistics& later) {
  for (auto entry = seen_.begin(); entry != seen_.end();) {
    const StatisticRequest& request = entry->first;
    if (!later.seen_.contains(request)) {
      series_.erase(request);
      histograms_.erase(request);
      entry = seen_.erase(entry);
      continue;
    }
    if (request.reduction == Reduction::histogram) {
      const std::vector<ValueHistogram>& more = later.histograms(request);
      std::vector<ValueHistogram>& own = histograms_[request];
      own.resize(std::max(own.size(), more.size()));
      for (std::size_t channel = 0; channel < more.size(); ++channel) own[channel].merge(more[channel]);
    } else {
      series_[request].merge(later.at(request), row_limit(request));
    }
    entry->second += later.seen(request);
    ++entry;
  }
  samples_ += later.samples_;
}

}  // namespace octune
