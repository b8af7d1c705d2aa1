// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/progress.hpp"

#include <gtest/gtest.h>

namespace octune::cli {
namespace {

TEST(Progress, ClocksHaveMinutesAndHoursOnlyWhereNeeded) {
  EXPECT_EQ(clock_text(0), "0:00");
  EXPECT_EQ(clock_text(7.4), "0:07");
  EXPECT_EQ(clock_text(725), "12:05");
  EXPECT_EQ(clock_text(3600), "1:00:00");
}

TEST(Progress, ALineHasCountShareElapsedAndRemaining) {
  EXPECT_EQ(plain_line({"calibration", 30, 300, 2}), "calibration: 30/300 (10 %), 0:02 elapsed, 0:18 left");
  EXPECT_EQ(plain_line({"calibration", 300, 300, 20}), "calibration: 300/300 (100 %), 0:20 elapsed");
  EXPECT_EQ(plain_line({"calibration", 299, 300, 20}), "calibration: 299/300 (99 %), 0:20 elapsed, 0:00 left");
  EXPECT_EQ(plain_line({"calibration", 0, 0, 0}), "calibration: 0/0 (100 %), 0:00 elapsed");
}

TEST(Progress, WhatWasDoneBeforeTakesNoTime) {
  EXPECT_EQ(plain_line({"calibration", 120, 300, 0, 120}), "calibration: 120/300 (40 %), 0:00 elapsed");
  EXPECT_EQ(plain_line({"calibration", 150, 300, 2, 120}), "calibration: 150/300 (50 %), 0:02 elapsed, 0:10 left");
}

TEST(Progress, TheBarGrowsWithTheShare) {
  EXPECT_EQ(bar_line({"calibration", 75, 300, 10}, BarStyle::ascii),
            "calibration  ######------------------ 75/300  0:10 elapsed, 0:30 left");
  EXPECT_EQ(bar_line({"latency", 100, 100, 3}, BarStyle::ascii),
            "latency      ######################## 100/100  0:03 elapsed");
  EXPECT_EQ(bar_line({"latency", 0, 100, 0}, BarStyle::unicode),
            "latency      ──────────────────────── 0/100  0:00 elapsed");
}

}  // namespace
}  // namespace octune::cli
