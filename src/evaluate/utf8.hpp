// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace octune::evaluate {

/// The Unicode code points of UTF-8 text. Error{input} "<where>: no valid UTF-8 at byte <n>; ..." for what RFC 3629
/// forbids: broken and overlong sequences, surrogates, values above U+10FFFF.
std::u32string decode_utf8(std::string_view text, std::string_view where);

}  // namespace octune::evaluate
