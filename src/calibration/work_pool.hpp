// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace octune::calibration {

/// Threads that share the tasks of one caller. One run() at a time.
class WorkPool {
 public:
  using Task = std::function<void(std::size_t task, std::size_t worker)>;

  /// `workers` in all: the calling thread is worker 0. As many as the system grants.
  explicit WorkPool(std::size_t workers);
  ~WorkPool();
  WorkPool(const WorkPool&) = delete;
  WorkPool& operator=(const WorkPool&) = delete;

  std::size_t workers() const { return threads_.size() + 1; }

  /// Calls task(i, worker) for every i < count and returns when all are done, in whatever order. Then rethrows the
  /// exception of the smallest i that threw one.
  void run(std::size_t count, const Task& task);

 private:
  void work(std::size_t worker);
  void take_tasks(std::unique_lock<std::mutex>& lock, std::size_t worker);

  std::mutex mutex_;
  std::condition_variable tasks_there_, tasks_done_;
  const Task* task_ = nullptr;
  std::size_t count_ = 0, next_ = 0, running_ = 0;
  std::size_t failed_ = 0;  // the task whose exception error_ is
  std::exception_ptr error_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace octune::calibration
