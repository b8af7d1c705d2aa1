// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <future>
#include <map>
#include <memory>
#include <openvino/core/model.hpp>
#include <string>
#include <vector>

#include "infer/runtime.hpp"
#include "octune/dataset.hpp"
#include "octune/observer.hpp"
#include "octune/quantize.hpp"
#include "octune/statistics.hpp"
#include "quantize/apply.hpp"
#include "quantize/gather.hpp"

/// The stages of a run, from the model as read to the model that is handed out. Every stage adds its time to timings_s.
namespace octune::quantization {

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

/// Takes out what quantizes already (or refuses it) and normalises the graph. Error{input}: no model.
Run normalised(const std::shared_ptr<const ov::Model>& model, const QuantizeOptions& options, Observer& observer);

/// Error{unsupported} with the reason if the plan quantizes nothing.
void require_something_quantized(const Plan& plan);

/// The plan of `options`; its warnings and the run's are one list from here on.
Plan planned(Run& run, const PlanOptions& options);

/// The samples that are used, in order. Error{input}: there are none.
std::vector<std::size_t> chosen_samples(Run& run, const Dataset& data);

/// What `required` asks for, and in the same pass what later runs are likely to, if there is a file for them.
Gathered gathered(Run& run, const Dataset& data, const std::vector<std::size_t>& indices,
                  const std::vector<StatisticRequest>& required);

/// Who sees to it that sequential bias correction does no harm: built(), which falls back to the fast one where that is
/// closer, or a caller that judges the model beside others.
enum class HarmCheck { built, caller };

/// The quantized model, and how it came about. `data` and `indices`: of the samples that sequential bias correction
/// runs; null if there are none. `statistics` hold what the plan requires and nothing else.
QuantizeResult built(Run& run, Plan plan, Statistics statistics, const Dataset* data,
                     const std::vector<std::size_t>& indices, HarmCheck harm_check = HarmCheck::built);

/// The quantized model as the runtime executes it. Error{unsupported} if the runtime refuses it, as it does with some
/// schemes outside the target's table.
ov::CompiledModel compiled(const Run& run, const QuantizeResult& result, const infer::CompileOptions& options);

/// Looks at what the runtime makes of the model, waits until the statistics are saved, tells all warnings and moves
/// what the run has found out into `result`.
void complete(Run& run, QuantizeResult& result);

/// The same where the result's model is compiled already. A result that does not hand it out has no warning about what
/// the runtime makes of it.
void complete(Run& run, QuantizeResult& result, const ov::CompiledModel& compiled);

}  // namespace octune::quantization
