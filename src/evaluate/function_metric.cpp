// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>

#include "octune/error.hpp"
#include "octune/metric.hpp"

namespace octune {
namespace {

/// The mean of what a user's function says of the samples. Reference is what it compares with.
template <class Reference>
class FunctionMetric final : public Metric {
 public:
  using Function = std::function<double(const Outputs&, const Reference&)>;

  FunctionMetric(std::string name, Function function, const MetricProperties& properties)
      : name_(std::move(name)), function_(std::move(function)), properties_(properties) {
    if (name_.empty()) throw Error(ErrorKind::input, "metric: the name is empty; give one");
    if (!function_) {
      throw Error(ErrorKind::input, fmt::format("metric '{}': the function that scores is empty; give one", name_));
    }
  }

  std::string name() const override { return name_; }
  bool higher_is_better() const override { return properties_.higher_is_better; }
  std::optional<ScoreBounds> bounds() const override { return properties_.bounds; }
  MetricReference reference() const override {
    return std::is_same_v<Reference, Label> ? MetricReference::labels : MetricReference::float_outputs;
  }

  using Metric::score;
  Score score(const Outputs& outputs, const Reference& reference) const override {
    const double score = function_(outputs, reference);
    const auto& bounds = properties_.bounds;
    if (!std::isfinite(score) || (bounds && (score < bounds->low || score > bounds->high))) {
      throw Error(ErrorKind::input,
                  fmt::format("metric '{}': the function gave {}; it has to give a finite number{}", name_, score,
                              bounds ? fmt::format(" from {} to {}", bounds->low, bounds->high) : ""));
    }
    return {score};
  }

 private:
  std::string name_;
  Function function_;
  MetricProperties properties_;
};

}  // namespace

std::unique_ptr<Metric> metric(std::string name, std::function<double(const Outputs&, const Label&)> score,
                               const MetricProperties& properties) {
  return std::make_unique<FunctionMetric<Label>>(std::move(name), std::move(score), properties);
}

std::unique_ptr<Metric> metric(std::string name, std::function<double(const Outputs&, const Outputs&)> score,
                               const MetricProperties& properties) {
  return std::make_unique<FunctionMetric<Outputs>>(std::move(name), std::move(score), properties);
}

}  // namespace octune
