// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "evaluate/evaluate.hpp"
#include "infer/runtime.hpp"
#include "octune/error.hpp"
#include "octune/evaluate.hpp"

namespace octune {

std::vector<MetricResult> measure(const std::shared_ptr<const ov::Model>& model, const Dataset& dataset,
                                  const Labels& labels, std::span<const std::unique_ptr<Metric>> metrics,
                                  const MeasureOptions& options, Observer* observer) {
  if (!model) throw Error(ErrorKind::input, "measure: the model is null; read one");
  if (metrics.empty()) throw Error(ErrorKind::input, "measure: no metrics are given; name one");
  const auto none = std::find(metrics.begin(), metrics.end(), nullptr);
  if (none != metrics.end()) throw Error(ErrorKind::input, "measure: a metric is null; make it with make_metric()");
  const auto with_float = std::find_if(metrics.begin(), metrics.end(), [](const auto& metric) {
    return metric->reference() == MetricReference::float_outputs;
  });
  if (with_float != metrics.end() && !options.float_model) {
    throw Error(ErrorKind::input, fmt::format("measure: metric '{}' compares with the float model, which is null; set "
                                              "MeasureOptions::float_model",
                                              (*with_float)->name()));
  }
  const infer::Runtime runtime;
  std::optional<ov::CompiledModel> float_model;
  if (with_float != metrics.end()) {
    float_model = runtime.compile(options.float_model, {.threads = options.threads});
  }
  const auto precision =
      options.precision == InferencePrecision::f32 ? infer::Precision::f32 : infer::Precision::automatic;
  const ov::CompiledModel compiled = runtime.compile(model, {.precision = precision, .threads = options.threads});
  return evaluate::evaluate(compiled, float_model ? &*float_model : nullptr, dataset, labels, metrics, observer);
}

}  // namespace octune
