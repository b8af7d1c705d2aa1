// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/measure.hpp"
#include "calibration/collect.hpp"
#include "graph/normalise.hpp"
#include "infer/runtime.hpp"
#include "octune/error.hpp"
#include "octune/quantize.hpp"
#include "quantize/apply.hpp"
#include "quantize/correct_sequentially.hpp"
#include "quantize/estimate.hpp"
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

}  // namespace

QuantizeResult quantize(const std::shared_ptr<const ov::Model>& model, const Dataset& calibration,
                        const QuantizeOptions& options, Observer* observer) {
  if (!model) throw Error(ErrorKind::input, "model: there is none; read one first");
  Observer silent;
  if (!observer) observer = &silent;
  QuantizeResult result;
  const infer::Runtime runtime;
  quantization::FloatModel source;
  std::shared_ptr<ov::Model> normal;
  {
    const base::ScopedTiming timing(result.timings_s, "normalize");
    source = quantization::floating_point_model(model, options.plan.already_quantized);
    normal = graph::normalise(source.model);
  }
  {
    const base::ScopedTiming timing(result.timings_s, "plan");
    result.plan = quantization::plan_normalised(*normal, options.plan);
    require_something_quantized(result.plan);
    result.plan.warnings.insert(result.plan.warnings.begin(), source.warnings.begin(), source.warnings.end());
  }
  result.warnings = result.plan.warnings;
  result.samples_available = calibration.size();
  const std::vector<std::size_t> indices = calibration::choose_samples(
      calibration.size(), options.subset_size, options.shuffle, options.seed, calibration.sequence_length());
  result.samples_used = indices.size();
  if (indices.empty())
    throw Error(ErrorKind::input, "calibration data: there is no sample; give at least one, better 300");
  if (options.subset_size > indices.size()) {
    result.warnings.push_back(
        fmt::format("{} calibration samples were asked for, the data set has {}: ranges may be off",
                    options.subset_size, indices.size()));
  }
  const bool has_state = !normal->get_sinks().empty();
  if (has_state && calibration.sequence_length() == 1) {
    observer->message(Severity::info,
                      "the model keeps states: every sample starts anew; give --sequence-length if samples are pieces "
                      "of sequences");
  }
  Statistics statistics =
      calibration::collect(runtime, normal, quantization::required_statistics(result.plan), calibration, indices,
                           {.threads = options.threads}, result.timings_s, observer);
  const std::size_t planned_warnings = result.plan.warnings.size();
  quantization::leave_out_unseen(statistics, result.plan);
  quantization::leave_out_narrow_states(statistics, result.plan);
  require_something_quantized(result.plan);
  result.warnings.insert(result.warnings.end(),
                         result.plan.warnings.begin() + static_cast<std::ptrdiff_t>(planned_warnings),
                         result.plan.warnings.end());
  const auto apply = [&](Statistics of_run) {
    const base::ScopedTiming timing(result.timings_s, "apply");
    return quantization::apply(normal, result.plan, std::move(of_run));
  };
  quantization::Applied applied;
  if (result.plan.bias_correction != BiasCorrectionMethod::sequential) {
    applied = apply(std::move(statistics));
  } else {
    const quantization::Correction correction{runtime, normal, calibration, indices, options.threads};
    Statistics of_run;
    {
      const base::ScopedTiming timing(result.timings_s, "correct");
      of_run = quantization::with_correction_means(correction, result.plan, statistics);
    }
    applied = apply(std::move(of_run));
    const base::ScopedTiming timing(result.timings_s, "correct");
    if (auto warning =
            quantization::correct_sequentially(correction, result.plan, std::move(statistics), applied, *observer))
      result.warnings.push_back(std::move(*warning));
  }
  result.model = applied.model;
  result.aligned_pairs = applied.aligned_pairs;
  result.smoothed_inputs = applied.smoothed_inputs;
  result.unaligned_pairs = std::move(applied.unaligned_pairs);
  result.corrected_biases = applied.corrected_biases;
  result.uncorrected_biases = std::move(applied.uncorrected_biases);
  report_left_alone(result, *observer);
  {
    const base::ScopedTiming timing(result.timings_s, "verify");
    result.executed =
        quantization::executed_operations(runtime.compile(result.model, {.threads = options.threads}), result.plan);
    if (const std::string warning = quantization::warning_about(result.executed); !warning.empty())
      result.warnings.push_back(warning);
  }
  for (const std::string& warning : result.warnings) observer->message(Severity::warning, warning);
  return result;
}

}  // namespace octune
