// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/latency.hpp"

#include "base/measure.hpp"
#include "evaluate/bound_samples.hpp"
#include "infer/runtime_error.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {
namespace {

constexpr double kMillisecondsPerSecond = 1e3;

/// One candidate at work.
class Runner {
 public:
  Runner(LatencyCandidate& candidate, const std::vector<Sample>& samples)
      : where_("latency of '" + candidate.label + "'"), samples_(bind_samples(candidate.model, samples, where_)) {
    try {
      request_ = candidate.model.create_infer_request();
    } catch (const std::exception& exception) {
      throw infer::runtime_error(where_, exception);
    }
  }

  /// The milliseconds of one inference.
  double run(std::size_t turn) {
    try {
      set_inputs(request_, samples_[turn % samples_.size()]);
      const base::Stopwatch watch;
      request_.infer();
      return watch.seconds() * kMillisecondsPerSecond;
    } catch (const std::exception& exception) {
      throw infer::runtime_error(where_, exception);
    }
  }

 private:
  std::string where_;
  std::vector<BoundSample> samples_;
  ov::InferRequest request_;
};

Latency summarize(const std::string& label, const std::vector<double>& times, const std::vector<double>& first) {
  const Spread spread = spread_of(times);
  const Ratio ratio = paired_ratio(times, first);
  return {label,       spread.median, spread.p10, spread.p90, times.size(),
          ratio.value, ratio.low,     ratio.high, spread.iqr, times};
}

}  // namespace

std::vector<Latency> measure_latency(std::span<LatencyCandidate> candidates, const std::vector<Sample>& samples,
                                     const LatencyOptions& options, Observer* observer) {
  if (candidates.empty()) return {};
  if (samples.empty()) throw Error(ErrorKind::input, "latency: no samples; at least one is needed");
  if (options.max_rounds == 0) throw Error(ErrorKind::input, "latency: 0 rounds at most; at least 1 is needed");

  std::vector<Runner> runners;
  runners.reserve(candidates.size());
  for (LatencyCandidate& candidate : candidates) runners.emplace_back(candidate, samples);
  std::vector<Turn> turns;
  for (Runner& runner : runners) turns.emplace_back([&runner](std::size_t round) { return runner.run(round); });
  const std::vector<std::vector<double>> times = measure_in_turn(turns, options, "latency", observer);

  std::vector<Latency> result;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    result.push_back(summarize(candidates[i].label, times[i], times.front()));
  }
  return result;
}

}  // namespace octune::evaluate
