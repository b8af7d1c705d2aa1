// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/throughput.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <openvino/runtime/properties.hpp>

#include "base/measure.hpp"
#include "evaluate/bound_samples.hpp"
#include "infer/runtime_error.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {
namespace {

constexpr double kShortestSlice = 0.25;  // seconds
constexpr std::size_t kLeastWaves = 10;  // answers of every request in a slice

/// One candidate at work. Its requests call back into it, so it stays where it is.
class Runner {
 public:
  Runner(ThroughputCandidate& candidate, const std::vector<Sample>& samples)
      : where_("throughput of '" + candidate.label + "'"), samples_(bind_samples(candidate.model, samples, where_)) {
    try {
      const auto count = candidate.model.get_property(ov::optimal_number_of_infer_requests);
      for (std::size_t i = 0; i < std::max<std::size_t>(count, 1); ++i) {
        requests_.push_back(candidate.model.create_infer_request());
        requests_.back().set_callback([this, i](const std::exception_ptr& problem) { answered(i, problem); });
        idle_.push_back(i);
      }
    } catch (const std::exception& exception) {
      throw infer::runtime_error(where_, exception);
    }
  }
  ~Runner() { wait_for_all(); }
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  std::size_t requests() const { return requests_.size(); }

  /// Samples a second of one slice.
  double run() {
    const base::Stopwatch watch;
    std::size_t started = 0;
    try {
      while (started < kLeastWaves * requests_.size() || watch.seconds() < kShortestSlice) {
        start(next_idle(), samples_[started % samples_.size()]);
        ++started;
      }
    } catch (const std::exception& exception) {
      wait_for_all();
      throw infer::runtime_error(where_, exception);
    }
    wait_for_all();
    const double seconds = watch.seconds();
    if (problem_) raise();
    return static_cast<double>(started) / seconds;
  }

 private:
  void answered(std::size_t request, const std::exception_ptr& problem) {
    // Told under the lock: once the last answer is seen, this object may go.
    const std::lock_guard lock(mutex_);
    if (problem && !problem_) problem_ = problem;
    idle_.push_back(request);
    changed_.notify_one();
  }

  /// Takes a request that is not at work, or throws what went wrong in one.
  std::size_t next_idle() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !idle_.empty(); });
    if (problem_) std::rethrow_exception(problem_);
    const std::size_t request = idle_.back();
    idle_.pop_back();
    return request;
  }

  void start(std::size_t request, const BoundSample& sample) {
    try {
      set_inputs(requests_[request], sample);
      requests_[request].start_async();
    } catch (...) {
      const std::lock_guard lock(mutex_);
      idle_.push_back(request);
      throw;
    }
  }

  void wait_for_all() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return idle_.size() == requests_.size(); });
  }

  [[noreturn]] void raise() const {
    try {
      std::rethrow_exception(problem_);
    } catch (const std::exception& exception) {
      throw infer::runtime_error(where_, exception);
    }
  }

  std::string where_;
  std::vector<BoundSample> samples_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::size_t> idle_;
  std::exception_ptr problem_;
  std::vector<ov::InferRequest> requests_;  // last, so that they go first
};

}  // namespace

std::vector<Throughput> measure_throughput(std::span<ThroughputCandidate> candidates,
                                           const std::vector<Sample>& samples, const RoundOptions& options,
                                           Observer* observer) {
  if (candidates.empty()) return {};
  if (samples.empty()) throw Error(ErrorKind::input, "throughput: no samples; at least one is needed");
  if (options.max_rounds == 0) throw Error(ErrorKind::input, "throughput: 0 rounds at most; at least 1 is needed");

  std::vector<std::unique_ptr<Runner>> runners;
  std::vector<Turn> turns;
  for (ThroughputCandidate& candidate : candidates) {
    runners.push_back(std::make_unique<Runner>(candidate, samples));
    turns.emplace_back([runner = runners.back().get()](std::size_t) { return runner->run(); });
  }
  // A slice holds many inferences: one is enough to warm up.
  RoundOptions slices = options;
  slices.warm_up = std::min<std::size_t>(options.warm_up, 1);
  const std::vector<std::vector<double>> rates = measure_in_turn(turns, slices, "throughput", observer);

  std::vector<Throughput> result;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const Spread spread = spread_of(rates[i]);
    const Ratio ratio = paired_ratio(rates[i], rates.front());
    result.push_back({candidates[i].label, spread.median, spread.p10, spread.p90, spread.iqr, rates[i].size(),
                      runners[i]->requests(), ratio.value, ratio.low, ratio.high, rates[i]});
  }
  return result;
}

}  // namespace octune::evaluate
