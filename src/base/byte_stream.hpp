// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <istream>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/hash.hpp"

/// Numbers, texts and lists in a stream of bytes: the alphabet of octune's files.
namespace octune::base {

static_assert(std::endian::native == std::endian::little, "the file is little-endian; turn the numbers round here");

/// Writes to a stream and keeps account of it.
class ByteWriter {
 public:
  explicit ByteWriter(std::ostream& out) : out_(out) {}

  void bytes(std::span<const std::byte> bytes);

  template <class Number>
  requires std::is_arithmetic_v<Number>
  void number(Number value) { bytes(std::as_bytes(std::span<const Number, 1>(&value, 1))); }

  /// The numbers alone; how many there are the reader has to know.
  template <class Number>
  void numbers(std::span<const Number> values) {
    bytes(std::as_bytes(values));
  }

  /// 32 bits of length and the bytes.
  void text(std::string_view text);

  bool failed() const { return !out_; }
  std::uint64_t size() const { return size_; }
  std::uint64_t hash() const { return hash_.number(); }

 private:
  std::ostream& out_;
  Hash hash_;
  std::uint64_t size_ = 0;
};

/// What ByteReader throws when the bytes cannot be what they should: nobody else catches or throws it.
struct Damaged {};

/// Reads a known number of bytes of a stream. Trusts nothing: every length is compared with what is left before memory
/// is asked for. Throws Damaged.
class ByteReader {
 public:
  ByteReader(std::istream& in, std::uint64_t size) : in_(in), left_(size) {}

  void bytes(std::span<std::byte> bytes);

  template <class Number>
  requires std::is_arithmetic_v<Number> Number number() {
    Number value;
    bytes(std::as_writable_bytes(std::span<Number, 1>(&value, 1)));
    return value;
  }

  /// 0 or 1.
  bool flag();

  template <class Number>
  std::vector<Number> numbers(std::uint64_t count) {
    std::vector<Number> values(fitting(count, sizeof(Number)));
    bytes(std::as_writable_bytes(std::span(values)));
    return values;
  }

  std::string text();

  /// The count itself; Damaged if so many items of at least `item_size` bytes cannot follow.
  std::size_t fitting(std::uint64_t count, std::size_t item_size) const;

  std::uint64_t left() const { return left_; }

 private:
  std::istream& in_;
  std::uint64_t left_;
};

/// Appends 7 bits a byte, the lowest first; all but the last have the high bit set (LEB128).
void append_packed(std::vector<std::byte>& bytes, std::uint64_t value);

/// Takes one from the front of `bytes`. Throws Damaged.
std::uint64_t take_packed(std::span<const std::byte>& bytes);

}  // namespace octune::base
