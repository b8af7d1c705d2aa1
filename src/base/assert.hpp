// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "octune/error.hpp"

/// A programmer error, checked in every build: throws Error{internal}. Never for what a user can cause.
#define OCTUNE_ASSERT(condition, why)                                              \
  do {                                                                             \
    if (!(condition)) throw ::octune::Error(::octune::ErrorKind::internal, (why)); \
  } while (false)
