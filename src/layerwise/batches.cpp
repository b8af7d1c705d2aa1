// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "layerwise/batches.hpp"

#include <algorithm>
#include <numeric>

namespace octune::layerwise {

Batches::Batches(const LayerProblem& problem, std::span<const float> inputs, std::size_t size, std::uint64_t seed)
    : problem_(problem),
      all_inputs_(inputs),
      size_(std::clamp<std::size_t>(size, 1, inputs.size() / problem.columns())),
      order_(inputs.size() / problem.columns()),
      position_(order_.size()),
      random_(seed),
      inputs_(size_ * problem.columns()),
      targets_(size_ * problem.channels()) {
  std::iota(order_.begin(), order_.end(), std::size_t{0});
}

void Batches::next() {
  const std::size_t columns = problem_.columns(), channels = problem_.channels();
  for (std::size_t i = 0; i < size_; ++i) {
    const std::size_t row = next_row();
    std::copy_n(all_inputs_.data() + row * columns, columns, inputs_.data() + i * columns);
    std::copy_n(problem_.tuning.targets.data() + row * channels, channels, targets_.data() + i * channels);
  }
}

std::size_t Batches::next_row() {
  if (position_ == order_.size()) {
    for (std::size_t i = order_.size(); i > 1; --i) std::swap(order_[i - 1], order_[random_.below(i)]);
    position_ = 0;
  }
  return order_[position_++];
}

}  // namespace octune::layerwise
