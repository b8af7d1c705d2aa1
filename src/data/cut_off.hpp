// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

namespace octune::data {

/// True for a JPEG or PNG that ends before its end marker. The decoders would fill the missing half of such a JPEG with
/// grey and say nothing, and print about such a PNG. False for all other content.
bool is_cut_off(std::span<const std::byte> image);

}  // namespace octune::data
