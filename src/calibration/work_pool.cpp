// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/work_pool.hpp"

#include <system_error>
#include <utility>

namespace octune::calibration {

WorkPool::WorkPool(std::size_t workers) {
  try {
    for (std::size_t worker = 1; worker < workers; ++worker) {
      threads_.emplace_back([this, worker] { work(worker); });
    }
  } catch (const std::system_error&) {
    // The calling thread does what no other takes.
  }
}

WorkPool::~WorkPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  tasks_there_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void WorkPool::run(std::size_t count, const Task& task) {
  std::unique_lock lock(mutex_);
  task_ = &task;
  count_ = count;
  next_ = 0;
  if (count > 1) tasks_there_.notify_all();
  take_tasks(lock, 0);
  tasks_done_.wait(lock, [&] { return running_ == 0; });
  task_ = nullptr;
  if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

void WorkPool::take_tasks(std::unique_lock<std::mutex>& lock, std::size_t worker) {
  while (next_ < count_) {
    const std::size_t index = next_++;
    const Task& task = *task_;
    ++running_;
    lock.unlock();
    std::exception_ptr error;
    try {
      task(index, worker);
    } catch (...) {
      error = std::current_exception();
    }
    lock.lock();
    --running_;
    if (error && (!error_ || index < failed_)) {
      error_ = std::move(error);
      failed_ = index;
    }
  }
}

void WorkPool::work(std::size_t worker) {
  std::unique_lock lock(mutex_);
  while (true) {
    tasks_there_.wait(lock, [&] { return stopping_ || next_ < count_; });
    if (stopping_) return;
    take_tasks(lock, worker);
    if (running_ == 0) tasks_done_.notify_one();
  }
}

}  // namespace octune::calibration
