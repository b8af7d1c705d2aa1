// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/latency.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/measure.hpp"
#include "base/quantile.hpp"
#include "evaluate/interval.hpp"
#include "infer/run_samples.hpp"
#include "infer/runtime_error.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {
namespace {

constexpr std::size_t kLeastRounds = 10;
constexpr double kMillisecondsPerSecond = 1e3;

/// One candidate at work: a request, the samples as its inputs want them, and its times.
class Runner {
 public:
  Runner(LatencyCandidate& candidate, const std::vector<Sample>& samples)
      : where_("latency of '" + candidate.label + "'") {
    const std::vector<ov::Output<const ov::Node>> inputs = candidate.model.inputs();
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const Sample fitted = infer::fit_sample(samples[i], fmt::format("{}: sample {}", where_, i), inputs);
      std::vector<ov::Tensor> tensors;
      for (const auto& input : inputs) tensors.push_back(fitted.at(infer::input_name(input)));
      samples_.push_back(std::move(tensors));
    }
    try {
      request_ = candidate.model.create_infer_request();
      has_state_ = !request_.query_state().empty();
    } catch (const std::exception& exception) {
      throw infer::runtime_error(where_, exception);
    }
  }

  /// The milliseconds of one inference of a sample; the samples are taken in turn.
  double run(std::size_t turn) {
    const std::vector<ov::Tensor>& tensors = samples_[turn % samples_.size()];
    try {
      if (has_state_) request_.reset_state();
      for (std::size_t i = 0; i < tensors.size(); ++i) request_.set_input_tensor(i, tensors[i]);
      const base::Stopwatch watch;
      request_.infer();
      return watch.seconds() * kMillisecondsPerSecond;
    } catch (const std::exception& exception) {
      throw infer::runtime_error(where_, exception);
    }
  }

  void measure(std::size_t turn) { times_.push_back(run(turn)); }
  const std::vector<double>& times() const { return times_; }

 private:
  std::string where_;
  ov::InferRequest request_;
  bool has_state_ = false;
  std::vector<std::vector<ov::Tensor>> samples_;
  std::vector<double> times_;
};

void warm_up(Runner& runner, const LatencyOptions& options) {
  const base::Stopwatch watch;
  for (std::size_t i = 0; i < options.warm_up && (i == 0 || watch.seconds() < options.seconds); ++i) runner.run(i);
}

Latency summarize(const std::string& label, const std::vector<double>& times, const std::vector<double>& first) {
  constexpr double kLow = 0.1, kMedian = 0.5, kHigh = 0.9;
  std::vector<double> ratios(times.size());
  std::transform(times.begin(), times.end(), first.begin(), ratios.begin(), std::divides<>());
  std::sort(ratios.begin(), ratios.end());
  std::vector<double> sorted = times;
  std::sort(sorted.begin(), sorted.end());
  const Interval interval = median_interval(ratios);
  const auto quantile = base::quantile_of_sorted;
  return {label,        quantile(sorted, kMedian), quantile(sorted, kLow), quantile(sorted, kHigh),
          times.size(), quantile(ratios, kMedian), interval.low,           interval.high};
}

}  // namespace

std::vector<Latency> measure_latency(std::span<LatencyCandidate> candidates, const std::vector<Sample>& samples,
                                     const LatencyOptions& options, Observer* observer) {
  if (candidates.empty()) return {};
  if (samples.empty()) throw Error(ErrorKind::input, "latency: no samples; at least one is needed");
  if (options.max_rounds == 0) throw Error(ErrorKind::input, "latency: 0 rounds at most; at least 1 is needed");

  std::vector<Runner> runners;
  for (LatencyCandidate& candidate : candidates) runners.emplace_back(candidate, samples);
  constexpr std::size_t kSteps = 100;
  std::optional<std::size_t> reported;
  const auto report = [&](std::size_t done) {
    if (observer != nullptr && done != reported) observer->progress("latency", done, kSteps);
    reported = done;
  };
  const auto stop_if_asked = [&] {
    if (observer != nullptr && observer->should_stop()) throw Interrupted();
  };
  report(0);
  for (Runner& runner : runners) {
    stop_if_asked();
    warm_up(runner, options);
  }

  const std::size_t least = std::min(kLeastRounds, options.max_rounds);
  const double budget = options.seconds * static_cast<double>(candidates.size());
  const base::Stopwatch watch;
  for (std::size_t round = 0; round < options.max_rounds; ++round) {
    const double elapsed = watch.seconds();
    if (round >= least && elapsed >= budget) break;
    stop_if_asked();
    const auto share = [round](std::size_t of) { return static_cast<double>(round) / static_cast<double>(of); };
    const double timed = budget > 0 ? std::min(elapsed / budget, share(least)) : share(least);
    report(static_cast<std::size_t>(std::min(1.0, std::max(timed, share(options.max_rounds))) * (kSteps - 1)));
    // One more step once a turn of the samples is over: every sample meets every order.
    const std::size_t begin = round + round / samples.size();
    for (std::size_t i = 0; i < runners.size(); ++i) runners[(begin + i) % runners.size()].measure(round);
  }
  report(kSteps);

  std::vector<Latency> result;
  for (std::size_t i = 0; i < runners.size(); ++i) {
    result.push_back(summarize(candidates[i].label, runners[i].times(), runners.front().times()));
  }
  return result;
}

}  // namespace octune::evaluate
