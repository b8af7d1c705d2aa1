// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/scores.hpp"

#include "base/assert.hpp"

namespace octune::evaluate {

void add(Score& sum, const Score& score) {
  if (sum.empty()) sum.assign(score.size(), 0.0);
  OCTUNE_ASSERT(sum.size() == score.size(), "scores of one metric have different lengths");
  for (std::size_t i = 0; i < score.size(); ++i) sum[i] += score[i];
}

}  // namespace octune::evaluate
