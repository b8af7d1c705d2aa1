// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "layerwise/chosen_samples.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "octune/error.hpp"

namespace octune::layerwise {

std::size_t ChosenSamples::tuning() const {
  return static_cast<std::size_t>(std::count(held_out.begin(), held_out.end(), false));
}

std::size_t share_of(std::size_t sample, std::size_t samples, std::size_t rows) {
  return (sample + 1) * rows / samples - sample * rows / samples;
}

ChosenSamples choose_samples(std::span<const std::size_t> available, std::size_t count, double held_out,
                             std::size_t sequence_length) {
  const std::size_t length = std::max<std::size_t>(sequence_length, 1);
  const std::size_t sequences = (available.size() + length - 1) / length;
  if (sequences < 2) {
    throw Error(ErrorKind::input,
                fmt::format("layer-wise tuning: there is {} {} only; it needs two at least, one to tune with and one "
                            "to judge by",
                            sequences, length > 1 ? "sequence" : "sample"));
  }
  const std::size_t wanted = count == 0 ? sequences : (count + length - 1) / length;
  const std::size_t taken = std::clamp<std::size_t>(wanted, 2, sequences);
  const auto judges = static_cast<std::size_t>(std::lround(held_out * static_cast<double>(taken)));
  const std::size_t kept_apart = std::clamp<std::size_t>(judges, 1, taken - 1);
  ChosenSamples chosen;
  for (std::size_t k = 0; k < taken; ++k) {
    const std::size_t begin = k * sequences / taken * length;
    for (std::size_t i = begin; i < std::min(available.size(), begin + length); ++i) {
      chosen.indices.push_back(available[i]);
      chosen.held_out.push_back(share_of(k, taken, kept_apart) != 0);
    }
  }
  return chosen;
}

}  // namespace octune::layerwise
