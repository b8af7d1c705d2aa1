// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

namespace octune::base {

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }
  void restart() { start_ = Clock::now(); }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
};

/// Adds the time from construction to destruction to `timings[name]`.
class ScopedTiming {
 public:
  ScopedTiming(std::map<std::string, double>& timings, std::string name) : timings_(timings), name_(std::move(name)) {}
  ~ScopedTiming() { timings_[name_] += watch_.seconds(); }
  ScopedTiming(const ScopedTiming&) = delete;
  ScopedTiming& operator=(const ScopedTiming&) = delete;

 private:
  std::map<std::string, double>& timings_;
  std::string name_;
  Stopwatch watch_;
};

/// Gives memory that was freed back to the system, so that it does not count twice when the next stage allocates its
/// own. Milliseconds; does nothing where the C library cannot.
void release_freed_memory();

/// The largest resident set of this process so far, in MiB.
double peak_rss_mib();

/// The resident set of this process now; its peak where the system does not tell.
std::uint64_t resident_bytes();

}  // namespace octune::base
