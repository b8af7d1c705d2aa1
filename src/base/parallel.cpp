// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "base/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace octune::base {

void parallel_for(std::size_t count, int threads, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr failure;
  std::size_t failed = count;
  const auto run = [&] {
    // Numbers are given out in ascending order, so no smaller one than that of a failure is still to be started.
    for (std::size_t i = next++; i < count; i = next++) {
      try {
        work(i);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (i < failed) {
          failed = i;
          failure = std::current_exception();
        }
        next = count;
      }
    }
  };
  const std::size_t wanted = threads > 0 ? static_cast<std::size_t>(threads) : std::thread::hardware_concurrency();
  {
    std::vector<std::jthread> others;
    try {
      while (others.size() + 1 < std::min(wanted, count)) others.emplace_back(run);
    } catch (const std::system_error&) {
      // No more threads are to be had: those that run do all the work.
    }
    run();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace octune::base
