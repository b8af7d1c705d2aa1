// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "report/run_record.hpp"

/// Values of metrics as people read them: four decimals, two of decibels; four significant digits where that would hide
/// the value (below 0.001), six where it is large (10,000 and above).
namespace octune::report {

/// "accuracy@top1 : 0.7567", "psnr : 34.40 dB", "mse : 1.234e-06"
std::string metric_text(const MetricRecord& metric);

/// "cer : 0.8570 -> 0.8530", with the same digits on both sides.
std::string change_text(const MetricRecord& before, const MetricRecord& metric);

/// "-0.0040, 95 % between -0.0110 and +0.0030" of a record that has a difference, with the digits of its value.
std::string difference_text(const MetricRecord& metric);

/// "accuracy@top1: relative drop 0.45 %, 95 % between -0.10 and 0.99 %, limit 1 %: accepted".
std::string limit_text(const CriterionRecord& criterion);

}  // namespace octune::report
