// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/stop_signals.hpp"

#include <gtest/gtest.h>

namespace octune::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(StopSignals, TheFirstLetsWorkFinishAndALaterOneEndsIt) {
  StopSignals signals;
  EXPECT_FALSE(signals.any());
  EXPECT_EQ(signals.next(seconds(5)), StopStep::finish);
  EXPECT_TRUE(signals.any());
  EXPECT_EQ(signals.next(seconds(6)), StopStep::end);
}

TEST(StopSignals, AnEchoOfTheFirstIsIgnored) {
  StopSignals signals;
  EXPECT_EQ(signals.next(seconds(5)), StopStep::finish);
  EXPECT_EQ(signals.next(seconds(5)), StopStep::ignore);
  EXPECT_EQ(signals.next(seconds(5) + milliseconds(199)), StopStep::ignore);
  EXPECT_EQ(signals.next(seconds(5) + milliseconds(200)), StopStep::end) << "counted from the first, not from an echo";
}

}  // namespace
}  // namespace octune::cli
