// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace octune::layerwise {

/// The samples that layers are tuned with, and which of them only judge.
struct ChosenSamples {
  std::vector<std::size_t> indices;  ///< of the data set, ascending as given
  std::vector<bool> held_out;        ///< one entry an index; both kinds occur

  std::size_t tuning() const;
};

/// `count` (0: all) of `available`, evenly spread, whole sequences; of these the share `held_out`, evenly spread.
/// Error{input}: fewer than two sequences, or a share outside (0, 1).
ChosenSamples choose_samples(std::span<const std::size_t> available, std::size_t count, double held_out,
                             std::size_t sequence_length);

/// How many of `rows` each of `samples` samples gives: as equal as can be, the ones over evenly spread.
std::size_t share_of(std::size_t sample, std::size_t samples, std::size_t rows);

}  // namespace octune::layerwise
