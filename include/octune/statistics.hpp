// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "octune/plan.hpp"

namespace octune {

/// What a tensor is reduced to, once a sample: one number, or one a channel. histogram: the distribution of the values
/// of all samples together, which leaves no rows.
enum class Reduction { min, max, mean, quantile, abs_quantile, histogram };

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
  static constexpr std::size_t kChannelRowLimit = 512;  ///< of extremes per channel: a row is as long as the channels
  static constexpr std::size_t kMeanRowLimit = 256;  ///< of means, of which there is one for each channel of each layer

  std::size_t row_limit = kRowLimit;
  std::size_t channels = 1;
  std::size_t samples = 0;
  std::vector<float> rows;
  std::vector<float> lowest;   ///< per channel, over all samples
  std::vector<float> highest;  ///< per channel, over all samples
  std::vector<double> sum;     ///< per channel, added in sample order

  void add(std::span<const float> row);

  /// Takes `row`, minima or maxima as `reduction` says, into the last one: what one sequence gives is one row.
  void extend(std::span<const float> row, Reduction reduction);
};

/// How often which values occur: a count for every upper half of a 32-bit float (sign, exponent, 7 bits of mantissa),
/// hence each value is known to 0.4 %. Integer counts do not depend on the order of values, and histograms of parts of
/// the data add up exactly. Memory: about 20 KiB as a rule.
class ValueHistogram {
 public:
  /// Adds finite values.
  void add(std::span<const float> values);
  void merge(const ValueHistogram& other);

  std::uint64_t count() const { return count_; }
  float lowest() const { return lowest_; }    ///< exact; 0 if nothing was added
  float highest() const { return highest_; }  ///< exact; 0 if nothing was added

  /// A run of neighbouring floats and how many values fell among them; low <= value <= high, all of one sign.
  struct Bucket {
    float low;
    float high;
    std::uint64_t count;
  };
  /// Those with a count, in ascending order of values; the outermost ones end at lowest() and highest().
  std::vector<Bucket> buckets() const;

  /// How many values are zero, or so small (below 1e-40) that they share its buckets.
  std::uint64_t zeros() const;

  /// The counts in `bins` equal parts of [low, high], low < high; a bucket that several bins share is spread evenly
  /// over them, values outside count in the outermost bins. The result adds up to count(), up to rounding.
  std::vector<double> equal_bins(std::size_t bins, double low, double high) const;

 private:
  using Key = std::uint16_t;                     // the upper half of a float
  using Block = std::array<std::uint16_t, 128>;  // counts of one sign and exponent, modulo 2^16

  template <class Value, class KeyOf>
  void count_all(std::span<const Value> values, KeyOf key_of);
  Block& block(std::size_t number);  // made if missing
  void count(Key key, std::uint64_t times);
  void count_pending();
  std::uint64_t counted(Key key) const;  // of those that are not pending

  // Histograms of many channels are as fast as the memory they touch: hence narrow counters, and the keys of short
  // runs of values wait until there are enough of them to count.
  std::vector<Key> pending_;
  std::array<std::uint16_t, 512> block_of_{};  // by the upper 9 bits: index into blocks_ plus one; 0: none yet
  std::vector<Block> blocks_;
  std::map<Key, std::uint64_t> carries_;  // how often the count of a key passed 2^16
  std::uint64_t count_ = 0;
  float lowest_ = 0;
  float highest_ = 0;
};

/// Everything one pass over the calibration data left: a value that apply() reads and that no trial collects again.
class Statistics {
 public:
  /// The series of a request; Error{internal} if it was not collected.
  const Series& at(const StatisticRequest& request) const;
  Series& operator[](const StatisticRequest& request);
  bool contains(const StatisticRequest& request) const { return series_.contains(request); }

  /// The distributions of a request with Reduction::histogram, one a channel; Error{internal} if not collected.
  const std::vector<ValueHistogram>& histograms(const StatisticRequest& request) const;
  std::vector<ValueHistogram>& histograms_for(const StatisticRequest& request) { return histograms_[request]; }

  std::size_t samples() const { return samples_; }
  void set_samples(std::size_t samples) { samples_ = samples; }
  const std::map<StatisticRequest, Series>& series() const { return series_; }

 private:
  std::map<StatisticRequest, Series> series_;
  std::map<StatisticRequest, std::vector<ValueHistogram>> histograms_;
  std::size_t samples_ = 0;
};

}  // namespace octune
