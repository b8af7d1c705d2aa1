// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/measure.hpp"
#include "calibration/statistics_key.hpp"
#include "octune/calibrate.hpp"
#include "octune/error.hpp"
#include "octune/quantize.hpp"
#include "quantize/common_requests.hpp"
#include "quantize/estimate.hpp"
#include "quantize/gather.hpp"
#include "quantize/plan_variants.hpp"
#include "quantize/quantization_run.hpp"
#include "quantize/tune_built.hpp"

namespace octune {

using quantization::built;
using quantization::chosen_samples;
using quantization::complete;
using quantization::Gathered;
using quantization::gathered;
using quantization::normalised;
using quantization::planned;
using quantization::Run;

namespace {

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
  Plan plan = planned(run, options.plan);
  const std::vector<std::size_t> indices = chosen_samples(run, calibration);
  const std::vector<StatisticRequest> required = quantization::required_statistics(plan);
  Gathered found = gathered(run, calibration, indices, required);
  const std::string model_hash = found.calibration->key.model;
  Statistics statistics = quantization::only(found.calibration->statistics, required);
  found.calibration.reset();
  base::release_freed_memory();
  const Statistics for_tuning = options.layerwise ? statistics : Statistics();
  QuantizeResult result = built(run, std::move(plan), std::move(statistics), &calibration, indices);
  quantization::tune_built(run, for_tuning, calibration, indices, result);
  complete(run, result);
  result.samples_used = indices.size();
  result.samples_available = calibration.size();
  result.reused_samples = found.reused_samples;
  result.passes = found.passes;
  result.requests = required.size();
  result.model_hash = model_hash;
  return result;
}

QuantizeResult quantize(const std::shared_ptr<const ov::Model>& model, const Calibration& calibration,
                        const QuantizeOptions& options, Observer* observer) {
  Observer silent;
  Run run = normalised(model, options, observer ? *observer : silent);
  Plan plan = planned(run, options.plan);
  if (plan.bias_correction == BiasCorrectionMethod::sequential) {
    throw Error(ErrorKind::input,
                "sequential bias correction runs the model on calibration data, and there are statistics only; give "
                "data, or choose --bias-correction fast");
  }
  if (options.layerwise) {
    throw Error(ErrorKind::input,
                "layer-wise tuning runs the model on calibration data, and there are statistics only; give data, or "
                "leave --layerwise-tuning out");
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
    throw Error(
        ErrorKind::input,
        fmt::format("of the {} statistics that this plan asks for, {} are not in the file (which holds {}, {} of "
                    "them asked for), the first: {}; 'octune calibrate MODEL --data SPEC -o FILE' with the "
                    "same options collects them",
                    required.size(), lacking.size(), calibration.statistics.requests().size(),
                    required.size() - lacking.size(), lacking.front().text()));
  }
  quantization::tell(calibration.findings, run.warnings, run.observer);
  QuantizeResult result =
      built(run, std::move(plan), quantization::only(calibration.statistics, required), nullptr, {});
  complete(run, result);
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
  Plan plan = planned(run, options.plan);
  const std::vector<std::size_t> indices = chosen_samples(run, dataset);
  quantization::Wanted wanted{quantization::required_statistics(plan), {}};
  {
    const base::ScopedTiming timing(run.timings_s, "plan");
    wanted.now = quantization::united(wanted.now, quantization::common_requests(*run.normal, options));
    std::vector<std::string> left_out;
    for (const quantization::PlanVariant& variant : quantization::plan_variants(*run.normal, options.plan, left_out))
      wanted.now = quantization::united(wanted.now, quantization::required_statistics(variant.plan));
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
