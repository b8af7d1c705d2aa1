// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "octune/criterion.hpp"

namespace octune::config {

/// A number that is meant for one metric, or for all: "0.01" or "f1=0.01". The metric's name goes to the last '='.
struct LimitText {
  std::string metric;  ///< empty: all
  double value = 0;
};

/// "0.76", "0.76:0.02" or "f1=0.76:0.02".
struct ExpectationText {
  std::string metric;  ///< empty: the only one
  double value = 0;
  std::optional<double> tolerance;
};

/// What a configuration says about how good the result has to be.
struct CriteriaOptions {
  std::vector<LimitText> max_drop;  ///< of several for the same metric the last one counts
  std::optional<DropType> drop_type;
  std::optional<bool> higher_is_better;
  std::vector<ExpectationText> expected;

  /// Whether the user set a target, so that missing it is worth an exit code.
  bool is_target() const { return !max_drop.empty() || drop_type.has_value(); }
};

/// Error{input} that names `where`: no number, or below 0.
LimitText parse_limit(std::string_view text, std::string_view where);
ExpectationText parse_expectation(std::string_view text, std::string_view where);

/// A criterion for each of `metrics`, in their order: with the limit of its name, else the limit for all, else the
/// default. Error{input}: a limit for a metric that is not there, or a direction for several.
std::vector<Criterion> criteria_of(const CriteriaOptions& options, std::span<const std::string> metrics);

/// Error{input}: a value expected of a metric that is not there, or of no particular one where there are several.
std::vector<ExpectedBaseline> expected_of(const CriteriaOptions& options, std::span<const std::string> metrics);

/// As run.json's configuration holds them: {"max_drop": ["0.01"], ...}.
std::vector<std::string> to_texts(std::span<const LimitText> limits);
std::vector<std::string> to_texts(std::span<const ExpectationText> expectations);

}  // namespace octune::config
