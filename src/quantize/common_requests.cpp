// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/common_requests.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <utility>

#include "base/parallel.hpp"
#include "octune/error.hpp"
#include "quantize/estimate.hpp"
#include "quantize/plan_normalised.hpp"
#include "target/capability.hpp"

namespace octune::quantization {
namespace {

/// The other searches read the same histograms.
constexpr std::array kOtherEstimators{EstimatorPreset::quantile, EstimatorPreset::histogram};

/// Another target's statistics are collected along if it looks at so few tensors, as a share of the user's target's,
/// that this target does not: each one costs about as much of the time as it is of the tensors.
constexpr double kFurtherTensors = 0.1;

/// What the user says of this run alone taken out.
PlanOptions of_later_runs(PlanOptions options) {
  options.ignored = {};
  options.not_aligned = {};
  options.not_corrected = {};
  options.activations.range_estimator = {};
  options.bias_correction = BiasCorrectionMethod::fast;  // asks for most
  return options;
}

/// The built-in targets, without what the user fixes on his own: others may not be able to execute it.
std::vector<PlanOptions> other_targets(const PlanOptions& own) {
  std::vector<PlanOptions> targets;
  for (const auto& [name, table] : target::built_in_tables()) {
    if (name == own.target_device && own.weights.empty() && own.activations.empty()) continue;
    PlanOptions other = own;
    other.target_device = name;
    other.weights = {};
    other.activations = {};
    targets.push_back(std::move(other));
  }
  return targets;
}

using Requests = std::set<StatisticRequest>;

/// Nothing if the options cannot be planned: then no later run can have them.
void add_required(const ov::Model& model, const PlanOptions& options, Requests& requests) {
  try {
    const auto required = required_statistics(plan_normalised(model, options));
    requests.insert(required.begin(), required.end());
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::internal) throw;
  }
}

Requests with_every_preset(const ov::Model& model, PlanOptions options, Collection collection) {
  Requests requests;
  for (const Preset preset : {Preset::performance, Preset::mixed, Preset::accuracy}) {
    options.preset = preset;
    // Extremes per channel where tensors are rescaled channel by channel, and of whole tensors where not.
    for (const bool rescaled : {true, false}) {
      options.channel_alignment = rescaled;
      options.smooth_quant = rescaled;
      add_required(model, options, requests);
    }
    if (collection != Collection::everything) continue;
    for (const EstimatorPreset estimator : kOtherEstimators) {
      PlanOptions estimated = options;
      estimated.activations.range_estimator.preset = estimator;
      add_required(model, estimated, requests);
    }
  }
  return requests;
}

std::set<TensorRef> tensors_of(const Requests& requests) {
  std::set<TensorRef> tensors;
  for (const StatisticRequest& request : requests) tensors.insert(request.tensor);
  return tensors;
}

}  // namespace

std::vector<StatisticRequest> common_requests(const ov::Model& model, const QuantizeOptions& options) {
  std::vector<PlanOptions> all{of_later_runs(options.plan)};
  for (PlanOptions& other : other_targets(all.front())) all.push_back(std::move(other));
  std::vector<Requests> required(all.size());
  base::parallel_for(all.size(), options.threads,
                     [&](std::size_t i) { required[i] = with_every_preset(model, all[i], options.collection); });
  Requests requests = required.front();
  const std::set<TensorRef> own_tensors = tensors_of(requests);
  const auto most_further = static_cast<std::ptrdiff_t>(kFurtherTensors * static_cast<double>(own_tensors.size()));
  for (const Requests& further : std::span(required).subspan(1)) {
    const std::set<TensorRef> tensors = tensors_of(further);
    const auto count = std::count_if(tensors.begin(), tensors.end(),
                                     [&](const TensorRef& tensor) { return !own_tensors.contains(tensor); });
    if (options.collection == Collection::everything || count <= most_further)
      requests.insert(further.begin(), further.end());
  }
  return {requests.begin(), requests.end()};
}

}  // namespace octune::quantization
