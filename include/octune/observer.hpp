// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace octune {

enum class Severity { debug, info, warning, error };

/// How the library speaks to its caller: it never prints. Override what is of interest; every default does nothing.
/// All calls come from the thread that called into the library.
class Observer {
 public:
  virtual ~Observer() = default;

  virtual void message(Severity /*severity*/, std::string_view /*text*/) {}

  /// `done` of `total` steps of the stage are finished; called with done == 0 first and done == total last.
  virtual void progress(std::string_view /*stage*/, std::size_t /*done*/, std::size_t /*total*/) {}

  /// Asked between samples. True ends the operation with Interrupted.
  virtual bool should_stop() const { return false; }
};

}  // namespace octune
