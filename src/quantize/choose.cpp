// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "octune/choose.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/measure.hpp"
#include "calibration/collect.hpp"
#include "evaluate/divergence.hpp"
#include "evaluate/latency.hpp"
#include "infer/run_samples.hpp"
#include "octune/error.hpp"
#include "quantize/estimate.hpp"
#include "quantize/plan_variants.hpp"
#include "quantize/quantization_run.hpp"

namespace octune {
namespace {

using quantization::PlanVariant;
using quantization::Run;

/// Plans whose latencies differ by less than this go by their order: the next measurement might turn them round.
constexpr double kTie = 1.02;

/// A form of the float model, or a variant of the plan, while it is judged.
struct Contender {
  Candidate record;
  QuantizeResult result;  // of a variant
  ov::CompiledModel compiled;
  std::vector<std::string> warnings;  // of the run that built it
  bool is_float = false;
  bool fits = false;  // it can be run at all
};

bool within(const Contender& contender, double limit) {
  return contender.fits && contender.record.divergence && contender.record.divergence->mean <= limit;
}

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

std::vector<Contender> float_forms(const Run& run) {
  std::vector<Contender> forms;
  const auto add = [&](const char* name, const char* summary, infer::Precision precision) {
    Contender form;
    form.record.name = name;
    form.record.summary = summary;
    form.is_float = true;
    form.fits = true;
    form.compiled = run.runtime.compile(run.normal, {.precision = precision, .threads = run.options.threads});
    forms.push_back(std::move(form));
  };
  add("float_f32", "the model as it is, in FP32", infer::Precision::f32);
  if (infer::cpu_features().bf16)
    add("float_bf16", "the model as it is, as the runtime executes it by default", infer::Precision::automatic);
  return forms;
}

std::size_t quantized_count(const Plan& plan) {
  return static_cast<std::size_t>(std::count_if(plan.operations.begin(), plan.operations.end(),
                                                [](const PlannedOperation& operation) { return operation.quantized; }));
}

/// Builds and compiles the model of a variant. What stands in the way of that is its verdict.
Contender built_variant(Run& run, PlanVariant& variant, const Statistics& statistics, const Dataset& data,
                        const std::vector<std::size_t>& indices) {
  Contender contender;
  contender.record.name = variant.name;
  contender.record.summary = variant.summary;
  const std::vector<std::string> common_warnings = run.warnings;
  run.warnings.insert(run.warnings.end(), variant.plan.warnings.begin(), variant.plan.warnings.end());
  try {
    const auto required = quantization::required_statistics(variant.plan);
    contender.result =
        quantization::built(run, std::move(variant.plan), quantization::only(statistics, required), &data, indices);
    contender.result.requests = required.size();
    contender.compiled = quantization::compiled(
        run, contender.result, {.precision = infer::Precision::automatic, .threads = run.options.threads});
    contender.fits = true;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::unsupported && error.kind() != ErrorKind::runtime) throw;
    contender.record.verdict = fmt::format("cannot be executed: {}", error.what());
  }
  contender.record.quantized_operations = quantized_count(contender.result.plan);
  contender.warnings = std::exchange(run.warnings, common_warnings);
  return contender;
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

/// Measures the latencies of `contenders` against each other, unless all of them are known.
void measure(std::span<Contender* const> contenders, const std::vector<Sample>& samples, const ChooseOptions& choose,
             Observer& observer) {
  const bool known = std::all_of(contenders.begin(), contenders.end(), [&](const Contender* contender) {
    return choose.latencies_ms.contains(contender->record.name);
  });
  if (known) {
    for (Contender* contender : contenders)
      contender->record.latency_ms = choose.latencies_ms.at(contender->record.name);
    return;
  }
  std::vector<evaluate::LatencyCandidate> candidates;
  for (const Contender* contender : contenders) candidates.push_back({contender->record.name, contender->compiled});
  evaluate::LatencyOptions options;
  options.seconds = choose.latency_seconds;
  const std::vector<evaluate::Latency> latencies = evaluate::measure_latency(candidates, samples, options, &observer);
  // Ratios within a round are what the machine's other work spares; they are what is compared.
  for (std::size_t i = 0; i < contenders.size(); ++i)
    contenders[i]->record.latency_ms = latencies.front().median_ms * latencies[i].ratio;
}

/// The first of those as fast as the fastest.
Contender* fastest(std::span<Contender* const> contenders) {
  double best = std::numeric_limits<double>::infinity();
  for (const Contender* contender : contenders) best = std::min(best, *contender->record.latency_ms);
  const auto found = std::find_if(contenders.begin(), contenders.end(), [&](const Contender* contender) {
    return *contender->record.latency_ms <= best * kTie;
  });
  return found == contenders.end() ? nullptr : *found;
}

/// Everything quantize_auto() does once there are statistics.
class Choice {
 public:
  Choice(Run& run, const ChooseOptions& options, const Dataset& data, const std::vector<std::size_t>& indices)
      : run_(run), options_(options), data_(data), indices_(indices) {
    judged_ = spread(indices, options.samples, std::max<std::size_t>(data.sequence_length(), 1));
  }

  ChooseResult make(std::vector<PlanVariant> variants, const Statistics& statistics) {
    contenders_ = float_forms(run_);
    const evaluate::DivergenceJudge judge(contenders_.front().compiled, data_, judged_, &run_.observer);
    contenders_.front().record.divergence = Divergence{};
    for (std::size_t i = 1; i < contenders_.size(); ++i) judge_one(judge, contenders_[i]);
    const auto enter = [&](std::vector<PlanVariant> some) {
      for (PlanVariant& variant : some) {
        contenders_.push_back(built_variant(run_, variant, statistics, data_, indices_));
        judge_one(judge, contenders_.back());
      }
    };
    std::vector<PlanVariant> thorough = quantization::thorough_variants(*run_.normal, variants);
    enter(std::move(variants));
    // Inference of the quantized model layer by layer costs more than all of the others together.
    for (PlanVariant& variant : thorough) {
      if (any_good()) break;
      enter({std::move(variant)});
    }
    Contender* chosen = choose_quantized();
    ChooseResult result;
    result.judged_samples = judge.samples();
    result.within_limit = within(*chosen, options_.max_divergence);
    const Contender* best_float = fastest(measured_floats());
    const bool pays = *chosen->record.latency_ms <= *best_float->record.latency_ms;
    result.chosen = pays ? Chosen::quantized : Chosen::floating;
    result.name = pays ? chosen->record.name : best_float->record.name;
    say_verdicts(*chosen, *best_float, result);
    run_.warnings = std::move(chosen->warnings);
    result.quantized = std::move(chosen->result);
    for (Contender& contender : contenders_) result.candidates.push_back(std::move(contender.record));
    contenders_.clear();
    return result;
  }

 private:
  void judge_one(const evaluate::DivergenceJudge& judge, Contender& contender) {
    if (contender.fits) contender.record.divergence = judge.of(contender.compiled, &run_.observer);
  }

  bool any_good() {
    const std::vector<Contender*> all = of_kind(false);
    return std::any_of(all.begin(), all.end(),
                       [&](const Contender* contender) { return within(*contender, options_.max_divergence); });
  }

  std::vector<Contender*> of_kind(bool floats) {
    std::vector<Contender*> found;
    for (Contender& contender : contenders_) {
      if (contender.is_float == floats && contender.fits) found.push_back(&contender);
    }
    return found;
  }

  std::vector<Contender*> measured_floats() {
    std::vector<Contender*> floats = of_kind(true);
    std::erase_if(floats, [](const Contender* contender) { return !contender->record.latency_ms; });
    return floats;
  }

  /// The fastest of those within the limit; the closest if none is. Error{unsupported} if none can be executed.
  Contender* choose_quantized() {
    const std::vector<Contender*> all = of_kind(false);
    if (all.empty()) {
      throw Error(ErrorKind::unsupported,
                  fmt::format("no plan can be executed on this machine; the first one, '{}', {}", first_variant().name,
                              first_variant().verdict));
    }
    std::vector<Contender*> good;
    std::copy_if(all.begin(), all.end(), std::back_inserter(good),
                 [&](const Contender* contender) { return within(*contender, options_.max_divergence); });
    if (good.empty()) {
      good.push_back(*std::min_element(all.begin(), all.end(), [](const Contender* a, const Contender* b) {
        return a->record.divergence->mean < b->record.divergence->mean;
      }));
    }
    std::vector<Contender*> raced = of_kind(true);
    std::erase_if(raced, [&](const Contender* contender) { return !within(*contender, options_.max_divergence); });
    raced.insert(raced.end(), good.begin(), good.end());
    measure(raced, decoded(run_, data_, judged_), options_, run_.observer);
    return fastest(good);
  }

  const Candidate& first_variant() const {
    return std::find_if(contenders_.begin(), contenders_.end(), [](const Contender& one) { return !one.is_float; })
        ->record;
  }

  void say_verdicts(const Contender& chosen, const Contender& best_float, const ChooseResult& result) {
    const double limit = options_.max_divergence;
    for (Contender& contender : contenders_) {
      Candidate& record = contender.record;
      if (!record.verdict.empty()) continue;
      if (record.name == result.name) {
        record.verdict = contender.is_float     ? "chosen: no plan that is good enough is faster"
                         : !result.within_limit ? "chosen: the closest to the float model, but not within the limit"
                                                : "chosen: the fastest that is good enough";
      } else if (record.divergence && record.divergence->mean > limit) {
        record.verdict = fmt::format("diverges by {:.3g}, allowed are {:.3g}", record.divergence->mean, limit);
      } else if (contender.is_float) {
        record.verdict = "for comparison";
      } else if (!record.latency_ms || *record.latency_ms > *chosen.record.latency_ms * kTie) {
        record.verdict = "slower";
      } else if (&contender == &chosen) {
        record.verdict = fmt::format("the best plan, but {} is faster", best_float.record.name);
      } else {
        record.verdict = "as fast, but later in the order of plans";
      }
    }
  }

  Run& run_;
  const ChooseOptions& options_;
  const Dataset& data_;
  const std::vector<std::size_t>& indices_;
  std::vector<std::size_t> judged_;
  std::vector<Contender> contenders_;
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
  {
    const base::Stopwatch watch;
    const std::map<std::string, double> timings_before = run.timings_s;
    result = Choice(run, choose, calibration, indices).make(std::move(variants), found.calibration->statistics);
    run.timings_s = timings_before;  // applying each plan is part of choosing
    run.timings_s["choose"] += watch.seconds();
  }
  const std::string model_hash = found.calibration->key.model;
  found.calibration.reset();
  base::release_freed_memory();
  quantization::complete(run, result.quantized);
  result.quantized.samples_used = indices.size();
  result.quantized.samples_available = calibration.size();
  result.quantized.reused_samples = found.reused_samples;
  result.quantized.passes = found.passes;
  result.quantized.requests = required.size();
  result.quantized.model_hash = model_hash;
  if (result.chosen == Chosen::floating) result.quantized.model.reset();
  return result;
}

}  // namespace octune
