// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "octune/metric.hpp"

namespace octune::evaluate {

/// What is known of a metric before it is made; the table is behind make_metric() and `octune list metrics`.
struct MetricEntry {
  std::string name;
  std::string summary;  ///< one line
  std::function<std::unique_ptr<Metric>(const MetricOptions&)> make;
};

/// All metrics in the order they are listed. accuracy@top1 and accuracy@top5 stand for accuracy@topN with any N.
std::span<const MetricEntry> metric_entries();

}  // namespace octune::evaluate
