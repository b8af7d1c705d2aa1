// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "octune/plan.hpp"

namespace octune::quantization {

/// Whether the plan quantizes any operation.
bool quantizes_something(const Plan& plan);

/// The quantizer of the weights of `operation`; null if they stay in floating point.
const Quantizer* weights_quantizer(const Plan& plan, const std::string& operation);

/// Whether the range follows from minima and maxima per channel, so that it is known after channels were rescaled: no
/// quantile, no search, and no border in units of the tensor (clipping_value).
bool follows_from_extremes(const RangeEstimator& estimator);

}  // namespace octune::quantization
