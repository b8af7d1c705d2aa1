// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace octune::evaluate {

/// The harmonic mean of precision and recall from counts: 2 TP / (2 TP + FP + FN); 0 if there are none.
inline double f1_score(double true_positives, double false_positives, double false_negatives) {
  const double all = 2 * true_positives + false_positives + false_negatives;
  return all == 0 ? 0.0 : 2 * true_positives / all;
}

}  // namespace octune::evaluate
