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
#include "quantize/estimate.hpp"
#include "quantize/plan_normalised.hpp"
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

}  // namespace

QuantizeResult quantize(const std::shared_ptr<const ov::Model>& model, const Dataset& calibration,
                        const QuantizeOptions& options, Observer* observer) {
  if (!model) throw Error(ErrorKind::input, "model: there is none; read one first");
  Observer silent;
  if (!observer) observer = &silent;
  QuantizeResult result;
  const infer::Runtime runtime;
  std::shared_ptr<ov::Model> normal;
  {
    const base::ScopedTiming timing(result.timings_s, "normalize");
    quantization::refuse_quantized(*model);
    normal = graph::normalise(model);
  }
  {
    const base::ScopedTiming timing(result.timings_s, "plan");
    result.plan = quantization::plan_normalised(*normal, options.plan);
    require_something_quantized(result.plan);
  }
  result.warnings = result.plan.warnings;
  result.samples_available = calibration.size();
  const std::vector<std::size_t> indices =
      calibration::choose_samples(calibration.size(), options.subset_size, options.shuffle, options.seed);
  result.samples_used = indices.size();
  if (indices.empty())
    throw Error(ErrorKind::input, "calibration data: there is no sample; give at least one, better 300");
  if (options.subset_size > indices.size()) {
    result.warnings.push_back(
        fmt::format("{} calibration samples were asked for, the data set has {}: ranges may be off",
                    options.subset_size, indices.size()));
  }
  Statistics statistics =
      calibration::collect(runtime, normal, quantization::required_statistics(result.plan), calibration, indices,
                           {.threads = options.threads}, result.timings_s, observer);
  {
    const base::ScopedTiming timing(result.timings_s, "apply");
    const quantization::Applied applied = quantization::apply(normal, result.plan, std::move(statistics));
    result.model = applied.model;
    result.aligned_pairs = applied.aligned_pairs;
    result.corrected_biases = applied.corrected_biases;
  }
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
