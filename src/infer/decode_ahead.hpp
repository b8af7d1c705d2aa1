// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <limits>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "octune/dataset.hpp"

namespace octune::infer {

/// A sample ready for the model, and how messages call it.
struct Decoded {
  Sample fitted;
  std::string name;
};

/// Makes samples in order, a bounded number ahead of the one that is taken.
///
/// The first few are made by the thread that takes them. If they took long, threads are started that work ahead of it;
/// quick ones would be finished before another thread has woken up. It lends a hand where the next sample is not begun.
class DecodeAhead {
 public:
  /// `decode(position)` is called once for every position < `count`, by several threads if there are `workers` > 0, and
  /// never more than `ahead` >= 1 positions beyond the last one taken.
  DecodeAhead(std::function<Decoded(std::size_t position)> decode, std::size_t count, std::size_t ahead,
              std::size_t workers);
  DecodeAhead(const DecodeAhead&) = delete;
  DecodeAhead& operator=(const DecodeAhead&) = delete;

  /// Waits for the samples that are being made.
  ~DecodeAhead();

  /// The next sample, or the exception that making it threw. Not more than `count` calls.
  Decoded take();

 private:
  struct Place {
    enum class State { open, begun, ready } state = State::open;
    Decoded sample;
    std::exception_ptr error;
  };

  Decoded make_here();
  Place make(std::size_t position) const;
  void start_workers();
  void work();

  /// Slower decoding is worth threads, which take some ten microseconds to wake up.
  static constexpr double kWorthThreads = 300e-6;
  /// The first sample pays for cold caches.
  static constexpr std::size_t kProbes = 3;

  std::function<Decoded(std::size_t)> decode_;
  std::size_t count_, ahead_, wanted_workers_;
  double quickest_s_ = std::numeric_limits<double>::infinity();

  std::mutex mutex_;
  std::condition_variable work_to_do_, sample_ready_;
  std::deque<Place> places_;  // from position taken_ on
  std::size_t taken_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> workers_;
};

}  // namespace octune::infer
