// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace octune::cli {

/// What a signal that asks to stop leads to.
enum class StopStep {
  finish,  ///< the first: what was collected is kept
  ignore,  ///< it belongs to the first: a terminal and a program above may both pass one Ctrl-C on
  end      ///< the user does not want to wait
};

/// Tells a second Ctrl-C from an echo of the first. Safe in signal handlers.
class StopSignals {
 public:
  static constexpr std::chrono::milliseconds kEcho{200};

  /// A signal came at `now`, any clock that starts above zero.
  StopStep next(std::chrono::nanoseconds now) {
    std::int64_t first = 0;
    if (first_.compare_exchange_strong(first, now.count())) return StopStep::finish;
    return now - std::chrono::nanoseconds(first) < kEcho ? StopStep::ignore : StopStep::end;
  }

  bool any() const { return first_ != 0; }

 private:
  std::atomic<std::int64_t> first_ = 0;  // when the first came; 0: none yet
  static_assert(std::atomic<std::int64_t>::is_always_lock_free, "a signal handler must not wait for a lock");
};

}  // namespace octune::cli
