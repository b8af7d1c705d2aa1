// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <future>

#include "base/assert.hpp"
#include "base/measure.hpp"
#include "calibration/collect.hpp"
#include "calibration/statistics_key.hpp"
#include "graph/normalise.hpp"
#include "infer/runtime.hpp"
#include "octune/calibrate.hpp"
#include "octune/error.hpp"
#include "octune/quantize.hpp"
#include "quantize/apply.hpp"
#include "quantize/common_requests.hpp"
#include "quantize/correct_sequentially.hpp"
#include "quantize/estimate.hpp"
#include "quantize/gather.hpp"
#include "quantize/plan_normalised.hpp"
#include "quantize/recurrent_ranges.hpp"
#include "quantize/requantize.hpp"
#include "quantize/subgraphs.hpp"
#include "quantize/validate.hpp"
#include "quantize/verify.hpp"

namespace octune {
namespace {

void require_something_quantized(const Plan& plan) {
  for (const PlannedOperation& operation : plan.operations) {
    if (operation.quantized) return;
  }
  throw Error(
      ErrorKind::unsupported,
      plan.operations.empty()
          ? fmt::format("nothing can be quantized: the model has no operation that {} executes in integers",
                        plan.target)
          : fmt::format(
                "nothing would be quantized: all {} candidates stay in floating point, the first ('{}') because: {}; "
                "'octune plan MODEL' gives every reason",
                plan.operations.size(), plan.operations.front().name, plan.operations.front().reason));
}

void report_left_alone(const QuantizeResult& result, Observer& observer) {
  if (!result.plan.smoothed_inputs.empty()) {
    observer.message(Severity::debug, fmt::format("SmoothQuant: {} of {} inputs smoothed", result.smoothed_inputs,
                                                  result.plan.smoothed_inputs.size()));
  }
  for (const LeftAlone& pair : result.unaligned_pairs) {
    observer.message(Severity::debug, fmt::format("'{}': its input is not aligned: {}", pair.operation, pair.reason));
  }
  for (const LeftAlone& layer : result.uncorrected_biases) {
    observer.message(Severity::debug,
                     fmt::format("'{}': its bias is not corrected: {}", layer.operation, layer.reason));
  }
}

/// A model on its way: as read, as normalised, and what is known so far.
struct Run {
  const QuantizeOptions& options;
  Observer& observer;
  infer::Runtime runtime;
  std::shared_ptr<const ov::Model> model;
  std::shared_ptr<ov::Model> normal;
  std::vector<std::string> warnings;
  std::map<std::string, double> timings_s;
  std::future<std::string> saving;  ///< see quantization::Gathered
};

Run normalised(const std::shared_ptr<const ov::Model>& model, const QuantizeOptions& options, Observer& observer) {
  if (!model) throw Error(ErrorKind::input, "model: there is none; read one first");
  Run run{options, observer, {}, model, {}, {}, {}, {}};
  const base::ScopedTiming timing(run.timings_s, "normalize");
  quantization::FloatModel source = quantization::floating_point_model(model, options.plan.already_quantized);
  run.normal = graph::normalise(source.model);
  run.warnings = std::move(source.warnings);
  return run;
}

Plan planned(Run& run) {
  const base::ScopedTiming timing(run.timings_s, "plan");
  Plan plan = quantization::plan_normalised(*run.normal, run.options.plan);
  require_something_quantized(plan);
  plan.warnings.insert(plan.warnings.begin(), run.warnings.begin(), run.warnings.end());
  run.warnings = plan.warnings;
  return plan;
}

/// The samples that are used.
std::vector<std::size_t> chosen_samples(Run& run, const Dataset& data) {
  const QuantizeOptions& options = run.options;
  std::vector<std::size_t> indices = calibration::choose_samples(data.size(), options.subset_size, options.shuffle,
                                                                 options.seed, data.sequence_length());
  if (indices.empty())
    throw Error(ErrorKind::input, "calibration data: there is no sample; give at least one, better 300");
  if (options.subset_size > indices.size()) {
    run.warnings.push_back(fmt::format("{} calibration samples were asked for, the data set has {}: ranges may be off",
                                       options.subset_size, indices.size()));
  }
  const bool has_state = !run.normal->get_sinks().empty();
  if (has_state && data.sequence_length() == 1) {
    run.observer.message(Severity::info,
                         "the model keeps states: every sample starts anew; give --sequence-length if samples are "
                         "pieces of sequences");
  }
  return indices;
}

/// Error{unsupported} if the runtime refuses the quantized model, as it does with some schemes outside the target's
/// table.
ov::CompiledModel compiled(const Run& run, const QuantizeResult& result) {
  try {
    return run.runtime.compile(result.model, {.threads = run.options.threads});
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::runtime) throw;
    const auto& quantizers = result.plan.quantizers;
    const bool per_channel = std::any_of(quantizers.begin(), quantizers.end(), [](const Quantizer& quantizer) {
      return quantizer.kind == QuantizerKind::activation && !quantizer.channel_axes.empty();
    });
    throw Error(ErrorKind::unsupported,
                fmt::format("the quantized model: {}; {}", error.what(),
                            per_channel ? "quantize activations per tensor (leave their granularity to the preset), or "
                                          "ignore the operations that the message is about"
                                        : "use another preset, or ignore the operations that the message is about"));
  }
}

/// Builds the model of `plan` from `statistics`, which hold what it requires and nothing else. `data` and `indices`:
/// of the samples that sequential bias correction runs; null if there are none.
QuantizeResult finished(Run& run, Plan plan, Statistics statistics, const Dataset* data,
                        const std::vector<std::size_t>& indices) {
  QuantizeResult result;
  result.plan = std::move(plan);
  const std::size_t planned_warnings = result.plan.warnings.size();
  quantization::leave_out_unseen(statistics, result.plan);
  quantization::leave_out_narrow_states(statistics, result.plan);
  require_something_quantized(result.plan);
  run.warnings.insert(run.warnings.end(), result.plan.warnings.begin() + static_cast<std::ptrdiff_t>(planned_warnings),
                      result.plan.warnings.end());
  const auto apply = [&](Statistics of_run) {
    const base::ScopedTiming timing(run.timings_s, "apply");
    return quantization::apply(run.normal, result.plan, std::move(of_run), run.options.threads);
  };
  quantization::Applied applied;
  if (result.plan.bias_correction != BiasCorrectionMethod::sequential) {
    applied = apply(std::move(statistics));
  } else {
    OCTUNE_ASSERT(data != nullptr, "sequential bias correction without data");
    const quantization::Correction correction{run.runtime, run.normal, *data, indices, run.options.threads};
    Statistics of_run;
    {
      const base::ScopedTiming timing(run.timings_s, "correct");
      of_run = quantization::with_correction_means(correction, result.plan, statistics);
    }
    applied = apply(std::move(of_run));
    const base::ScopedTiming timing(run.timings_s, "correct");
    if (auto warning =
            quantization::correct_sequentially(correction, result.plan, std::move(statistics), applied, run.observer))
      run.warnings.push_back(std::move(*warning));
  }
  result.model = applied.model;
  result.aligned_pairs = applied.aligned_pairs;
  result.smoothed_inputs = applied.smoothed_inputs;
  result.unaligned_pairs = std::move(applied.unaligned_pairs);
  result.corrected_biases = applied.corrected_biases;
  result.uncorrected_biases = std::move(applied.uncorrected_biases);
  report_left_alone(result, run.observer);
  {
    const base::ScopedTiming timing(run.timings_s, "verify");
    base::release_freed_memory();
    result.executed = quantization::executed_operations(compiled(run, result), result.plan);
    if (const std::string warning = quantization::warning_about(result.executed); !warning.empty())
      run.warnings.push_back(warning);
  }
  if (run.saving.valid()) {
    const base::ScopedTiming timing(run.timings_s, "statistics");
    if (const std::string problem = run.saving.get(); !problem.empty())
      run.warnings.push_back("the statistics are not kept: " + problem);
  }
  for (const std::string& warning : run.warnings) run.observer.message(Severity::warning, warning);
  result.warnings = std::move(run.warnings);
  result.timings_s = std::move(run.timings_s);
  return result;
}

/// Refuses statistics that another model, or another form of this one, has.
void require_same_model(const Run& run, const Calibration& calibration) {
  const auto no_data = dataset(std::vector<Sample>{});
  const StatisticsKey own = calibration::key_without_samples(*run.model, run.runtime.version(), *no_data, run.options);
  StatisticsKey wanted = calibration.key;
  wanted.model = own.model;
  wanted.runtime = own.runtime;
  wanted.normalization = own.normalization;
  if (const auto different = differences(calibration.key, wanted); !different.empty()) {
    throw Error(ErrorKind::input, fmt::format("the statistics are not of this model; what differs: {}; collect them "
                                              "with 'octune calibrate MODEL --data SPEC -o FILE'",
                                              fmt::join(different, ", ")));
  }
}

}  // namespace

QuantizeResult quantize(const std::shared_ptr<const ov::Model>& model, const Dataset& calibration,
                        const QuantizeOptions& options, Observer* observer) {
  Observer silent;
  Run run = normalised(model, options, observer ? *observer : silent);
  Plan plan = planned(run);
  const std::vector<std::size_t> indices = chosen_samples(run, calibration);
  const std::vector<StatisticRequest> required = quantization::required_statistics(plan);
  quantization::Wanted wanted{required, {}};
  const auto common = [&] {
    const base::ScopedTiming timing(run.timings_s, "plan");
    return quantization::common_requests(*run.normal, options);
  };
  if (options.statistics) {  // otherwise there is no later run to read them
    if (options.collection == Collection::everything) {
      wanted.now = quantization::united(wanted.now, common());
    } else {
      wanted.later = common;
    }
  }
  quantization::Gathered gathered = quantization::gather(run.runtime, {*model, run.normal, calibration, indices},
                                                         wanted, options, run.timings_s, run.observer);
  run.warnings.insert(run.warnings.end(), gathered.warnings.begin(), gathered.warnings.end());
  run.saving = std::move(gathered.saving);
  const std::string model_hash = gathered.calibration->key.model;
  Statistics statistics = quantization::only(gathered.calibration->statistics, required);
  gathered.calibration.reset();
  base::release_freed_memory();
  QuantizeResult result = finished(run, std::move(plan), std::move(statistics), &calibration, indices);
  result.samples_used = indices.size();
  result.samples_available = calibration.size();
  result.reused_samples = gathered.reused_samples;
  result.passes = gathered.passes;
  result.requests = required.size();
  result.model_hash = model_hash;
  return result;
}

QuantizeResult quantize(const std::shared_ptr<const ov::Model>& model, const Calibration& calibration,
                        const QuantizeOptions& options, Observer* observer) {
  Observer silent;
  Run run = normalised(model, options, observer ? *observer : silent);
  Plan plan = planned(run);
  if (plan.bias_correction == BiasCorrectionMethod::sequential) {
    throw Error(ErrorKind::input,
                "sequential bias correction runs the model on calibration data, and there are statistics only; give "
                "data, or choose --bias-correction fast");
  }
  {
    const base::ScopedTiming timing(run.timings_s, "statistics");
    require_same_model(run, calibration);
  }
  if (const std::size_t seen = calibration.key.samples.size(); seen < calibration.statistics.samples()) {
    throw Error(
        ErrorKind::input,
        fmt::format("the run that collected the statistics was interrupted after {} of {} samples; let the same "
                    "command go on first",
                    seen, calibration.statistics.samples()));
  }
  const std::vector<StatisticRequest> required = quantization::required_statistics(plan);
  if (const auto lacking = quantization::missing(calibration.statistics, required); !lacking.empty()) {
    throw Error(ErrorKind::input,
                fmt::format("the statistics lack {} of {} that the plan needs, the first: {}; 'octune calibrate MODEL "
                            "--data SPEC -o FILE' with the same options collects them",
                            lacking.size(), required.size(), lacking.front().text()));
  }
  quantization::tell(calibration.findings, run.warnings, run.observer);
  QuantizeResult result =
      finished(run, std::move(plan), quantization::only(calibration.statistics, required), nullptr, {});
  result.samples_used = calibration.statistics.samples();
  result.samples_available = calibration.statistics.samples();
  result.reused_samples = calibration.statistics.samples();
  result.requests = required.size();
  result.model_hash = calibration.key.model;
  return result;
}

CalibrateResult calibrate(const std::shared_ptr<const ov::Model>& model, const Dataset& dataset,
                          const QuantizeOptions& options, Observer* observer) {
  Observer silent;
  Run run = normalised(model, options, observer ? *observer : silent);
  Plan plan = planned(run);
  const std::vector<std::size_t> indices = chosen_samples(run, dataset);
  quantization::Wanted wanted{quantization::required_statistics(plan), {}};
  {
    const base::ScopedTiming timing(run.timings_s, "plan");
    wanted.now = quantization::united(wanted.now, quantization::common_requests(*run.normal, options));
  }
  quantization::Gathered gathered = quantization::gather(run.runtime, {*model, run.normal, dataset, indices}, wanted,
                                                         options, run.timings_s, run.observer);
  if (gathered.saving.valid()) {
    const base::ScopedTiming timing(run.timings_s, "statistics");
    if (const std::string problem = gathered.saving.get(); !problem.empty()) throw Error(ErrorKind::io, problem);
  }
  run.warnings.insert(run.warnings.end(), gathered.warnings.begin(), gathered.warnings.end());
  for (const std::string& warning : run.warnings) run.observer.message(Severity::warning, warning);
  return {*gathered.calibration, gathered.reused_samples, gathered.passes, std::move(run.timings_s),
          std::move(run.warnings)};
}

}  // namespace octune
