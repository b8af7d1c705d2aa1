// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <memory>

#include "base/multiversion.hpp"
#include "calibration/scan.hpp"
#include "octune/statistics.hpp"

namespace octune {
namespace {

constexpr std::size_t kBlocks = 512;     // combinations of sign and exponent
constexpr std::size_t kBlockSize = 128;  // counters of one
constexpr std::size_t kKeys = kBlocks * kBlockSize;
constexpr std::uint32_t kSignBit = 0x80000000;

/// Fewer values wait until they are as many: counting costs a few microseconds to move the counts of the table.
constexpr std::size_t kWorthCounting = 4096;
/// The counters of the table have 32 bits.
constexpr std::size_t kLargestPart = std::size_t{1} << 30;

/// Two counters for every key, all zero between calls: neighbouring values, often equal, do not wait for each other.
using Table = std::array<std::uint32_t, 2 * kKeys>;

Table& counting_table() {
  thread_local const std::unique_ptr<Table> table = std::make_unique<Table>();
  return *table;
}

std::uint32_t bits_of(float value) { return std::bit_cast<std::uint32_t>(value); }

/// The smallest and largest magnitude of a key.
float magnitude_at(std::size_t key, std::uint32_t low_half) {
  return std::bit_cast<float>(((static_cast<std::uint32_t>(key) << 16) | low_half) & ~kSignBit);
}

OCTUNE_MULTIVERSION std::uint64_t sum_of(const std::uint32_t* even, const std::uint32_t* odd) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < kBlockSize; ++i) sum += even[i] + odd[i];
  return sum;
}

/// Adds the counters of a block of the table to 16 bits each, clears them, and leaves in `carries` what does not fit.
/// Returns whether there is any of that.
OCTUNE_MULTIVERSION bool take_counts(std::uint32_t* even, std::uint32_t* odd, std::uint16_t* target,
                                     std::uint32_t* carries) {
  std::uint32_t any = 0;
  for (std::size_t i = 0; i < kBlockSize; ++i) {
    const std::uint32_t sum = target[i] + even[i] + odd[i];
    target[i] = static_cast<std::uint16_t>(sum);
    carries[i] = sum >> 16;
    any |= carries[i];
    even[i] = 0;
    odd[i] = 0;
  }
  return any != 0;
}

/// Adding zero takes the sign off a zero, which depends on how the runtime fuses operations.
OCTUNE_MULTIVERSION void write_keys(const float* values, std::size_t count, std::uint16_t* keys) {
  for (std::size_t i = 0; i < count; ++i) {
    const float value = values[i] + 0.0F;
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    keys[i] = static_cast<std::uint16_t>(bits >> 16);
  }
}

}  // namespace

ValueHistogram::Block& ValueHistogram::block(std::size_t number) {
  if (block_of_[number] == 0) {
    blocks_.push_back({});
    block_of_[number] = static_cast<std::uint16_t>(blocks_.size());
  }
  return blocks_[block_of_[number] - 1U];
}

void ValueHistogram::count(Key key, std::uint64_t times) {
  std::uint16_t& low = block(key / kBlockSize)[key % kBlockSize];
  const std::uint64_t sum = low + times;
  low = static_cast<std::uint16_t>(sum);
  if (sum >> 16 != 0) carries_[key] += sum >> 16;
}

std::uint64_t ValueHistogram::counted(Key key) const {
  const std::uint16_t number = block_of_[key / kBlockSize];
  if (number == 0) return 0;
  const auto carried = carries_.find(key);
  return blocks_[number - 1U][key % kBlockSize] + (carried == carries_.end() ? 0 : carried->second << 16);
}

template <class Value, class KeyOf>
void ValueHistogram::count_all(std::span<const Value> values, KeyOf key_of) {
  Table& table = counting_table();
  const Value* data = values.data();
  for (std::size_t i = 0; i + 2 <= values.size(); i += 2) {
    ++table[key_of(data[i])];
    ++table[kKeys + key_of(data[i + 1])];
  }
  if (values.size() % 2 != 0) ++table[key_of(values.back())];
  // Zeros first, then from the largest exponent down until all values are found: small ones are rare.
  std::uint64_t left = values.size();
  const auto move = [&](std::size_t number) {
    std::uint32_t* even = table.data() + number * kBlockSize;
    std::uint32_t* odd = even + kKeys;
    const std::uint64_t found = sum_of(even, odd);
    if (found == 0) return;
    std::array<std::uint32_t, kBlockSize> carries;
    if (take_counts(even, odd, block(number).data(), carries.data())) {
      for (std::size_t i = 0; i < kBlockSize; ++i) {
        if (carries[i] != 0) carries_[static_cast<Key>(number * kBlockSize + i)] += carries[i];
      }
    }
    left -= found;
  };
  constexpr std::size_t kNegative = kBlocks / 2;
  move(0);
  move(kNegative);
  const std::size_t largest = bits_of(std::max(std::fabs(lowest_), std::fabs(highest_))) >> 23;
  for (std::size_t exponent = largest; left != 0 && exponent > 0; --exponent) {
    move(exponent);
    move(kNegative + exponent);
  }
}

void ValueHistogram::count_pending() {
  count_all(std::span<const Key>(pending_), [](Key key) { return key; });
  pending_.clear();
}

void ValueHistogram::add(std::span<const float> values) {
  for (; values.size() > kLargestPart; values = values.subspan(kLargestPart)) add(values.first(kLargestPart));
  if (values.empty()) return;
  const calibration::Extremes extremes = calibration::extremes_of(values);
  const float low = extremes.low + 0.0F;  // zero has no sign
  const float high = extremes.high + 0.0F;
  lowest_ = count_ == 0 ? low : std::min(lowest_, low);
  highest_ = count_ == 0 ? high : std::max(highest_, high);
  count_ += values.size();
  if (values.size() >= kWorthCounting) {
    count_all(values, [](float value) { return static_cast<Key>(bits_of(value + 0.0F) >> 16); });
    return;
  }
  if (pending_.size() + values.size() > kWorthCounting) count_pending();
  const std::size_t first = pending_.size();
  pending_.resize(first + values.size());
  write_keys(values.data(), values.size(), pending_.data() + first);
}

void ValueHistogram::merge(const ValueHistogram& other) {
  if (other.count_ == 0) return;
  lowest_ = count_ == 0 ? other.lowest_ : std::min(lowest_, other.lowest_);
  highest_ = count_ == 0 ? other.highest_ : std::max(highest_, other.highest_);
  count_ += other.count_;
  for (std::size_t number = 0; number < kBlocks; ++number) {
    if (other.block_of_[number] == 0) continue;
    const Block& source = other.blocks_[other.block_of_[number] - 1U];
    for (std::size_t i = 0; i < kBlockSize; ++i) {
      if (source[i] != 0) count(static_cast<Key>(number * kBlockSize + i), source[i]);
    }
  }
  for (const auto& [key, times] : other.carries_) count(key, times << 16);
  for (const Key key : other.pending_) count(key, 1);
}

std::vector<ValueHistogram::Bucket> ValueHistogram::buckets() const {
  if (!pending_.empty()) {
    ValueHistogram copy = *this;
    copy.count_pending();
    return copy.buckets();
  }
  std::vector<Bucket> result;
  const auto append = [&](std::size_t key, bool negative) {
    const std::uint64_t times = counted(static_cast<Key>(key));
    if (times == 0) return;
    const float small = magnitude_at(key, 0);
    const float large = magnitude_at(key, 0xffff);
    Bucket bucket = negative ? Bucket{-large, -small, times} : Bucket{small, large, times};
    bucket.low = std::max(bucket.low, lowest_);
    bucket.high = std::min(bucket.high, highest_);
    result.push_back(bucket);
  };
  for (std::size_t key = kKeys; key-- > kKeys / 2;) append(key, true);
  for (std::size_t key = 0; key < kKeys / 2; ++key) append(key, false);
  return result;
}

std::uint64_t ValueHistogram::zeros() const {
  constexpr Key kPositive = 0;
  constexpr Key kNegative = kKeys / 2;
  const auto waiting =
      std::count_if(pending_.begin(), pending_.end(), [](Key key) { return key == kPositive || key == kNegative; });
  return counted(kPositive) + counted(kNegative) + static_cast<std::uint64_t>(waiting);
}

std::vector<ValueHistogram::Count> ValueHistogram::counts() const {
  if (!pending_.empty()) {
    ValueHistogram copy = *this;
    copy.count_pending();
    return copy.counts();
  }
  std::vector<Count> result;
  for (std::size_t number = 0; number < kBlocks; ++number) {
    if (block_of_[number] == 0) continue;
    for (std::size_t key = number * kBlockSize; key < (number + 1) * kBlockSize; ++key) {
      const std::uint64_t times = counted(static_cast<Key>(key));
      if (times != 0) result.push_back({static_cast<Key>(key), times});
    }
  }
  return result;
}

ValueHistogram ValueHistogram::of(float lowest, float highest, std::span<const Count> counts) {
  ValueHistogram histogram;
  histogram.lowest_ = lowest;
  histogram.highest_ = highest;
  for (const auto& [upper_half, times] : counts) {
    histogram.count(upper_half, times);
    histogram.count_ += times;
  }
  return histogram;
}

std::vector<double> ValueHistogram::equal_bins(std::size_t bins, double low, double high) const {
  std::vector<double> result(bins, 0);
  const double last = static_cast<double>(bins - 1);
  const double bins_per_unit = static_cast<double>(bins) / (high - low);
  const auto place = [&](double value) { return (value - low) * bins_per_unit; };
  const auto bin_at = [&](double position) {
    return static_cast<std::size_t>(std::clamp(std::floor(position), 0.0, last));
  };
  for (const Bucket& bucket : buckets()) {
    const double begin = place(bucket.low);
    const double end = place(bucket.high);
    const std::size_t first = bin_at(begin);
    const std::size_t final = bin_at(end);
    const auto count = static_cast<double>(bucket.count);
    if (first == final) {
      result[first] += count;
      continue;
    }
    const double share = count / (end - begin);
    result[first] += share * (static_cast<double>(first + 1) - begin);
    for (std::size_t bin = first + 1; bin < final; ++bin) result[bin] += share;
    result[final] += share * (end - static_cast<double>(final));
  }
  return result;
}

}  // namespace octune
