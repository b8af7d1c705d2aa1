// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/cut_off.hpp"

#include <string_view>

namespace octune::data {
namespace {

/// Big-endian number of `size` bytes at `position`, which must lie inside.
std::size_t number(std::string_view text, std::size_t position, std::size_t size) {
  std::size_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | static_cast<unsigned char>(text[position + i]);
  return value;
}

/// ISO/IEC 10918-1, B.1: segments are a marker (0xff and a code) and, but for a few codes, a length that counts itself;
/// behind a scan header come coded bytes, in which 0xff is followed by 0 or by a restart code.
bool jpeg_is_cut_off(std::string_view text) {
  constexpr std::size_t kEnd = 0xd9;
  std::size_t at = 2;
  while (true) {
    at = text.find('\xff', at);  // also walks over coded bytes
    if (at == std::string_view::npos || at + 1 >= text.size()) return true;
    const std::size_t code = number(text, at + 1, 1);
    if (code == kEnd) return false;
    if (code == 0xff) {  // a fill byte
      ++at;
      continue;
    }
    at += 2;
    const bool without_length = code <= 0x01 || (code >= 0xd0 && code <= 0xd8);
    if (without_length) continue;
    if (at + 2 > text.size()) return true;
    at += number(text, at, 2);
  }
}

/// ISO/IEC 15948, 5.3: chunks of length, type, content and checksum, the last of type IEND.
bool png_is_cut_off(std::string_view text) {
  constexpr std::size_t kSignature = 8;
  constexpr std::size_t kAroundContent = 12;
  std::size_t at = kSignature;
  while (at <= text.size() && text.size() - at >= kAroundContent) {
    const std::size_t length = number(text, at, 4);
    if (length > text.size() - at - kAroundContent) return true;
    if (text.substr(at + 4, 4) == "IEND") return false;
    at += kAroundContent + length;
  }
  return true;
}

}  // namespace

bool is_cut_off(std::span<const std::byte> image) {
  const std::string_view text(reinterpret_cast<const char*>(image.data()), image.size());
  if (text.starts_with("\xff\xd8\xff")) return jpeg_is_cut_off(text);
  if (text.starts_with("\x89PNG\r\n\x1a\n")) return png_is_cut_off(text);
  return false;
}

}  // namespace octune::data
