// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/objective.hpp"

#include <fmt/format.h>

#include "base/suggest.hpp"
#include "evaluate/footprint.hpp"
#include "evaluate/latency.hpp"
#include "evaluate/throughput.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {
namespace {

class LatencyObjective final : public Objective {
 public:
  explicit LatencyObjective(const RoundOptions& options) : options_(options) {}

  std::vector<Measurement> measure(const infer::Runtime& runtime, std::span<const ObjectiveCandidate> candidates,
                                   const std::vector<Sample>& samples, Observer* observer) const override {
    std::vector<LatencyCandidate> compiled;
    for (const ObjectiveCandidate& candidate : candidates) {
      compiled.push_back({candidate.label, runtime.compile(candidate.model, candidate.options)});
    }
    std::vector<Measurement> result;
    for (const Latency& latency : measure_latency(compiled, samples, options_, observer)) {
      result.push_back({latency.median_ms, latency.rounds, {latency.ratio, latency.ratio_low, latency.ratio_high}});
    }
    return result;
  }

 private:
  RoundOptions options_;
};

class ThroughputObjective final : public Objective {
 public:
  explicit ThroughputObjective(const RoundOptions& options) : options_(options) {}

  std::vector<Measurement> measure(const infer::Runtime& runtime, std::span<const ObjectiveCandidate> candidates,
                                   const std::vector<Sample>& samples, Observer* observer) const override {
    std::vector<ThroughputCandidate> compiled;
    for (const ObjectiveCandidate& candidate : candidates) {
      infer::CompileOptions options = candidate.options;
      options.goal = infer::PerformanceGoal::throughput;
      compiled.push_back({candidate.label, runtime.compile(candidate.model, options)});
    }
    std::vector<Measurement> result;
    for (const Throughput& rate : measure_throughput(compiled, samples, options_, observer)) {
      result.push_back({rate.median_per_s, rate.rounds, {rate.ratio, rate.ratio_low, rate.ratio_high}});
    }
    return result;
  }

 private:
  RoundOptions options_;
};

/// The same number whenever it is asked for: nothing to repeat.
class ModelSizeObjective final : public Objective {
 public:
  std::vector<Measurement> measure(const infer::Runtime& /*runtime*/, std::span<const ObjectiveCandidate> candidates,
                                   const std::vector<Sample>& /*samples*/, Observer* observer) const override {
    std::vector<Measurement> result;
    for (const ObjectiveCandidate& candidate : candidates) {
      if (observer != nullptr && observer->should_stop()) throw Interrupted();
      const auto bytes = static_cast<double>(written_bytes(candidate.model));
      const double ratio = result.empty() ? 1 : bytes / result.front().value;
      result.push_back({bytes, 1, {ratio, ratio, ratio}});
    }
    return result;
  }
};

class PeakMemoryObjective final : public Objective {
 public:
  std::vector<Measurement> measure(const infer::Runtime& runtime, std::span<const ObjectiveCandidate> candidates,
                                   const std::vector<Sample>& samples, Observer* observer) const override {
    // Little varies from time to time but what the first compilation in a process costs once: that one does not count.
    constexpr std::size_t kRounds = 3;
    const RoundOptions options{.seconds = 0, .least_rounds = kRounds, .max_rounds = kRounds, .warm_up = 1};
    std::vector<Turn> turns;
    for (const ObjectiveCandidate& candidate : candidates) {
      turns.emplace_back([&](std::size_t) {
        return static_cast<double>(peak_memory_bytes(runtime, candidate.model, candidate.options, samples));
      });
    }
    const std::vector<std::vector<double>> bytes = measure_in_turn(turns, options, "peak_memory", observer);
    std::vector<Measurement> result;
    for (const std::vector<double>& values : bytes) {
      result.push_back({spread_of(values).median, values.size(), paired_ratio(values, bytes.front())});
    }
    return result;
  }
};

}  // namespace

std::span<const ObjectiveEntry> objective_entries() {
  static const std::vector<ObjectiveEntry> entries{
      {"latency", "ms", Direction::lower_is_better, "median time of one inference, one request at a time",
       [](const RoundOptions& options) { return std::make_unique<LatencyObjective>(options); }},
      {"throughput", "samples/s", Direction::higher_is_better,
       "results with as many requests at once as the runtime calls optimal; more is better",
       [](const RoundOptions& options) { return std::make_unique<ThroughputObjective>(options); }},
      {"model_size", "bytes", Direction::lower_is_better, "the .xml and .bin as they are written",
       [](const RoundOptions&) { return std::make_unique<ModelSizeObjective>(); }},
      {"peak_memory", "bytes", Direction::lower_is_better,
       "what reading, compiling and running the model adds to the resident memory, at its peak",
       [](const RoundOptions&) { return std::make_unique<PeakMemoryObjective>(); }}};
  return entries;
}

const ObjectiveEntry& objective_entry(std::string_view name) {
  std::vector<std::string> names;
  for (const ObjectiveEntry& entry : objective_entries()) {
    if (entry.name == name) return entry;
    names.push_back(entry.name);
  }
  throw Error(ErrorKind::input, fmt::format("objective: unknown name '{}'; {}", name, base::did_you_mean(name, names)));
}

bool is_better(const Ratio& a_to_b, Direction direction) {
  return direction == Direction::lower_is_better ? a_to_b.high < 1 : a_to_b.low > 1;
}

}  // namespace octune::evaluate
