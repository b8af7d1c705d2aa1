// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace octune::layerwise {

/// Adam (Kingma and Ba 2015, algorithm 1) for one vector of parameters: moving means of gradients and of their squares,
/// both corrected for their start at zero.
class Adam {
 public:
  explicit Adam(std::size_t size) : first_(size), second_(size) {}

  /// parameters[i] -= rate(i) * m^ / sqrt(v^): the largest step is about rate(i), whatever the size of the gradients.
  template <class Rate>
  void step(std::span<float> parameters, std::span<const float> gradients, const Rate& rate) {
    power1_ *= kBeta1;
    power2_ *= kBeta2;
    const auto correction1 = static_cast<float>(1 / (1 - power1_)), correction2 = static_cast<float>(1 / (1 - power2_));
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      first_[i] += static_cast<float>(1 - kBeta1) * (gradients[i] - first_[i]);
      second_[i] += static_cast<float>(1 - kBeta2) * (gradients[i] * gradients[i] - second_[i]);
      // Not Adam's 1e-8: gradients of the mean squared error may be that small everywhere.
      const float size = std::sqrt(second_[i] * correction2) + 1e-30F;
      parameters[i] -= rate(i) * first_[i] * correction1 / size;
    }
  }

 private:
  static constexpr double kBeta1 = 0.9, kBeta2 = 0.999;
  std::vector<float> first_, second_;
  double power1_ = 1, power2_ = 1;
};

}  // namespace octune::layerwise
