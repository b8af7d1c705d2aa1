// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "infer/decode_ahead.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include "base/measure.hpp"

namespace octune::infer {

DecodeAhead::DecodeAhead(std::function<Decoded(std::size_t position)> decode, std::size_t count, std::size_t ahead,
                         std::size_t workers)
    : decode_(std::move(decode)),
      count_(count),
      ahead_(std::max<std::size_t>(ahead, 1)),
      wanted_workers_(std::min(workers, ahead_)) {}

DecodeAhead::~DecodeAhead() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_to_do_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

Decoded DecodeAhead::make_here() {
  const base::Stopwatch watch;
  const std::size_t position = taken_++;
  Decoded sample = decode_(position);
  quickest_s_ = std::min(quickest_s_, watch.seconds());
  if (taken_ == kProbes && quickest_s_ >= kWorthThreads) start_workers();
  return sample;
}

void DecodeAhead::start_workers() {
  places_.resize(std::min(ahead_, count_ - taken_));
  try {
    for (std::size_t i = 0; i < std::min(wanted_workers_, places_.size()); ++i) {
      workers_.emplace_back([this] { work(); });
    }
  } catch (const std::system_error&) {
    // As many as the system grants; without any, samples are made by the thread that takes them.
  }
}

DecodeAhead::Place DecodeAhead::make(std::size_t position) const {
  Place place;
  try {
    place.sample = decode_(position);
  } catch (...) {
    place.error = std::current_exception();
  }
  place.state = Place::State::ready;
  return place;
}

void DecodeAhead::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    const auto open = std::find_if(places_.begin(), places_.end(),
                                   [](const Place& place) { return place.state == Place::State::open; });
    if (stopping_) return;
    if (open == places_.end()) {
      if (taken_ + places_.size() == count_) return;
      work_to_do_.wait(lock);
      continue;
    }
    const std::size_t position = taken_ + static_cast<std::size_t>(open - places_.begin());
    open->state = Place::State::begun;
    lock.unlock();
    Place made = make(position);
    lock.lock();
    // A place that is begun is not taken, so it is still there, perhaps further to the front.
    places_[position - taken_] = std::move(made);
    sample_ready_.notify_one();
  }
}

Decoded DecodeAhead::take() {
  if (workers_.empty()) return make_here();
  std::unique_lock lock(mutex_);
  if (places_.front().state == Place::State::open) {
    places_.front().state = Place::State::begun;
    const std::size_t position = taken_;
    lock.unlock();
    Place made = make(position);
    lock.lock();
    places_.front() = std::move(made);
  }
  sample_ready_.wait(lock, [&] { return places_.front().state == Place::State::ready; });
  Place place = std::move(places_.front());
  places_.pop_front();
  ++taken_;
  if (taken_ + places_.size() < count_) places_.emplace_back();
  lock.unlock();
  work_to_do_.notify_one();
  if (place.error) std::rethrow_exception(place.error);
  return std::move(place.sample);
}

}  // namespace octune::infer
