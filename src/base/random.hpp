// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace octune::base {

/// A seeded stream of numbers that is the same on every platform and compiler (SplitMix64, Steele et al. 2014).
class RandomStream {
 public:
  explicit RandomStream(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next();
  /// Uniform in [0, bound), bound > 0, without modulo bias.
  std::uint64_t below(std::uint64_t bound);
  /// Uniform in [0, 1).
  double uniform();

 private:
  std::uint64_t state_;
};

/// `count` distinct numbers of 0..size-1 in ascending order, each subset equally likely; all of them if count >= size.
std::vector<std::size_t> sample_without_replacement(std::size_t size, std::size_t count, RandomStream& random);

}  // namespace octune::base
