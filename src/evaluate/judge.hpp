// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <openvino/runtime/compiled_model.hpp>
#include <optional>
#include <span>
#include <vector>

#include "evaluate/float_results.hpp"
#include "evaluate/race.hpp"
#include "octune/criterion.hpp"
#include "octune/dataset.hpp"
#include "octune/metric.hpp"
#include "octune/observer.hpp"

namespace octune::evaluate {

struct JudgeOptions {
  std::uint64_t seed = 0;  ///< of the order of samples
  /// None: all samples, whatever they say. Of several criteria each gets an equal share of reject_error, so that it
  /// holds for the candidate.
  std::optional<RaceOptions> race{};
};

/// What a verdict rests on.
enum class Basis {
  all_samples,  ///< certain
  race,         ///< right but for the errors of RaceOptions
  checkpoint    ///< a heuristic: see is_clearly_beyond()
};

/// How many samples of a data set were looked at.
struct SampleCount {
  std::size_t used = 0;
  std::size_t available = 0;
};

struct Judgement {
  bool accepted = false;  ///< all criteria
  Basis basis = Basis::all_samples;
  SampleCount samples;
  /// One a metric, over the samples used; the scores in the order of `used`.
  std::vector<MetricResult> results;
  std::vector<std::size_t> used;  ///< ascending
  /// One a criterion, over the samples used, the baseline too. Whether it is accepted, a race may know better than the
  /// drop seen so far: then `accepted` is the race's answer. A criterion that was still open when another one was
  /// rejected stands as its drop says.
  std::vector<CriterionResult> criteria;
};

/// All that a candidate is judged by; borrowed.
struct Judging {
  const Dataset& dataset;
  const Labels& labels;
  std::span<const std::unique_ptr<Metric>> metrics;
  std::span<const Criterion> criteria;  ///< each names one of the metrics
  const FloatResults& float_results;    ///< of these metrics, in their order
  /// Runs where a metric compares with its outputs and these were not kept.
  const ov::CompiledModel* float_model = nullptr;
};

/// Scores `candidate` and compares it with the float model, sample by sample. With a race the samples come in
/// sample_order(size, seed), and it stops as soon as one criterion is rejected, or all are accepted: means of bounded
/// scores are raced (Race), other metrics looked at at checkpoints. Samples in sequences are not raced, as they are no
/// random draw. The outcome depends neither on threads nor on how many requests are in flight.
///
/// Throws what evaluate() does, and Error{input} for a score outside of its metric's bounds.
Judgement judge(const ov::CompiledModel& candidate, const Judging& by, const JudgeOptions& options, Observer* observer);

}  // namespace octune::evaluate
