// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/collect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <numeric>
#include <optional>
#include <set>
#include <utility>

#include "base/assert.hpp"
#include "base/measure.hpp"
#include "base/random.hpp"
#include "calibration/collector.hpp"
#include "calibration/find_non_finite.hpp"
#include "calibration/forms.hpp"
#include "calibration/memory_groups.hpp"
#include "calibration/spill_file.hpp"
#include "infer/run_samples.hpp"
#include "octune/error.hpp"

namespace octune::calibration {
namespace {

using Inputs = std::vector<ov::Output<const ov::Node>>;

/// What all passes of one call have in common.
struct Run {
  const infer::Runtime& runtime;
  const std::shared_ptr<const ov::Model>& model;
  const Dataset& dataset;
  std::span<const std::size_t> indices;
  Statistics& statistics;
  std::map<std::string, double>& timings_s;
  Observer* observer;
  Inputs inputs;
  std::size_t streams;

  std::size_t requests_in_flight() const { return 2 * streams; }

  /// One thread a stream: sums inside an operation are split by threads and would depend on their number.
  infer::CompileOptions compile_options() const {
    const int count = static_cast<int>(streams);
    return {.precision = infer::Precision::f32, .threads = count, .streams = count};
  }

  Sample fitted(std::size_t position) const {
    const std::size_t index = indices[position];
    return infer::fit_sample(dataset.sample(index), dataset.name(index), inputs);
  }

  Place place(std::size_t position) const {
    const std::size_t length = dataset.sequence_length();
    if (length <= 1) return Place::alone;
    return infer::goes_on_with_sequence(indices, position, length) ? Place::goes_on : Place::starts_sequence;
  }
};

/// Tells of a pass that goes on behind the first `before` samples as of all samples.
class WholePass final : public Observer {
 public:
  WholePass(Observer& inner, std::size_t before) : inner_(inner), before_(before) {}
  void message(Severity severity, std::string_view text) override { inner_.message(severity, text); }
  void progress(std::string_view stage, std::size_t done, std::size_t total) override {
    inner_.progress(stage, before_ + done, before_ + total);
  }
  bool should_stop() const override { return inner_.should_stop(); }

 private:
  Observer& inner_;
  std::size_t before_;
};

/// Requests that have seen the same samples and are collected together.
struct Pass {
  std::vector<StatisticRequest> requests;
  std::size_t seen = 0;
};

/// Collects what `one` asks for from the samples that it has not seen.
void collect_pass(const Run& run, const Pass& one, const std::string& stage, SampleWatcher* watcher) {
  const std::span<const StatisticRequest> requests = one.requests;
  const std::size_t seen = one.seen;
  std::optional<WholePass> observer;
  if (run.observer != nullptr) observer.emplace(*run.observer, seen);
  const std::span<const std::size_t> indices = run.indices.subspan(seen);
  Forms forms(run.runtime, run.model, requests, run.compile_options(), run.statistics);
  // The form for fixed shapes is that of the first sample of all: another form computes other last bits.
  if (seen != 0 && run.model->is_dynamic()) forms.form_for(run.fitted(0));
  Collector collector(run.streams);
  std::deque<Form*> in_flight;  // results come in the order in which the forms were chosen
  std::size_t done = 0;
  const auto finish = [&] {
    collector.finish_sequence();
    forms.share_histograms();
    for (const StatisticRequest& request : requests) run.statistics.set_seen(request, seen + done);
  };
  const auto watch_sample = [&](std::size_t position, const Sample& decoded, const Sample& fitted) {
    watcher->sample(seen + position, indices[position], decoded, fitted);
  };
  const base::Stopwatch watch;
  try {
    infer::run_samples(
        [&](const Sample& sample) -> ov::CompiledModel& {
          in_flight.push_back(&forms.form_for(sample));
          return in_flight.back()->compiled;
        },
        run.inputs, run.requests_in_flight(), run.dataset, indices, stage, observer ? &*observer : nullptr,
        [&](std::size_t position, ov::InferRequest& request) {
          Form& form = *in_flight.front();
          in_flight.pop_front();
          collector.add(form, seen + position, run.place(seen + position), request);
          done = position + 1;
        },
        watcher != nullptr ? infer::SampleHook(watch_sample) : infer::SampleHook());
  } catch (const NonFinite& found) {
    throw Error(ErrorKind::input,
                describe_non_finite(run.runtime, run.model, run.fitted(found.position),
                                    run.dataset.name(run.indices[found.position]), found.tensor, found.kind));
  } catch (const Interrupted&) {
    finish();
    throw;
  }
  run.timings_s["compile"] += forms.compile_seconds();
  run.timings_s["calibrate"] += watch.seconds() - forms.compile_seconds();
  finish();
}

/// The resident memory of bare inference, the model loaded for it included: by trying.
std::uint64_t memory_of_inference(const Run& run, const Sample& sample) {
  ov::CompiledModel compiled = run.runtime.compile(run.model, run.compile_options());
  const std::vector<std::size_t> first(run.requests_in_flight(), 0);
  const std::unique_ptr<Dataset> repeated = octune::dataset(1, [&](std::size_t) { return sample; });
  infer::run_samples(compiled, *repeated, first, "calibration", nullptr, [](std::size_t, ov::InferRequest&) {});
  return base::resident_bytes();
}

/// The part of memory that allocators hold without using it: one of so many.
constexpr std::uint64_t kHeldBack = 16;

/// Rounded up.
std::string mebibytes(std::uint64_t bytes) { return fmt::format("{} MiB", (bytes + (1U << 20) - 1) >> 20); }

std::string limit_text(std::uint64_t bytes) {
  return bytes < (1U << 20) ? fmt::format("{} KiB", (bytes + 1023) >> 10) : mebibytes(bytes);
}

/// `requests` in passes that keep below `limit` bytes, if that is possible.
std::vector<std::vector<StatisticRequest>> passes_within(const Run& run, std::span<const StatisticRequest> requests,
                                                         std::size_t seen, std::uint64_t limit) {
  const base::ScopedTiming timing(run.timings_s, "compile");
  const Sample sample = run.fitted(seen);
  std::uint64_t inference = memory_of_inference(run, sample);
  for (const auto& [name, tensor] : sample) inference += run.requests_in_flight() * tensor.get_byte_size();
  const std::uint64_t usable = limit - limit / kHeldBack;
  const MemoryBudget budget{.bytes = usable > inference ? usable - inference : 0,
                            .streams = run.streams,
                            .requests_in_flight = run.requests_in_flight()};
  MemoryGroups groups = split_by_memory(*run.model, requests, sample, budget);
  if (inference + groups.bytes > usable && run.observer != nullptr) {
    const std::string tensor =
        groups.largest.empty() ? "" : fmt::format(" (most of it for tensor '{}')", groups.largest);
    const std::uint64_t needed = inference + groups.bytes;
    const std::size_t passes = groups.passes.size();
    run.observer->message(
        Severity::warning,
        fmt::format("calibration: {} of memory are allowed, but inference alone takes {} and statistics {}{}; it goes "
                    "on in {} pass{} and takes more than that; allow at least {}, or use fewer threads",
                    limit_text(limit), mebibytes(inference), mebibytes(groups.bytes), tensor, passes,
                    passes == 1 ? "" : "es", mebibytes(needed + needed / (kHeldBack - 1))));
  }
  return std::move(groups.passes);
}

}  // namespace

std::vector<std::size_t> choose_samples(std::size_t available, std::size_t subset_size, bool shuffle,
                                        std::uint64_t seed, std::size_t sequence_length) {
  const std::size_t length = std::max<std::size_t>(sequence_length, 1);
  const std::size_t sequences = (available + length - 1) / length;
  const std::size_t count = subset_size == 0 ? sequences : std::min(sequences, (subset_size + length - 1) / length);
  std::vector<std::size_t> chosen(count);
  std::iota(chosen.begin(), chosen.end(), std::size_t{0});
  if (shuffle) {
    base::RandomStream random(seed);
    chosen = base::sample_without_replacement(sequences, count, random);
  }
  std::vector<std::size_t> indices;
  for (const std::size_t sequence : chosen) {
    const std::size_t end = std::min(available, (sequence + 1) * length);
    for (std::size_t index = sequence * length; index < end; ++index) indices.push_back(index);
  }
  return indices;
}

Statistics empty_statistics(std::size_t samples, std::size_t sequence_length) {
  return Statistics(samples, sequence_length, std::make_shared<SpillFile>());
}

Statistics collect(const infer::Runtime& runtime, const std::shared_ptr<const ov::Model>& model,
                   std::span<const StatisticRequest> requests, const Dataset& dataset,
                   std::span<const std::size_t> indices, const CollectOptions& options,
                   std::map<std::string, double>& timings_s, Observer* observer) {
  Statistics statistics = empty_statistics(indices.size(), dataset.sequence_length());
  collect(runtime, model, requests, dataset, indices, options, statistics, timings_s, observer);
  return statistics;
}

std::size_t collect(const infer::Runtime& runtime, const std::shared_ptr<const ov::Model>& model,
                    std::span<const StatisticRequest> requests, const Dataset& dataset,
                    std::span<const std::size_t> indices, const CollectOptions& options, Statistics& statistics,
                    std::map<std::string, double>& timings_s, Observer* observer, SampleWatcher* watcher) {
  if (indices.empty()) throw Error(ErrorKind::input, "calibration: there are no samples; at least one is needed");
  OCTUNE_ASSERT(statistics.samples() == indices.size(), "statistics of another number of samples");
  std::map<std::size_t, std::vector<StatisticRequest>> missing;  // by the number of samples seen
  for (const StatisticRequest& request : std::set<StatisticRequest>(requests.begin(), requests.end())) {
    if (!statistics.complete(request)) missing[statistics.seen(request)].push_back(request);
  }
  if (requests.empty()) missing[0];  // still checks that the samples fit and the outputs are finite
  const auto threads = static_cast<std::size_t>(options.threads > 0 ? options.threads : infer::cpu_features().cores);
  const Run run{runtime,  model,           dataset,
                indices,  statistics,      timings_s,
                observer, model->inputs(), std::min(threads, indices.size())};
  std::vector<Pass> passes;
  for (const auto& [seen, together] : missing) {
    std::vector<std::vector<StatisticRequest>> groups{together};
    if (options.max_memory != 0) groups = passes_within(run, together, seen, options.max_memory);
    for (std::vector<StatisticRequest>& group : groups) passes.push_back({std::move(group), seen});
  }
  for (std::size_t i = 0; i < passes.size(); ++i) {
    const std::string stage =
        passes.size() == 1 ? "calibration" : fmt::format("calibration, pass {} of {}", i + 1, passes.size());
    collect_pass(run, passes[i], stage, watcher);
    watcher = nullptr;  // one look is enough
  }
  return passes.size();
}

}  // namespace octune::calibration
