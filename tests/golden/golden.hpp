// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "octune/plan.hpp"
#include "quantize/ranges.hpp"

/// Results as text files that are committed and compared: what a change does to plans and ranges is seen in its diff.
namespace octune::golden {

/// Success if tests/golden/`file` holds `text`; otherwise a failure with the first line that differs. With
/// OCTUNE_UPDATE_GOLDEN=1 in the environment the file is written instead.
::testing::AssertionResult matches(const std::string& file, const std::string& text);

/// Everything of a plan: its text, then a line for each quantizer with tensor, scheme, estimator, group, storage and
/// readers.
std::string full_text(const Plan& plan);

/// A line for each quantized operation with the schemes of its activations and weights, and the sum of each.
std::string compact_text(const Plan& plan);

/// A line for each quantizer on activations: levels, and low and high of each channel with six digits.
std::string text_of(const Plan& plan, const std::vector<quantization::Range>& ranges);

}  // namespace octune::golden
