// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/assert.hpp"
#include "evaluate/checkpoints.hpp"
#include "evaluate/score_samples.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {
namespace {

std::size_t index_of(const std::string& name, std::span<const std::unique_ptr<Metric>> metrics) {
  const auto found =
      std::find_if(metrics.begin(), metrics.end(), [&](const auto& metric) { return metric->name() == name; });
  OCTUNE_ASSERT(found != metrics.end(), "a criterion for a metric that is not measured");
  return static_cast<std::size_t>(found - metrics.begin());
}

bool is_raceable(const Metric& metric) { return metric.aggregation() == Aggregation::mean && metric.bounds(); }

/// One criterion on its way to a decision.
class Lane {
 public:
  Lane(const Criterion& criterion, const Judging& by, const std::optional<RaceOptions>& race)
      : criterion_(criterion),
        index_(index_of(criterion.metric, by.metrics)),
        metric_(*by.metrics[index_]),
        baseline_(by.float_results.metrics[index_]),
        higher_is_better_(criterion.higher_is_better.value_or(metric_.higher_is_better())),
        races_(race.has_value()) {
    // Throws for a baseline that nothing can be compared with, before the candidate runs.
    const CriterionResult at_best = judge_drop(criterion, baseline_.value, baseline_.value, higher_is_better_);
    tolerance_ = criterion.max_drop * (at_best.drop_type == DropType::relative ? std::abs(baseline_.value) : 1);
    if (!races_ || !is_raceable(metric_)) return;
    const ScoreBounds bounds = *metric_.bounds();
    range_ = bounds.high - bounds.low;
    RaceOptions own = *race;
    own.reject_error /= static_cast<double>(by.criteria.size());
    race_.emplace(baseline_.scores.size(), tolerance_ / range_, own);
  }

  /// The next sample. `order` and `judged` are the samples so far and the candidate's scores of this metric.
  void add(std::span<const std::size_t> order, std::span<const Score> judged, std::uint64_t seed) {
    if (!races_ || decision_ != RaceDecision::undecided) return;
    if (race_) {
      decision_ = race_->add(difference(baseline_.scores[order.back()], judged.back()));
      return;
    }
    if (!is_checkpoint(order.size(), baseline_.scores.size())) return;
    if (is_clearly_beyond(baseline_of(order), judged, metric_, higher_is_better_ ? 1 : -1, tolerance_, seed))
      decision_ = RaceDecision::rejected;
  }

  RaceDecision decision() const { return decision_; }
  Basis basis() const { return race_ ? Basis::race : Basis::checkpoint; }

  /// Over the samples `used`.
  CriterionResult result(std::span<const std::size_t> used, double value) const {
    if (used.size() == baseline_.scores.size())
      return judge_drop(criterion_, baseline_.value, value, higher_is_better_);
    const double before = metric_.value(baseline_of(used));
    CriterionResult result =
        judge_drop(criterion_, std::isfinite(before) ? before : baseline_.value, value, higher_is_better_);
    if (decision_ != RaceDecision::undecided) result.accepted = decision_ == RaceDecision::accepted;
    return result;
  }

  std::size_t metric_index() const { return index_; }

 private:
  /// How much better the float model is, in [-1, 1].
  double difference(const Score& before, const Score& after) const {
    const double difference = (before.front() - after.front()) / range_ * (higher_is_better_ ? 1 : -1);
    constexpr double kRounding = 1e-9;
    if (!(std::abs(difference) <= 1 + kRounding)) {
      throw Error(ErrorKind::input,
                  fmt::format("metric '{}': scores {} and {} differ by more than the metric's bounds allow ({}); "
                              "correct its bounds",
                              criterion_.metric, before.front(), after.front(), range_));
    }
    return std::clamp(difference, -1.0, 1.0);
  }

  std::vector<Score> baseline_of(std::span<const std::size_t> samples) const {
    std::vector<Score> scores;
    scores.reserve(samples.size());
    for (const std::size_t sample : samples) scores.push_back(baseline_.scores[sample]);
    return scores;
  }

  const Criterion& criterion_;
  std::size_t index_;
  const Metric& metric_;
  const MetricResult& baseline_;
  bool higher_is_better_;
  bool races_;
  double tolerance_ = 0;  ///< in the unit of the metric
  double range_ = 1;      ///< of the scores
  std::optional<Race> race_;
  RaceDecision decision_ = RaceDecision::undecided;
};

/// Brings scores from the order in which samples were looked at into that of the data set.
void sort_by_sample(std::vector<MetricResult>& results, std::vector<std::size_t>& order) {
  std::vector<std::size_t> places(order.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  std::sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) { return order[a] < order[b]; });
  for (MetricResult& result : results) {
    std::vector<Score> sorted;
    sorted.reserve(places.size());
    for (const std::size_t place : places) sorted.push_back(std::move(result.scores[place]));
    result.scores = std::move(sorted);
  }
  std::sort(order.begin(), order.end());
}

}  // namespace

Judgement judge(const ov::CompiledModel& candidate, const Judging& by, const JudgeOptions& options,
                Observer* observer) {
  require_samples_and_labels(by.dataset, by.labels, by.metrics);
  OCTUNE_ASSERT(by.float_results.metrics.size() == by.metrics.size(), "float results of other metrics");
  const std::size_t length = std::max<std::size_t>(by.dataset.sequence_length(), 1);
  const bool races = options.race.has_value() && length == 1;
  std::vector<Lane> lanes;
  lanes.reserve(by.criteria.size());
  for (const Criterion& criterion : by.criteria) lanes.emplace_back(criterion, by, races ? options.race : std::nullopt);

  Judgement judgement;
  judgement.samples.available = by.dataset.size();
  judgement.results = empty_results(by.metrics);
  std::vector<std::size_t> order(by.dataset.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (races) order = sample_order(by.dataset.size(), options.seed);

  std::optional<RaceDecision> decision;
  const auto decide = [&] {
    const auto rejected = std::find_if(lanes.begin(), lanes.end(),
                                       [](const Lane& lane) { return lane.decision() == RaceDecision::rejected; });
    if (rejected != lanes.end()) {
      decision = RaceDecision::rejected;
      judgement.basis = rejected->basis();
    } else if (!lanes.empty() && std::all_of(lanes.begin(), lanes.end(), [](const Lane& lane) {
                 return lane.decision() == RaceDecision::accepted;
               })) {
      decision = RaceDecision::accepted;
      judgement.basis = Basis::race;
    }
  };
  const ScoringTask task{.model = candidate,
                         .dataset = by.dataset,
                         .labels = by.labels,
                         .metrics = by.metrics,
                         .float_outputs = by.float_results.outputs,
                         .float_model = by.float_model};
  OCTUNE_ASSERT(!compare_with_float(by.metrics) || !task.float_outputs.empty() || task.float_model != nullptr,
                "a metric compares with the float model, which is null");
  score_samples(task, order, observer, [&](std::size_t position, std::vector<Score> scores, const Outputs&) {
    for (std::size_t m = 0; m < scores.size(); ++m) judgement.results[m].scores.push_back(std::move(scores[m]));
    const auto seen = std::span<const std::size_t>(order).first(position + 1);
    if (seen.size() == order.size()) return Next::sample;  // nothing is left to be saved
    for (Lane& lane : lanes) lane.add(seen, judgement.results[lane.metric_index()].scores, options.seed);
    decide();
    return decision ? Next::stop : Next::sample;
  });

  order.resize(judgement.results.empty() ? 0 : judgement.results.front().scores.size());
  sort_by_sample(judgement.results, order);
  judgement.used = std::move(order);
  judgement.samples.used = judgement.used.size();
  complete(judgement.results, by.metrics);
  for (const Lane& lane : lanes)
    judgement.criteria.push_back(lane.result(judgement.used, judgement.results[lane.metric_index()].value));
  judgement.accepted = decision ? *decision == RaceDecision::accepted
                                : std::all_of(judgement.criteria.begin(), judgement.criteria.end(),
                                              [](const CriterionResult& result) { return result.accepted; });
  return judgement;
}

}  // namespace octune::evaluate
