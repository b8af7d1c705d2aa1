// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "data/open.hpp"

namespace octune::data {

/// What the values of one input are over the samples added so far.
struct InputSummary {
  std::string name;
  ov::element::Type type;
  std::vector<ov::Shape> shapes{};  ///< the different ones, in ascending order, at most 8
  double min = std::numeric_limits<double>::infinity();
  double max = -std::numeric_limits<double>::infinity();
  double mean = 0;               ///< of the finite values, as min and max
  std::uint64_t values = 0;      ///< finite ones
  std::uint64_t non_finite = 0;  ///< NaN or infinity
};

/// Adds a sample to the summaries of `inputs`, one for each input in the same order (begin with an empty vector).
void add_to_summary(const Sample& sample, const std::vector<InputInfo>& inputs, std::vector<InputSummary>& summaries);

}  // namespace octune::data
