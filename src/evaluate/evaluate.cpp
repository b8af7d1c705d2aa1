// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/evaluate.hpp"

#include <numeric>

#include "base/assert.hpp"
#include "evaluate/score_samples.hpp"

namespace octune::evaluate {

std::vector<MetricResult> evaluate(const ov::CompiledModel& model, const ov::CompiledModel* float_model,
                                   const Dataset& dataset, const Labels& labels,
                                   std::span<const std::unique_ptr<Metric>> metrics, Observer* observer) {
  if (metrics.empty()) return {};
  require_samples_and_labels(dataset, labels, metrics);
  OCTUNE_ASSERT(!compare_with_float(metrics) || float_model != nullptr,
                "a metric compares with the float model, which is null");
  std::vector<MetricResult> results = empty_results(metrics);
  std::vector<std::size_t> indices(dataset.size());
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  const ScoringTask task{
      .model = model, .dataset = dataset, .labels = labels, .metrics = metrics, .float_model = float_model};
  score_samples(task, indices, observer, [&](std::size_t, std::vector<Score> scores, const Outputs&) {
    for (std::size_t m = 0; m < metrics.size(); ++m) results[m].scores.push_back(std::move(scores[m]));
    return Next::sample;
  });
  complete(results, metrics);
  return results;
}

}  // namespace octune::evaluate
