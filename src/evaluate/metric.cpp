// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "octune/metric.hpp"

#include "evaluate/scores.hpp"
#include "octune/error.hpp"

namespace octune {

Score Metric::score(const Outputs&, const Label&) const {
  throw Error(ErrorKind::internal, "metric '" + name() + "': scored against a label; it overrides no such score()");
}

Score Metric::score(const Outputs&, const Outputs&) const {
  throw Error(ErrorKind::internal,
              "metric '" + name() + "': scored against the float model's outputs; it overrides no such score()");
}

double Metric::value(const Score& sum, std::size_t samples) const {
  return samples == 0 || sum.empty() ? 0.0 : sum.front() / static_cast<double>(samples);
}

double Metric::value(std::span<const Score> scores) const {
  if (aggregation() == Aggregation::corpus)
    throw Error(ErrorKind::internal, "metric '" + name() + "': a corpus metric overrides no value() of all scores");
  Score sum;
  for (const Score& score : scores) evaluate::add(sum, score);
  return value(sum, scores.size());
}

}  // namespace octune
