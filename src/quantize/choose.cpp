// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "octune/choose.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <utility>

#include "base/assert.hpp"
#include "base/measure.hpp"
#include "calibration/collect.hpp"
#include "evaluate/divergence.hpp"
#include "infer/run_samples.hpp"
#include "octune/error.hpp"
#include "quantize/estimate.hpp"
#include "quantize/latency_race.hpp"
#include "quantize/plan_variants.hpp"
#include "quantize/quantization_run.hpp"
#include "quantize/tune_built.hpp"
#include "quantize/variant_builder.hpp"

namespace octune {
namespace {

using quantization::BuiltVariant;
using quantization::PlanVariant;
using quantization::Run;
using quantization::VariantBuilder;

/// Plans whose latencies differ by less than this go by their order: the next measurement might turn them round.
constexpr double kTie = 1.02;

/// `count` of `indices`, evenly spread; whole sequences.
std::vector<std::size_t> spread(const std::vector<std::size_t>& indices, std::size_t count, std::size_t length) {
  const std::size_t sequences = (indices.size() + length - 1) / length;
  const std::size_t wanted = std::clamp<std::size_t>(count / length, 1, sequences);
  std::vector<std::size_t> chosen;
  for (std::size_t k = 0; k < wanted; ++k) {
    const std::size_t begin = k * sequences / wanted * length;
    for (std::size_t i = begin; i < std::min(indices.size(), begin + length); ++i) chosen.push_back(indices[i]);
  }
  return chosen;
}

std::size_t quantized_count(const Plan& plan) {
  return static_cast<std::size_t>(std::count_if(plan.operations.begin(), plan.operations.end(),
                                                [](const PlannedOperation& operation) { return operation.quantized; }));
}

/// The samples that latencies are measured on.
std::vector<Sample> decoded(const Run& run, const Dataset& data, const std::vector<std::size_t>& indices) {
  constexpr std::size_t kSamples = 8;
  const std::vector<ov::Output<const ov::Node>> inputs = std::as_const(*run.normal).inputs();
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < std::min(kSamples, indices.size()); ++i)
    samples.push_back(infer::fit_sample(data.sample(indices[i]), data.name(indices[i]), inputs));
  return samples;
}

bool is_float_form(const Candidate& candidate) { return candidate.quantized_operations == 0; }

/// A model that is still in the running.
struct Contender {
  std::size_t number = 0;  // of its record
  ov::CompiledModel compiled;
  BuiltVariant variant;  // empty for the float model
};

/// Everything quantize_auto() does once there are statistics. At most three compiled models exist at once: the best
/// float form, the best plan so far and the one that is compared with it; one more is being built meanwhile.
class Choice {
 public:
  Choice(Run& run, const ChooseOptions& options, const Dataset& data, const std::vector<std::size_t>& indices,
         std::span<const PlanVariant> variants, const Statistics& statistics)
      : run_(run),
        options_(options),
        data_(data),
        indices_(indices),
        judged_(spread(indices, options.samples, std::max<std::size_t>(data.sequence_length(), 1))),
        variants_(variants),
        statistics_(statistics),
        race_(decoded(run, data, judged_), options.latency_seconds, variants.size() + 1, run.observer) {}

  ChooseResult make() {
    VariantBuilder builder(run_, variants_, statistics_, data_, indices_);
    enter_floats(builder);
    while (std::optional<BuiltVariant> next = builder.take()) {
      builder.begin();
      enter(std::move(*next), builder);
    }
    if (!best_ || !within_limit(*best_)) enter_thorough();
    if (!best_) {
      const Candidate& first = *std::find_if_not(records_.begin(), records_.end(), is_float_form);
      throw Error(
          ErrorKind::unsupported,
          fmt::format("no plan can be executed on this machine; the first one, '{}', {}", first.name, first.verdict));
    }
    settle_against_float();
    return result();
  }

  /// Judges the chosen plan's model once more, after its layers were tuned.
  void judge_tuned(ChooseResult& result) {
    const auto chosen = std::find_if(result.candidates.begin(), result.candidates.end(),
                                     [&](const Candidate& candidate) { return candidate.name == result.name; });
    OCTUNE_ASSERT(chosen != result.candidates.end(), "the chosen plan is no candidate");
    // As the candidates are compiled.
    const infer::CompileOptions options{.precision = infer::Precision::automatic, .threads = run_.options.threads};
    best_->compiled = quantization::compiled(run_, result.quantized, options);
    chosen->divergence = judge_->of(best_->compiled, &run_.observer);
    const bool was_within = std::exchange(result.within_limit, chosen->divergence->mean <= options_.max_divergence);
    if (result.within_limit && !was_within) chosen->verdict = "chosen: within the limit since its layers are tuned";
    if (!result.within_limit && was_within) chosen->verdict = "chosen: within the limit before its layers were tuned";
  }

  /// The best plan's model, as judged last.
  const ov::CompiledModel& compiled_plan() const { return best_->compiled; }

 private:
  Candidate& record(const Contender& contender) { return records_[contender.number]; }

  bool within_limit(const Contender& contender) {
    return record(contender).divergence && record(contender).divergence->mean <= options_.max_divergence;
  }

  ov::CompiledModel compiled_float(infer::Precision precision) {
    const base::Stopwatch watch;
    ov::CompiledModel compiled =
        run_.runtime.compile(run_.normal, {.precision = precision, .threads = run_.options.threads});
    records_.back().compile_s = watch.seconds();
    return compiled;
  }

  /// The forms of the float model; the faster one of those within the limit stays.
  void enter_floats(VariantBuilder& builder) {
    const auto add = [&](const char* name, const char* summary, infer::Precision precision) {
      records_.emplace_back();
      records_.back().name = name;
      records_.back().summary = summary;
      return Contender{records_.size() - 1, compiled_float(precision), {}};
    };
    float_ = add("float_f32", "the model as it is, in FP32", infer::Precision::f32);
    std::optional<Contender> other;
    if (infer::cpu_features().bf16) {
      other =
          add("float_bf16", "the model as it is, as the runtime executes it by default", infer::Precision::automatic);
    }
    builder.begin();
    judge_.emplace(float_.compiled, data_, judged_, &run_.observer);
    record(float_).divergence = Divergence{};
    if (!other) return;
    record(*other).divergence = judge_->of(other->compiled, &run_.observer);
    if (!within_limit(*other)) return;
    builder.wait();
    measure(float_, *other, 1);
    if (*record(*other).latency_ms < *record(float_).latency_ms) float_ = std::move(*other);
  }

  /// Inference of the quantized model layer by layer costs more than all other plans together: the first one within the
  /// limit is enough.
  void enter_thorough() {
    for (const PlanVariant& variant : quantization::thorough_variants(*run_.normal, variants_)) {
      VariantBuilder alone(run_, {&variant, 1}, statistics_, data_, indices_);
      enter(*alone.take(), alone);
      if (best_ && within_limit(*best_)) return;
    }
  }

  /// Judges a plan's model. It takes the place of the best one so far, or is gone when this returns.
  void enter(BuiltVariant variant, const VariantBuilder& builder) {
    records_.emplace_back();
    Contender contender{records_.size() - 1, std::move(variant.compiled), std::move(variant)};
    Candidate& own = record(contender);
    own.name = contender.variant.name;
    own.summary = contender.variant.summary;
    own.compile_s = contender.variant.compile_s;
    own.verdict = contender.variant.problem;
    own.quantized_operations = quantized_count(contender.variant.result.plan);
    if (!own.verdict.empty()) return;
    const bool is_good_one = best_ && within_limit(*best_);
    // Beyond this it is neither good enough nor the closest.
    double bound = std::numeric_limits<double>::infinity();
    if (best_) bound = is_good_one ? options_.max_divergence : record(*best_).divergence->mean;
    own.divergence = judge_->if_within(bound, contender.compiled, &run_.observer);
    if (!own.divergence) {
      own.verdict = fmt::format("diverges by more than {:.3g}{}", bound, is_good_one ? "" : ": another is closer");
      return;
    }
    if (!is_good_one) {
      if (within_limit(contender)) {
        builder.wait();
        measure(float_, contender, 1);
        best_ = std::move(contender);
      } else if (!best_ || own.divergence->mean < record(*best_).divergence->mean) {
        best_ = std::move(contender);
      }
      return;
    }
    builder.wait();
    measure(*best_, contender, 1 / kTie);
    if (*own.latency_ms * kTie < *record(*best_).latency_ms) best_ = std::move(contender);
  }

  /// The latency of `challenger` by its ratio to that of `holder`, which is what the machine's other work spares; only
  /// what was not measured in an earlier run. `boundary`: the ratio that decides something.
  void measure(Contender& holder, Contender& challenger, double boundary) {
    const auto known = [&](const Contender& contender) -> std::optional<double> {
      const auto found = options_.latencies_ms.find(record(contender).name);
      return found == options_.latencies_ms.end() ? std::nullopt : std::optional(found->second);
    };
    std::optional<double>& first = record(holder).latency_ms;
    std::optional<double>& second = record(challenger).latency_ms;
    if (!first) first = known(holder);
    second = known(challenger);
    if (first && second) return;
    const quantization::RaceResult measured =
        race_.run({record(holder).name, holder.compiled}, {record(challenger).name, challenger.compiled}, boundary);
    if (!first) first = measured.first_ms;
    second = *first * measured.ratio;
  }

  /// Whether quantization pays is measured, not multiplied up from ratios, where it is close.
  void settle_against_float() {
    constexpr double kClose = 0.1;
    Candidate& plan = record(*best_);
    if (!plan.latency_ms) return measure(float_, *best_, 1);
    const double float_ms = *record(float_).latency_ms;
    const bool is_known =
        options_.latencies_ms.contains(plan.name) && options_.latencies_ms.contains(record(float_).name);
    if (is_known || std::abs(*plan.latency_ms / float_ms - 1) > kClose) return;
    const quantization::RaceResult measured =
        race_.run({record(float_).name, float_.compiled}, {plan.name, best_->compiled}, 1);
    // The other plans were measured beside this one, and keep their ratio to it.
    const double change = float_ms * measured.ratio / *plan.latency_ms;
    for (Candidate& candidate : records_) {
      if (!is_float_form(candidate) && candidate.latency_ms) *candidate.latency_ms *= change;
    }
  }

  ChooseResult result() {
    const Candidate& plan = record(*best_);
    const Candidate& best_float = record(float_);
    ChooseResult result;
    result.judged_samples = judge_->samples();
    result.within_limit = within_limit(*best_);
    const bool pays = *plan.latency_ms <= *best_float.latency_ms;
    result.chosen = pays ? Chosen::quantized : Chosen::floating;
    result.name = pays ? plan.name : best_float.name;
    for (Candidate& candidate : records_) {
      if (candidate.verdict.empty()) candidate.verdict = verdict(candidate, result);
    }
    if (pays) run_.warnings = std::move(best_->variant.warnings);
    result.quantized = std::move(best_->variant.result);
    result.candidates = std::move(records_);
    return result;
  }

  std::string verdict(const Candidate& candidate, const ChooseResult& result) {
    const Candidate& plan = record(*best_);
    const bool is_float = is_float_form(candidate);
    if (candidate.name == result.name) {
      if (is_float) return "chosen: no plan that is good enough is faster";
      return result.within_limit ? "chosen: the fastest that is good enough"
                                 : "chosen: the closest to the float model, but not within the limit";
    }
    if (candidate.divergence && candidate.divergence->mean > options_.max_divergence) {
      return fmt::format("diverges by {:.3g}, allowed are {:.3g}", candidate.divergence->mean, options_.max_divergence);
    }
    if (is_float) return "for comparison";
    if (&candidate == &plan) return fmt::format("the best plan, but {} is faster", record(float_).name);
    if (!candidate.latency_ms || *candidate.latency_ms > *plan.latency_ms * kTie) return "slower";
    return "as fast, but later in the order of plans";
  }

  Run& run_;
  const ChooseOptions& options_;
  const Dataset& data_;
  const std::vector<std::size_t>& indices_;
  std::vector<std::size_t> judged_;
  std::span<const PlanVariant> variants_;
  const Statistics& statistics_;
  quantization::LatencyRace race_;
  std::optional<evaluate::DivergenceJudge> judge_;
  std::vector<Candidate> records_;
  Contender float_;
  std::optional<Contender> best_;  // of the plans: the fastest within the limit, else the closest
};

void validate(const ChooseOptions& options) {
  if (!(options.max_divergence >= 0) || !std::isfinite(options.max_divergence)) {
    throw Error(ErrorKind::input,
                fmt::format("the largest divergence: {} is out of range; give 0 or more", options.max_divergence));
  }
}

}  // namespace

ChooseResult quantize_auto(const std::shared_ptr<const ov::Model>& model, const Dataset& calibration,
                           const QuantizeOptions& options, const ChooseOptions& choose, Observer* observer) {
  validate(choose);
  Observer silent;
  Run run = quantization::normalised(model, options, observer ? *observer : silent);
  std::vector<PlanVariant> variants;
  std::vector<std::string> notes;
  {
    const base::ScopedTiming timing(run.timings_s, "plan");
    variants = quantization::plan_variants(*run.normal, options.plan, notes);
  }
  // What one plan cannot do for all: the error that says why nothing is quantized.
  if (variants.empty()) quantization::planned(run, options.plan);
  for (const std::string& note : notes) run.observer.message(Severity::debug, "plan " + note);
  const std::vector<std::size_t> indices = quantization::chosen_samples(run, calibration);
  std::vector<StatisticRequest> required;
  for (const PlanVariant& variant : variants)
    required = quantization::united(required, quantization::required_statistics(variant.plan));
  quantization::Gathered found = quantization::gathered(run, calibration, indices, required);
  ChooseResult result;
  std::optional<Choice> choice;
  {
    const base::Stopwatch watch;
    const std::map<std::string, double> timings_before = run.timings_s;
    choice.emplace(run, choose, calibration, indices, variants, found.calibration->statistics);
    result = choice->make();
    run.timings_s = timings_before;  // applying each plan is part of choosing
    run.timings_s["choose"] += watch.seconds();
  }
  if (options.layerwise && result.chosen == Chosen::quantized) {
    const auto of_chosen = quantization::required_statistics(result.quantized.plan);
    quantization::tune_built(run, quantization::only(found.calibration->statistics, of_chosen), calibration, indices,
                             result.quantized);
    choice->judge_tuned(result);
  }
  const std::string model_hash = found.calibration->key.model;
  found.calibration.reset();
  if (result.chosen == Chosen::floating) result.quantized.model.reset();
  quantization::complete(run, result.quantized, choice->compiled_plan());
  choice.reset();
  base::release_freed_memory();
  result.quantized.samples_used = indices.size();
  result.quantized.samples_available = calibration.size();
  result.quantized.reused_samples = found.reused_samples;
  result.quantized.passes = found.passes;
  result.quantized.requests = required.size();
  result.quantized.model_hash = model_hash;
  return result;
}

}  // namespace octune
