// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
// Prints what racing saves, as a table: see bench/racing.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "evaluate/simulated_race.hpp"

int main(int argc, char** argv) {
  using octune::evaluate::Simulated;
  const std::size_t rounds = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 250;
  const std::vector<std::size_t> sizes{300, 1000, 3000, 10000};
  std::printf("| drop |");
  for (const std::size_t size : sizes) std::printf(" N = %zu |", size);
  std::printf("\n|---|");
  for (std::size_t i = 0; i < sizes.size(); ++i) std::printf("---|");
  std::printf("\n");
  double worst = 0;
  for (const double drop : {0.003, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1}) {
    std::printf("| %.1f %% |", 100 * drop);
    for (const std::size_t size : sizes) {
      const Simulated result = octune::evaluate::simulate_race(drop, {.samples = size, .rounds = rounds});
      std::printf(" %.2f (%.0f %% rejected, %.0f %% accepted) |", result.share, 100 * result.rejected,
                  100 * result.accepted);
      std::fflush(stdout);
      worst = std::max(worst, result.wrong);
    }
    std::printf("\n");
  }
  std::printf("\nDecided otherwise than all samples would: at most %.1f %% of the rounds of a cell.\n", 100 * worst);
}
