// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openvino/runtime/compiled_model.hpp>
#include <span>
#include <string>
#include <vector>

#include "evaluate/rounds.hpp"
#include "octune/dataset.hpp"
#include "octune/observer.hpp"

namespace octune::evaluate {

struct ThroughputCandidate {
  std::string label;
  ov::CompiledModel model;  ///< compiled with infer::PerformanceGoal::throughput
};

/// Samples a second with as many requests in flight as the runtime calls optimal. One sample is one inference.
struct Throughput {
  std::string label;
  double median_per_s = 0;
  double p10_per_s = 0;
  double p90_per_s = 0;
  double iqr_per_s = 0;  ///< third quartile - first quartile
  std::size_t rounds = 0;
  std::size_t requests = 1;  ///< in flight
  double ratio = 1;          ///< median over the rounds of this candidate's samples a second / the first candidate's
  double ratio_low = 1;      ///< 95 % confidence interval of the median ratio (order statistics)
  double ratio_high = 1;
  std::vector<double> rates_per_s;  ///< one a round
};

/// Every round gives each candidate a slice of time, see measure_in_turn(): a quarter of a second, longer for a
/// candidate whose requests would not be answered ten times each. A slice begins with nothing in flight and ends when
/// all that was started is done. Progress is reported under "throughput". Throws Interrupted when the observer asks to
/// stop, Error{input} without samples or for one that does not fit a candidate's inputs.
std::vector<Throughput> measure_throughput(std::span<ThroughputCandidate> candidates,
                                           const std::vector<Sample>& samples, const RoundOptions& options,
                                           Observer* observer);

}  // namespace octune::evaluate
