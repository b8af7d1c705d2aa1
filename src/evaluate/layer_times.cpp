// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/layer_times.hpp"

#include <map>
#include <numeric>
#include <optional>

#include "base/assert.hpp"
#include "base/measure.hpp"
#include "evaluate/bound_samples.hpp"
#include "evaluate/rounds.hpp"
#include "infer/runtime_error.hpp"

namespace octune::evaluate {
namespace {

constexpr std::size_t kLeastInferences = 20;

using Milliseconds = std::chrono::duration<double, std::milli>;

/// Times of the layers of one candidate, one a compilation.
class Profile {
 public:
  Profile(const LayerCandidate& candidate, const std::vector<Sample>& samples)
      : candidate_(candidate), samples_(samples), where_("layers of '" + candidate.label + "'") {
    candidate_.options.profiling = true;
  }

  void add_compilation(const infer::Runtime& runtime, double seconds, const Observer* observer) {
    ov::CompiledModel compiled = runtime.compile(candidate_.model, candidate_.options);
    const std::vector<BoundSample> samples = bind_samples(compiled, samples_, where_);
    try {
      ov::InferRequest request = compiled.create_infer_request();
      const base::Stopwatch watch;
      for (std::size_t i = 0; i < kLeastInferences || watch.seconds() < seconds; ++i) {
        if (observer != nullptr && observer->should_stop()) throw Interrupted();
        set_inputs(request, samples[i % samples.size()]);
        request.infer();
      }
      for (const ov::ProfilingInfo& info : request.get_profiling_info()) {
        if (info.status != ov::ProfilingInfo::Status::EXECUTED) continue;
        times_[info.node_name].push_back(Milliseconds(info.real_time).count());
      }
    } catch (const Interrupted&) {
      throw;
    } catch (const std::exception& exception) {
      throw infer::runtime_error(where_, exception);
    }
    if (layers_.empty()) layers_ = infer::runtime_operations(compiled);
  }

  std::vector<LayerTime> result() const {
    std::vector<LayerTime> result;
    for (const infer::RuntimeOperation& layer : layers_) {
      const auto times = times_.find(layer.name);
      if (times != times_.end()) result.push_back({layer, spread_of(times->second).median});
    }
    return result;
  }

 private:
  LayerCandidate candidate_;
  const std::vector<Sample>& samples_;
  std::string where_;
  std::vector<infer::RuntimeOperation> layers_;
  std::map<std::string, std::vector<double>> times_;
};

}  // namespace

std::vector<std::vector<LayerTime>> measure_layers(const infer::Runtime& runtime,
                                                   std::span<const LayerCandidate> candidates,
                                                   const std::vector<Sample>& samples, const LayerOptions& options,
                                                   Observer* observer) {
  OCTUNE_ASSERT(options.compilations > 0, "layers are measured in one compilation at least");
  std::vector<Profile> profiles;
  for (const LayerCandidate& candidate : candidates) profiles.emplace_back(candidate, samples);
  const std::size_t steps = options.compilations * candidates.size();
  std::size_t done = 0;
  for (std::size_t compilation = 0; compilation < options.compilations; ++compilation) {
    for (Profile& profile : profiles) {
      if (observer != nullptr) observer->progress("layers", done++, steps);
      profile.add_compilation(runtime, options.seconds / static_cast<double>(options.compilations), observer);
    }
  }
  if (observer != nullptr) observer->progress("layers", steps, steps);
  std::vector<std::vector<LayerTime>> result;
  for (const Profile& profile : profiles) result.push_back(profile.result());
  return result;
}

double total_of(std::span<const LayerTime> layers) {
  return std::accumulate(layers.begin(), layers.end(), 0.0,
                         [](double sum, const LayerTime& layer) { return sum + layer.milliseconds; });
}

}  // namespace octune::evaluate
