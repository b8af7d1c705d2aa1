// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "base/byte_stream.hpp"

#include <limits>

#include "base/assert.hpp"

namespace octune::base {

void ByteWriter::bytes(std::span<const std::byte> bytes) {
  out_.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  hash_.add(bytes);
  size_ += bytes.size();
}

void ByteWriter::text(std::string_view text) {
  OCTUNE_ASSERT(text.size() <= std::numeric_limits<std::uint32_t>::max(), "a text of more than 4 GiB");
  number(static_cast<std::uint32_t>(text.size()));
  bytes(std::as_bytes(std::span(text)));
}

void ByteReader::bytes(std::span<std::byte> bytes) {
  if (bytes.size() > left_) throw Damaged();
  in_.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!in_) throw Damaged();
  left_ -= bytes.size();
}

bool ByteReader::flag() {
  const auto value = number<std::uint8_t>();
  if (value > 1) throw Damaged();
  return value == 1;
}

std::string ByteReader::text() {
  std::string text(fitting(number<std::uint32_t>(), 1), '\0');
  bytes(std::as_writable_bytes(std::span(text)));
  return text;
}

std::size_t ByteReader::fitting(std::uint64_t count, std::size_t item_size) const {
  if (count > left_ / item_size) throw Damaged();
  return static_cast<std::size_t>(count);
}

void append_packed(std::vector<std::byte>& bytes, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<std::byte>(value | 0x80));
  bytes.push_back(static_cast<std::byte>(value));
}

std::uint64_t take_packed(std::span<const std::byte>& bytes) {
  constexpr int kBits = 64;
  std::uint64_t value = 0;
  for (int shift = 0; shift < kBits; shift += 7) {
    if (bytes.empty()) throw Damaged();
    const auto byte = std::to_integer<std::uint64_t>(bytes.front());
    bytes = bytes.subspan(1);
    const std::uint64_t part = byte & 0x7f;
    if ((part << shift) >> shift != part) throw Damaged();
    value |= part << shift;
    if (byte < 0x80) return value;
  }
  throw Damaged();
}

}  // namespace octune::base
