// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "config/criteria.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/suggest.hpp"
#include "octune/error.hpp"

namespace octune::config {
namespace {

std::optional<double> number_in(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

/// The metric's name, empty if there is none, and what stands behind it. Names of commands may hold '='.
std::pair<std::string, std::string_view> named(std::string_view text) {
  const std::size_t equals = text.rfind('=');
  if (equals == std::string_view::npos) return {"", text};
  return {std::string(text.substr(0, equals)), text.substr(equals + 1)};
}

void require_known(const std::string& name, std::span<const std::string> metrics, const char* option) {
  if (name.empty() || std::find(metrics.begin(), metrics.end(), name) != metrics.end()) return;
  throw Error(ErrorKind::input,
              fmt::format("{}: no metric '{}' is measured; {}", option, name, base::did_you_mean(name, metrics)));
}

std::string with_name(const std::string& metric, const std::string& value) {
  return metric.empty() ? value : metric + "=" + value;
}

}  // namespace

LimitText parse_limit(std::string_view text, std::string_view where) {
  const auto [metric, rest] = named(text);
  const auto value = number_in(rest);
  if (!value) {
    throw Error(ErrorKind::input,
                fmt::format("{}: '{}' is no limit; give a number, as in 0.01, or one for a metric, as in f1=0.01",
                            where, text));
  }
  if (*value < 0) {
    throw Error(ErrorKind::input,
                fmt::format("{}: {} is out of range; give 0 (nothing may be lost) or more", where, *value));
  }
  return {metric, *value};
}

ExpectationText parse_expectation(std::string_view text, std::string_view where) {
  const auto [metric, rest] = named(text);
  const std::size_t colon = rest.find(':');
  const auto value = number_in(rest.substr(0, colon));
  std::optional<double> tolerance;
  if (colon != std::string_view::npos) tolerance = number_in(rest.substr(colon + 1));
  if (!value || (colon != std::string_view::npos && !tolerance)) {
    throw Error(ErrorKind::input, fmt::format("{}: '{}' is no value to expect; give a number, as in 0.76, with a "
                                              "tolerance, as in 0.76:0.02, or of a metric, as in f1=0.76:0.02",
                                              where, text));
  }
  if (tolerance && *tolerance < 0)
    throw Error(ErrorKind::input, fmt::format("{}: tolerance {} is out of range; give 0 or more", where, *tolerance));
  return {metric, *value, tolerance};
}

std::vector<Criterion> criteria_of(const CriteriaOptions& options, std::span<const std::string> metrics) {
  if (options.higher_is_better && metrics.size() > 1) {
    throw Error(ErrorKind::input,
                fmt::format("--higher-is-better: {} metrics are measured, and it can be said of one only; measure one",
                            metrics.size()));
  }
  std::vector<Criterion> criteria;
  for (const std::string& metric : metrics) {
    Criterion criterion;
    criterion.metric = metric;
    // Those for all first, so that those with a name win.
    for (const LimitText& limit : options.max_drop) {
      if (limit.metric.empty()) criterion.max_drop = limit.value;
    }
    for (const LimitText& limit : options.max_drop) {
      if (limit.metric == metric) criterion.max_drop = limit.value;
    }
    criterion.drop_type = options.drop_type.value_or(DropType::relative);
    criterion.higher_is_better = options.higher_is_better;
    criteria.push_back(std::move(criterion));
  }
  for (const LimitText& limit : options.max_drop) require_known(limit.metric, metrics, "--max-drop");
  return criteria;
}

std::vector<ExpectedBaseline> expected_of(const CriteriaOptions& options, std::span<const std::string> metrics) {
  std::vector<ExpectedBaseline> expected;
  for (const ExpectationText& text : options.expected) {
    require_known(text.metric, metrics, "--expect-baseline");
    if (text.metric.empty() && metrics.size() != 1) {
      throw Error(ErrorKind::input, fmt::format("--expect-baseline: {} metrics are measured; name the one that is "
                                                "meant, as in {}={}",
                                                metrics.size(), metrics.empty() ? "f1" : metrics.front(), text.value));
    }
    expected.push_back({text.metric.empty() ? metrics.front() : text.metric, text.value, text.tolerance});
  }
  return expected;
}

std::vector<std::string> to_texts(std::span<const LimitText> limits) {
  std::vector<std::string> texts;
  for (const LimitText& limit : limits) texts.push_back(with_name(limit.metric, fmt::format("{}", limit.value)));
  return texts;
}

std::vector<std::string> to_texts(std::span<const ExpectationText> expectations) {
  std::vector<std::string> texts;
  for (const ExpectationText& expected : expectations) {
    std::string value = fmt::format("{}", expected.value);
    if (expected.tolerance) value += fmt::format(":{}", *expected.tolerance);
    texts.push_back(with_name(expected.metric, value));
  }
  return texts;
}

}  // namespace octune::config
