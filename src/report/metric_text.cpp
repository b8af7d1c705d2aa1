// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "report/metric_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/assert.hpp"

namespace octune::report {
namespace {

/// How a number is written that is compared with one whose magnitude is `scale`.
std::string digits(double scale, const std::string& unit) {
  if (unit == "dB") return ".2f";
  if (scale == 0 || (scale >= 1e-3 && scale < 1e4)) return ".4f";
  return scale < 1 ? ".4g" : ".6g";
}

std::string number(double value, double scale, const std::string& unit) {
  return fmt::format(fmt::runtime("{:" + digits(scale, unit) + "}"), value);
}

std::string signed_number(double value, double scale, const std::string& unit) {
  return fmt::format(fmt::runtime("{:+" + digits(scale, unit) + "}"), value);
}

std::string with_unit(std::string text, const std::string& unit) {
  return unit.empty() ? std::move(text) : text + " " + unit;
}

/// The larger magnitude of a value and of what it is compared with.
double scale_of(const MetricRecord& metric) {
  const double before = metric.value - metric.difference.value_or(0);
  return std::max(std::abs(metric.value), std::abs(before));
}

}  // namespace

std::string metric_text(const MetricRecord& metric) {
  return fmt::format("{} : {}", metric.name,
                     with_unit(number(metric.value, scale_of(metric), metric.unit), metric.unit));
}

std::string change_text(const MetricRecord& before, const MetricRecord& metric) {
  const double scale = std::max(std::abs(before.value), std::abs(metric.value));
  return fmt::format("{} : {} -> {}", metric.name, number(before.value, scale, metric.unit),
                     with_unit(number(metric.value, scale, metric.unit), metric.unit));
}

std::string difference_text(const MetricRecord& metric) {
  OCTUNE_ASSERT(metric.difference.has_value(), "the text of a difference that is not known");
  const double scale = scale_of(metric);
  std::string text = signed_number(*metric.difference, scale, metric.unit);
  if (metric.confidence) {
    text += fmt::format(", 95 % between {} and {}", signed_number(metric.confidence->low, scale, metric.unit),
                        signed_number(metric.confidence->high, scale, metric.unit));
  }
  return text;
}

std::string limit_text(const CriterionRecord& criterion) {
  const CriterionResult& result = criterion.result;
  const bool relative = result.drop_type == DropType::relative;
  const auto amount = [&](double drop) {
    return relative ? fmt::format("{:.2f}", 100 * drop) : fmt::format("{:.4g}", drop);
  };
  const char* percent = relative ? " %" : "";
  std::string text =
      fmt::format("{}: {} drop {}{}", result.metric, relative ? "relative" : "absolute", amount(result.drop), percent);
  if (criterion.confidence) {
    text += fmt::format(", 95 % between {} and {}{}", amount(criterion.confidence->low),
                        amount(criterion.confidence->high), percent);
  }
  text += fmt::format(", limit {:.4g}{}: {}", (relative ? 100 : 1) * result.max_drop, percent,
                      result.accepted ? "accepted" : "not accepted");
  if (criterion.samples.used < criterion.samples.available)
    text += fmt::format(" after {} of {} samples", criterion.samples.used, criterion.samples.available);
  return text;
}

}  // namespace octune::report
