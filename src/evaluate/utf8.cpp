// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/utf8.hpp"

#include <fmt/format.h>

#include "octune/error.hpp"

namespace octune::evaluate {

std::u32string decode_utf8(std::string_view text, std::string_view where) {
  std::u32string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xC2 && lead < 0xE0 ? 2
                               : lead >= 0xE0 && lead < 0xF0 ? 3
                               : lead >= 0xF0 && lead < 0xF5 ? 4
                                                             : 0;
    bool valid = length > 0 && at + length <= text.size();
    char32_t code = length <= 1 ? lead : lead & (0x7FU >> length);
    for (std::size_t i = 1; valid && i < length; ++i) {
      const auto next = static_cast<unsigned char>(text[at + i]);
      valid = (next & 0xC0U) == 0x80U;
      code = (code << 6U) | (next & 0x3FU);
    }
    // Two bytes cannot be overlong: their leads begin at 0xC2.
    const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
    const bool surrogate = code >= 0xD800 && code < 0xE000;
    if (!valid || overlong || surrogate || code > 0x10FFFF) {
      throw Error(ErrorKind::input, fmt::format("{}: no valid UTF-8 at byte {}; save the text as UTF-8", where, at));
    }
    result.push_back(code);
    at += length;
  }
  return result;
}

}  // namespace octune::evaluate
