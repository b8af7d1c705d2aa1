// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/quantization_run.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/assert.hpp"
#include "base/measure.hpp"
#include "calibration/collect.hpp"
#include "graph/normalise.hpp"
#include "octune/error.hpp"
#include "quantize/common_requests.hpp"
#include "quantize/correct_sequentially.hpp"
#include "quantize/mlp_biases.hpp"
#include "quantize/plan_normalised.hpp"
#include "quantize/plan_queries.hpp"
#include "quantize/recurrent_ranges.hpp"
#include "quantize/requantize.hpp"
#include "quantize/subgraphs.hpp"
#include "quantize/verify.hpp"

namespace octune::quantization {
namespace {

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

}  // namespace

Run normalised(const std::shared_ptr<const ov::Model>& model, const QuantizeOptions& options, Observer& observer) {
  if (!model) throw Error(ErrorKind::input, "model: there is none; read one first");
  Run run{options, observer, {}, model, {}, {}, {}, {}};
  const base::ScopedTiming timing(run.timings_s, "normalize");
  FloatModel source = floating_point_model(model, options.plan.already_quantized);
  run.normal = graph::normalise(source.model);
  run.warnings = std::move(source.warnings);
  return run;
}

void require_something_quantized(const Plan& plan) {
  if (quantizes_something(plan)) return;
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

Plan planned(Run& run, const PlanOptions& options) {
  const base::ScopedTiming timing(run.timings_s, "plan");
  Plan plan = plan_normalised(*run.normal, options);
  require_something_quantized(plan);
  plan.warnings.insert(plan.warnings.begin(), run.warnings.begin(), run.warnings.end());
  run.warnings = plan.warnings;
  return plan;
}

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

Gathered gathered(Run& run, const Dataset& data, const std::vector<std::size_t>& indices,
                  const std::vector<StatisticRequest>& required) {
  Wanted wanted{required, {}};
  const auto common = [&] {
    const base::ScopedTiming timing(run.timings_s, "plan");
    return common_requests(*run.normal, run.options);
  };
  if (run.options.statistics) {  // otherwise there is no later run to read them
    if (run.options.collection == Collection::everything) {
      wanted.now = united(wanted.now, common());
    } else {
      wanted.later = common;
    }
  }
  Gathered result =
      gather(run.runtime, {*run.model, run.normal, data, indices}, wanted, run.options, run.timings_s, run.observer);
  run.warnings.insert(run.warnings.end(), result.warnings.begin(), result.warnings.end());
  run.saving = std::move(result.saving);
  return result;
}

ov::CompiledModel compiled(const Run& run, const QuantizeResult& result, const infer::CompileOptions& options) {
  try {
    return run.runtime.compile(result.model, options);
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

QuantizeResult built(Run& run, Plan plan, Statistics statistics, const Dataset* data,
                     const std::vector<std::size_t>& indices, HarmCheck harm_check) {
  QuantizeResult result;
  result.plan = std::move(plan);
  const std::size_t planned_warnings = result.plan.warnings.size();
  leave_out_unseen(statistics, result.plan);
  leave_out_narrow_states(statistics, result.plan);
  require_something_quantized(result.plan);
  run.warnings.insert(run.warnings.end(), result.plan.warnings.begin() + static_cast<std::ptrdiff_t>(planned_warnings),
                      result.plan.warnings.end());
  const auto applied_to = [&](Statistics of_run) {
    const base::ScopedTiming timing(run.timings_s, "apply");
    return apply(run.normal, result.plan, std::move(of_run), run.options.threads);
  };
  Applied applied;
  if (result.plan.bias_correction != BiasCorrectionMethod::sequential) {
    applied = applied_to(std::move(statistics));
  } else {
    OCTUNE_ASSERT(data != nullptr, "sequential bias correction without data");
    const Correction correction{run.runtime, run.normal, *data, indices, run.options.threads};
    applied = applied_to(statistics);
    const base::ScopedTiming timing(run.timings_s, "correct");
    correct_sequentially(correction, result.plan, statistics, applied, run.observer);
    if (harm_check == HarmCheck::built) {
      if (auto warning = unless_fast_is_closer(correction, result.plan, std::move(statistics), applied, run.observer))
        run.warnings.push_back(std::move(*warning));
    }
  }
  give_uneven_biases(applied.model);
  result.model = applied.model;
  result.aligned_pairs = applied.aligned_pairs;
  result.smoothed_inputs = applied.smoothed_inputs;
  result.unaligned_pairs = std::move(applied.unaligned_pairs);
  result.corrected_biases = applied.corrected_biases;
  result.uncorrected_biases = std::move(applied.uncorrected_biases);
  report_left_alone(result, run.observer);
  return result;
}

void complete(Run& run, QuantizeResult& result) {
  ov::CompiledModel model;
  {
    const base::ScopedTiming timing(run.timings_s, "verify");
    base::release_freed_memory();
    model = compiled(run, result, {.threads = run.options.threads});
  }
  complete(run, result, model);
}

void complete(Run& run, QuantizeResult& result, const ov::CompiledModel& compiled) {
  {
    const base::ScopedTiming timing(run.timings_s, "verify");
    result.executed = executed_operations(compiled, result.plan);
    if (const std::string warning = warning_about(result.executed); result.model && !warning.empty())
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
}

}  // namespace octune::quantization
