// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "octune/error.hpp"

#include <utility>

namespace octune {

Error::Error(ErrorKind kind, std::string message, std::source_location where)
    : kind_(kind), message_(std::move(message)), where_(where) {}

int exit_code(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::input:
    case ErrorKind::io:
      return 2;
    case ErrorKind::unsupported:
      return 3;
    case ErrorKind::runtime:
    case ErrorKind::internal:
      break;
  }
  return 1;
}

}  // namespace octune
