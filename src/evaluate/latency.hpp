// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openvino/runtime/compiled_model.hpp>
#include <span>
#include <string>
#include <vector>

#include "octune/dataset.hpp"
#include "octune/observer.hpp"

namespace octune::evaluate {

struct LatencyCandidate {
  std::string label;
  ov::CompiledModel model;
};

struct LatencyOptions {
  double seconds = 3;  ///< measuring time a candidate, at most, but for the ten rounds that are always run
  std::size_t max_rounds = 1000;
  std::size_t warm_up = 5;  ///< inferences of each candidate before the first that counts; fewer if they take `seconds`
};

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
};

/// Interleaved: every round runs each candidate once on the same sample, so drift of the machine hits all alike. Who
/// begins changes from round to round, and the samples are taken in turn. Inputs are set before the clock starts.
/// At least ten rounds (or max_rounds, if less). Progress is reported under "latency" in hundredths. Throws Interrupted
/// when the observer asks to stop, Error{input} without samples or for one that does not fit a candidate's inputs.
std::vector<Latency> measure_latency(std::span<LatencyCandidate> candidates, const std::vector<Sample>& samples,
                                     const LatencyOptions& options, Observer* observer);

}  // namespace octune::evaluate
