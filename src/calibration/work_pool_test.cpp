// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/work_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>

namespace octune::calibration {
namespace {

TEST(WorkPool, EveryTaskIsDoneOnce) {
  for (const std::size_t workers : {1u, 2u, 5u}) {
    WorkPool pool(workers);
    ASSERT_EQ(pool.workers(), workers);
    for (const std::size_t count : {0u, 1u, 3u, 100u}) {
      std::vector<std::atomic<int>> times(count);
      pool.run(count, [&](std::size_t task, std::size_t worker) {
        EXPECT_LT(worker, workers);
        ++times[task];
      });
      for (const auto& done : times) EXPECT_EQ(done, 1);
    }
  }
}

TEST(WorkPool, TheFirstExceptionArrivesAfterAllTasks) {
  WorkPool pool(3);
  std::atomic<int> done = 0;
  for (int round = 0; round < 20; ++round) {
    done = 0;
    try {
      pool.run(50, [&](std::size_t task, std::size_t) {
        ++done;
        if (task % 10 == 7) throw std::runtime_error(std::to_string(task));
      });
      FAIL();
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "7");
    }
    EXPECT_EQ(done, 50);
  }
}

}  // namespace
}  // namespace octune::calibration
