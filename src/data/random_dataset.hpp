// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "data/open.hpp"

namespace octune::data {

/// Made-up samples, the same in every run with the same seed: floating-point inputs get normal noise (mean 0, deviation
/// 1), integers and booleans 0 or 1, which are valid token types, masks and indices of any table with two rows. A
/// dynamic first axis has length 1. Error{input} if another axis is dynamic.
std::unique_ptr<Dataset> random_dataset(std::size_t size, const std::vector<InputInfo>& inputs, std::uint64_t seed);

}  // namespace octune::data
