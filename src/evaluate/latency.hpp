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

struct LatencyCandidate {
  std::string label;
  ov::CompiledModel model;
};

using LatencyOptions = RoundOptions;

/// Times in milliseconds of single synchronous inferences.
struct Latency {
  std::string label;
  double median_ms = 0;
  double p10_ms = 0;
  double p90_ms = 0;
  std::size_t rounds = 0;
  double ratio = 1;      ///< median over the rounds of this candidate's time / the first candidate's
  double ratio_low = 1;  ///< 95 % confidence interval of the median ratio (order statistics)
  double ratio_high = 1;
  double iqr_ms = 0;             ///< third quartile - first quartile
  std::vector<double> times_ms;  ///< one a round
};

/// Every round runs each candidate once on the same sample, see measure_in_turn(); the samples are taken in turn.
/// Inputs are set before the clock starts. Progress is reported under "latency". Throws Interrupted when the observer
/// asks to stop, Error{input} without samples or for one that does not fit a candidate's inputs.
std::vector<Latency> measure_latency(std::span<LatencyCandidate> candidates, const std::vector<Sample>& samples,
                                     const LatencyOptions& options, Observer* observer);

}  // namespace octune::evaluate
