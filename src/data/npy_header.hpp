// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/npy.hpp"

namespace octune::data {

/// What stands before the values of a .npy file.
struct NpyHeader {
  NpyType type;
  std::vector<std::size_t> shape;
  bool fortran_order = false;
  std::size_t data_offset = 0;
};

/// Reads magic, version and the Python dictionary {'descr': ..., 'fortran_order': ..., 'shape': ...}. `where` names the
/// array in messages. Error{input} if it is no .npy header or names a type that cannot be read.
NpyHeader parse_npy_header(std::span<const std::byte> file, const std::string& where);

}  // namespace octune::data
