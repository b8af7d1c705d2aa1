// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "octune/metric.hpp"

/// Early rejection for metrics without a bounded difference a sample: F1, error rates, average precision, correlation.
/// A heuristic: unlike a Race it promises no error rate, so it only rejects, and only what is far off.
namespace octune::evaluate {

/// Whether a decision may fall after `seen` of `samples` samples: an eighth, a quarter and half of them, rounded down,
/// but not fewer than 30.
bool is_checkpoint(std::size_t seen, std::size_t samples);

/// Whether the drop seen so far is clearly beyond `tolerance` (absolute, in the metric's unit): the 1st percentile of
/// 200 paired bootstrap resamples of these samples exceeds it by half of itself. `sign`: 1 if higher is better, else
/// -1.
bool is_clearly_beyond(std::span<const Score> baseline, std::span<const Score> judged, const Metric& metric,
                       double sign, double tolerance, std::uint64_t seed);

}  // namespace octune::evaluate
