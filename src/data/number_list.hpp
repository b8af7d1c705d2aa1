// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/npy.hpp"

namespace octune::data {

/// Numbers read from text one by one. They stay 64-bit integers as long as all are; with the first fraction they become
/// doubles.
class NumberList {
 public:
  void add(std::int64_t value);
  void add(double value);
  /// Reads "-3", "2.5", "1e-3", "inf" or "nan"; false, and nothing added, for any other text.
  bool add(std::string_view text);

  std::size_t size() const { return is_integer_ ? integers_.size() : doubles_.size(); }

  /// The numbers as an array of this shape, which has as many items.
  NpyArray array(std::vector<std::size_t> shape, const std::string& where) &&;

 private:
  bool is_integer_ = true;
  std::vector<std::int64_t> integers_;  ///< empty once doubles are needed
  std::vector<double> doubles_;
};

}  // namespace octune::data
