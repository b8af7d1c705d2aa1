// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "octune/criterion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/assert.hpp"
#include "octune/error.hpp"

namespace octune {
namespace {

/// Adding up n scores in double rounds by less than n * 1.1e-16 of the sum, 10^-9 for ten million samples; one sample
/// of a hundred million makes 10^-8.
constexpr double kForgiven = 1e-9;

constexpr double kExpectedTolerance = 0.05;

/// "1 %" of 0.01, "0.01" if absolute.
std::string amount(double drop, DropType type) {
  return type == DropType::relative ? fmt::format("{:.4g} %", 100 * drop) : fmt::format("{:.4g}", drop);
}

}  // namespace

DropType effective_drop_type(DropType wanted, double baseline) {
  return std::abs(baseline) < kSmallestBaseline ? DropType::absolute : wanted;
}

double drop_of(double baseline, double value, bool higher_is_better, DropType type) {
  OCTUNE_ASSERT(std::isfinite(baseline), "a drop from a baseline that is not finite");
  OCTUNE_ASSERT(type == DropType::absolute || baseline != 0, "a relative drop from 0");
  if (std::isnan(value)) return std::numeric_limits<double>::infinity();
  const double difference = higher_is_better ? baseline - value : value - baseline;
  return type == DropType::relative ? difference / std::abs(baseline) : difference;
}

bool within_tolerance(double drop, double max_drop, DropType type, double baseline) {
  // Of the larger of both values; relative drops are in units of the baseline.
  const double unit = type == DropType::relative ? 1 : std::abs(baseline);
  return drop <= max_drop + kForgiven * std::max(unit, std::abs(max_drop));
}

CriterionResult judge_drop(const Criterion& criterion, double baseline, double value, bool higher_is_better) {
  if (!std::isfinite(baseline)) {
    throw Error(ErrorKind::input, fmt::format("metric '{}': is {} for the float model, so that no drop can be "
                                              "measured; take another metric or other samples",
                                              criterion.metric, baseline));
  }
  CriterionResult result;
  result.metric = criterion.metric;
  result.baseline = baseline;
  result.value = value;
  result.higher_is_better = higher_is_better;
  result.drop_type = effective_drop_type(criterion.drop_type, baseline);
  result.drop = drop_of(baseline, value, higher_is_better, result.drop_type);
  result.max_drop = criterion.max_drop;
  result.accepted = within_tolerance(result.drop, result.max_drop, result.drop_type, baseline);
  return result;
}

std::string to_text(const CriterionResult& result) {
  return fmt::format("{}: {} drop {} from {:.4f} to {:.4f}, limit {}: {}", result.metric,
                     result.drop_type == DropType::relative ? "relative" : "absolute",
                     amount(result.drop, result.drop_type), result.baseline, result.value,
                     amount(result.max_drop, result.drop_type), result.accepted ? "accepted" : "not accepted");
}

std::optional<std::string> fall_back_warning(const Criterion& criterion, double baseline) {
  if (effective_drop_type(criterion.drop_type, baseline) == criterion.drop_type) return std::nullopt;
  return fmt::format(
      "metric '{}': is {:.4g} for the float model, too near to 0 for a relative drop: a drop of {:.4g} in "
      "the metric's own unit is allowed",
      criterion.metric, baseline, criterion.max_drop);
}

double tolerance_of(const ExpectedBaseline& expected) {
  return expected.tolerance.value_or(kExpectedTolerance * std::abs(expected.value));
}

Error unexpected(const ExpectedBaseline& expected, double value, std::size_t samples, std::size_t available) {
  // A command that does not say how many it measured has told 0.
  const std::string measured = samples == 0 ? std::string() : fmt::format(" on {} of {} samples", samples, available);
  return {ErrorKind::input,
          fmt::format("float model: {} is {:.4f}{}, but {:.4f} +- {:.4g} is expected; check the "
                      "preprocessing (mean and scale, order of colours, size and way of resizing, layout) and the "
                      "labels (counted from 0 or 1, in the order of the samples), or whether model and data belong "
                      "together",
                      expected.metric, value, measured, expected.value, tolerance_of(expected))};
}

void require_expected(const ExpectedBaseline& expected, double value, std::size_t samples, std::size_t available) {
  const double tolerance = tolerance_of(expected);
  const double scale = std::max(std::abs(expected.value), tolerance);
  if (std::abs(value - expected.value) <= tolerance + kForgiven * scale) return;
  throw unexpected(expected, value, samples, available);
}

}  // namespace octune
