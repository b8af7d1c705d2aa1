// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "octune/options.hpp"
#include "octune/plan.hpp"
#include "target/capability.hpp"

namespace octune::quantization {

using Schemes = std::vector<target::SupportedScheme>;

/// The entries of `schemes`, which `table` lists for operations of `type`, that have every value the user fixes. When
/// none has, the entry that agrees in most values with the user's put in: applied as written. Levels other than those
/// that the bits give are as written too. `offered` and `execution` of the result say so.
Schemes restrict_to(const Schemes& schemes, const SchemeOverride& wanted, QuantizerKind kind, const std::string& type,
                    const target::CapabilityTable& table);

/// The entries of `a`, in its order, that `b` has too.
Schemes intersect(const Schemes& a, const Schemes& b);

/// What readers of one tensor can agree on: the intersection, or, if that is empty, the intersection of both lists with
/// the weaker variants of their entries added: per tensor for per channel, symmetric for asymmetric. What is applied as
/// written has no variants, and no reader gets other bits than its list holds. Empty: they need quantizers of their
/// own.
Schemes agree(const Schemes& a, const Schemes& b);

/// Those with one range for the tensor.
Schemes per_tensor_only(const Schemes& schemes);

/// The mode the preset wants. Activations: performance symmetric, mixed and accuracy asymmetric; weights: accuracy
/// asymmetric, otherwise symmetric.
Mode wanted_mode(Preset preset, QuantizerKind kind);

/// The preset's choice among schemes that are not empty: the one the table keeps for this preset, or the first of the
/// wanted mode that has the bits of the first one, or the first one.
target::SupportedScheme choose(const Schemes& schemes, Preset preset, QuantizerKind kind);

/// The estimators of the borders when the user names none (POT's defaults): per tensor the mean over the samples of
/// extremes, per channel the extremes over all samples; weights their extremes; with the preset quantile, quantiles in
/// place of extremes. Fields the user gives rule.
RangeEstimator estimator_for(const Scheme& scheme, QuantizerKind kind, const RangeEstimatorOverride& user);

int level_count(const Scheme& scheme, QuantizerKind kind);

/// "8-bit symmetric per channel", with the levels if they are given.
std::string text_of(const Scheme& scheme);

}  // namespace octune::quantization
