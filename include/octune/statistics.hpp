// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
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

class SpillFile;  // src/calibration/spill_file.hpp

/// A growing list of numbers that are written once and read seldom. Long ones go to a temporary file in parts, so that
/// resident memory does not grow with their number; where no file can be written they stay in memory.
/// Copies share what is in the file.
class Numbers {
 public:
  Numbers() = default;
  explicit Numbers(std::shared_ptr<SpillFile> file) : file_(std::move(file)) {}  ///< null: memory only

  void append(std::span<const float> values);
  std::size_t size() const { return parts_.size() * kPart + tail_.size(); }
  bool empty() const { return size() == 0; }

  /// All of them, in order. Error{io} if the temporary file cannot be read.
  std::vector<float> read() const;

  /// Puts others in their place.
  void replace(std::span<const float> values);

  /// Makes number i (x - shift[i % n]) / scale[i % n], n the length of `scale`; empty shift: none. Done when they are
  /// read: what lies in the file is not written again. Nothing can be appended afterwards.
  void rescale(std::vector<double> scale, std::vector<double> shift);

 private:
  static constexpr std::size_t kPart = 4096;

  struct Rescaling {
    std::vector<double> scale, shift;
  };

  std::shared_ptr<SpillFile> file_;
  std::vector<std::uint64_t> parts_;   // where parts of kPart numbers begin in the file
  std::vector<float> tail_;            // those behind the parts
  std::vector<Rescaling> rescalings_;  // in the order in which they are applied
};

/// Which of a known number of rows are kept when not all may be: a pseudo-random choice that is the same in every run,
/// so that data sets in the order of their classes are kept in their breadth.
class RowSelection {
 public:
  RowSelection() = default;  ///< all rows
  RowSelection(std::size_t rows, std::size_t limit);

  bool contains(std::size_t row) const;

 private:
  std::uint64_t highest_hash_ = ~std::uint64_t{0};
};

/// The collected numbers of one request, one row a sample: rows[kept row * channels + channel], in sample order.
/// Of minima, maxima and quantiles all rows are kept up to a limit, beyond it a selection of that many; of means none.
/// The running values cover every sample.
struct Series {
  static constexpr std::size_t kRowLimit = 4096;
  static constexpr std::size_t kChannelRowLimit = 512;  ///< of rows per channel: a row is as long as the channels

  /// Rows, or no rows but the sums of the two halves of the samples.
  enum class Keeps { rows, halves };

  Keeps keeps = Keeps::rows;
  RowSelection selection;
  std::size_t channels = 1;
  std::size_t samples = 0;
  Numbers rows;
  std::vector<float> lowest;     ///< per channel, over all samples
  std::vector<float> highest;    ///< per channel, over all samples
  std::vector<double> sum;       ///< per channel, added in sample order
  std::vector<double> even_sum;  ///< Keeps::halves: the same of the samples with even numbers

  /// Whether every sample has a row.
  bool has_all_rows() const { return rows.size() == samples * channels; }

  void add(std::span<const float> row);

  /// What follows when channel c of the tensor becomes (x - shift[c]) / scale[c], scale[c] > 0: exact for minima,
  /// maxima, quantiles and means, which are monotone in their channel. Empty shift: none.
  void rescale(std::span<const double> scale, std::span<const double> shift);

  /// Adds what later samples gave. If the rows are more than `limit` then, a selection of that many stays, of each side
  /// in proportion to its samples.
  void merge(const Series& later, std::size_t limit);
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

  /// A sign, an exponent and 7 bits of mantissa, the upper half of the floats that share them, and how many there were.
  struct Count {
    std::uint16_t upper_half;
    std::uint64_t count;

    bool operator==(const Count&) const = default;
  };
  /// Those with a count, in ascending order of the upper half: with lowest() and highest() all there is to know.
  std::vector<Count> counts() const;
  /// The histogram that has these.
  static ValueHistogram of(float lowest, float highest, std::span<const Count> counts);

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

/// Everything passes over the calibration data left: a value that apply() reads and that no trial collects again.
class Statistics {
 public:
  /// For `samples` samples in sequences of `sequence_length`. Long rows may go to `file`; null: they stay in memory.
  explicit Statistics(std::size_t samples = 0, std::size_t sequence_length = 1,
                      std::shared_ptr<SpillFile> file = nullptr);

  /// The series of a request; Error{internal} if it was not collected.
  const Series& at(const StatisticRequest& request) const;
  /// The same to be filled or changed; made if missing.
  Series& operator[](const StatisticRequest& request);
  bool contains(const StatisticRequest& request) const;

  /// The distributions of a request with Reduction::histogram, one a channel; Error{internal} if not collected.
  const std::vector<ValueHistogram>& histograms(const StatisticRequest& request) const;
  std::vector<ValueHistogram>& histograms_for(const StatisticRequest& request) { return histograms_[request]; }

  std::size_t samples() const { return samples_; }

  /// How many samples, from the first on, went into what `request` asks for: fewer than samples() if collecting was
  /// interrupted. 0 if it was not collected at all.
  std::size_t seen(const StatisticRequest& request) const;
  void set_seen(const StatisticRequest& request, std::size_t samples) { seen_[request] = samples; }

  /// Whether every sample went into it.
  bool complete(const StatisticRequest& request) const { return seen(request) == samples_; }

  /// Everything that was asked for, complete or not.
  std::vector<StatisticRequest> requests() const;

  std::size_t sequence_length() const { return sequence_length_; }
  const std::map<StatisticRequest, Series>& series() const { return series_; }

  /// Adds what was collected from further samples, for the requests that both have; others are dropped.
  void merge(const Statistics& later);

 private:
  static std::size_t row_limit(const StatisticRequest& request);

  std::map<StatisticRequest, Series> series_;
  std::map<StatisticRequest, std::vector<ValueHistogram>> histograms_;
  std::map<StatisticRequest, std::size_t> seen_;
  std::map<std::pair<std::size_t, std::size_t>, RowSelection> selections_;  // by number of rows and limit: made once
  std::size_t samples_ = 0;
  std::size_t sequence_length_ = 1;
  std::shared_ptr<SpillFile> file_;
};

}  // namespace octune
