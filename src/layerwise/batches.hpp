// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/random.hpp"
#include "layerwise/layer_problem.hpp"

namespace octune::layerwise {

/// Batches of the rows to tune on, in an order that `seed` decides and that is drawn anew when all have been used.
class Batches {
 public:
  /// `inputs`: [n][G][K] of problem.tuning, as the layer reads them or not yet rounded. Both are borrowed.
  Batches(const LayerProblem& problem, std::span<const float> inputs, std::size_t size, std::uint64_t seed);

  void next();
  const std::vector<float>& inputs() const { return inputs_; }
  const std::vector<float>& targets() const { return targets_; }

 private:
  std::size_t next_row();

  const LayerProblem& problem_;
  std::span<const float> all_inputs_;
  std::size_t size_;
  std::vector<std::size_t> order_;
  std::size_t position_;
  base::RandomStream random_;
  std::vector<float> inputs_, targets_;
};

}  // namespace octune::layerwise
