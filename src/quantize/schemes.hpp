// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "octune/options.hpp"
#include "octune/plan.hpp"
#include "target/capability.hpp"

namespace octune::quantization {

using Schemes = std::vector<target::SupportedScheme>;

/// The entries of `schemes` that have every value the user fixes. When none has, the first entry with the user's values
/// put in (applied as written) and `as_written` set.
Schemes restrict_to(const Schemes& schemes, const SchemeOverride& wanted, bool& as_written);

/// The entries of `a`, in its order, that `b` has too.
Schemes intersect(const Schemes& a, const Schemes& b);

/// Those with one range for the tensor.
Schemes per_tensor_only(const Schemes& schemes);

/// The preset's choice: the first entry of the mode it wants (activations: performance symmetric, mixed and accuracy
/// asymmetric; weights: accuracy asymmetric, otherwise symmetric), or the first entry. `schemes` is not empty.
target::SupportedScheme choose(const Schemes& schemes, Preset preset, QuantizerKind kind);

/// The estimators of the borders when the user names none (POT's defaults): per tensor the mean over the samples of
/// extremes, per channel the extremes over all samples; weights their extremes; with the preset quantile, quantiles in
/// place of extremes. Fields the user gives rule.
RangeEstimator estimator_for(const Scheme& scheme, QuantizerKind kind, const RangeEstimatorOverride& user);

}  // namespace octune::quantization
