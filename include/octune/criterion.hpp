// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "octune/error.hpp"

namespace octune {

/// In what unit a drop is measured.
enum class DropType {
  relative,  ///< as a part of the float model's value: 0.01 allows 0.7425 after 0.75
  absolute   ///< in the unit of the metric: 0.01 allows 0.74 after 0.75
};

/// How much of one metric may be lost.
struct Criterion {
  std::string metric;
  double max_drop = 0.01;  ///< inclusive; 0: nothing, negative: so much has to be gained
  DropType drop_type = DropType::relative;
  std::optional<bool> higher_is_better{};  ///< none: as the metric says
};

/// What became of a criterion.
struct CriterionResult {
  std::string metric;
  double baseline = 0;  ///< of the float model
  double value = 0;     ///< of the model that is judged
  bool higher_is_better = true;
  double drop = 0;  ///< negative: better than the float model
  DropType drop_type = DropType::relative;
  double max_drop = 0;
  bool accepted = false;
};

/// A float model whose value is nearer to 0 than this has no relative drop: the criterion counts as absolute. Values
/// made of float32 outputs are no more exact than that, so that their parts would be parts of rounding errors.
inline constexpr double kSmallestBaseline = 1e-6;

/// The type that a drop from `baseline` is measured in if `wanted` is asked for.
DropType effective_drop_type(DropType wanted, double baseline);

/// How much worse `value` is than `baseline`: (baseline - value) / |baseline| or baseline - value, with the opposite
/// sign where lower is better. Infinite if `value` is not a number. `baseline` is finite, and not 0 for a relative one.
double drop_of(double baseline, double value, bool higher_is_better, DropType type);

/// Whether `drop`, measured from `baseline`, is within `max_drop`, inclusive. Values are rounded sums, so that a drop
/// of exactly 1 % may come out as 0.010000000000000009: one part in 10^9 of the values' size is forgiven, which is less
/// than one sample of the largest data set makes and more than adding up rounds.
bool within_tolerance(double drop, double max_drop, DropType type, double baseline);

/// The one predicate of acceptance. Error{input} if the baseline is not finite.
CriterionResult judge_drop(const Criterion& criterion, double baseline, double value, bool higher_is_better);

/// "accuracy@top1: relative drop 0.43 % from 0.7567 to 0.7534, limit 1 %: accepted".
std::string to_text(const CriterionResult& result);

/// That a relative criterion counts as absolute, or nothing.
std::optional<std::string> fall_back_warning(const Criterion& criterion, double baseline);

/// What the user knows the float model to reach.
struct ExpectedBaseline {
  std::string metric;
  double value = 0;
  std::optional<double> tolerance;  ///< in the unit of the metric; none: 5 % of the value
};

/// The tolerance that is given, or else the default.
double tolerance_of(const ExpectedBaseline& expected);

/// The Error{input} that says what to check when a float model is not as good as expected. `samples`: how many of
/// `available` its `value` was measured on; 0 if that is not known.
Error unexpected(const ExpectedBaseline& expected, double value, std::size_t samples, std::size_t available);

/// Throws unexpected() if the float model's `value` is further away than the tolerance, to either side.
void require_expected(const ExpectedBaseline& expected, double value, std::size_t samples, std::size_t available);

}  // namespace octune
