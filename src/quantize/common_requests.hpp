// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openvino/core/model.hpp>
#include <vector>

#include "octune/options.hpp"
#include "octune/statistics.hpp"

namespace octune::quantization {

/// What plans of later runs may ask for that differ from this one in preset, ignored operations, the switches of
/// algorithms and the target, for the normalised `model`: the union of what they require. Estimators are those of the
/// tables, and targets that look at many other tensors are left out; not so with Collection::everything, which adds the
/// presets of estimators.
std::vector<StatisticRequest> common_requests(const ov::Model& model, const QuantizeOptions& options);

}  // namespace octune::quantization
