// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "infer/decode_ahead.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>

namespace octune::infer {
namespace {

/// How long decoding takes: at once, or long enough for threads.
class DecodeAheadOf : public testing::TestWithParam<std::chrono::microseconds> {
 protected:
  Decoded decode(std::size_t position) const {
    std::this_thread::sleep_for(GetParam());
    return {{}, std::to_string(position)};
  }
};

TEST_P(DecodeAheadOf, SamplesComeInOrderAndEachIsDecodedOnce) {
  std::vector<std::atomic<int>> times(40);
  DecodeAhead samples(
      [&](std::size_t position) {
        ++times[position];
        return decode(position);
      },
      40, 4, 3);
  for (std::size_t i = 0; i < 40; ++i) EXPECT_EQ(samples.take().name, std::to_string(i));
  for (const auto& decoded : times) EXPECT_EQ(decoded, 1);
}

TEST_P(DecodeAheadOf, NoMoreThanAFewAreDecodedAhead) {
  std::atomic<std::size_t> highest = 0;
  DecodeAhead samples(
      [&](std::size_t position) {
        for (std::size_t seen = highest; seen < position && !highest.compare_exchange_weak(seen, position);) {
        }
        return decode(position);
      },
      30, 4, 3);
  for (std::size_t i = 0; i < 30; ++i) {
    samples.take();
    EXPECT_LE(highest, i + 4);
  }
}

TEST_P(DecodeAheadOf, AnExceptionArrivesInItsPlace) {
  DecodeAhead samples(
      [&](std::size_t position) {
        if (position == 12 || position == 14) throw std::runtime_error(std::to_string(position));
        return decode(position);
      },
      30, 8, 3);
  for (std::size_t i = 0; i < 12; ++i) EXPECT_EQ(samples.take().name, std::to_string(i));
  EXPECT_THROW(samples.take(), std::runtime_error);
  EXPECT_EQ(samples.take().name, "13");
  EXPECT_THROW(samples.take(), std::runtime_error);
}

TEST_P(DecodeAheadOf, TheRestIsLeftWhenNobodyTakesIt) {
  std::atomic<int> running = 0, decoded = 0;
  {
    DecodeAhead samples(
        [&](std::size_t position) {
          ++running;
          Decoded sample = decode(position);
          ++decoded;
          --running;
          return sample;
        },
        1000, 4, 3);
    for (std::size_t i = 0; i < 10; ++i) samples.take();
  }
  EXPECT_EQ(running, 0);
  EXPECT_LE(decoded, 14);
}

INSTANTIATE_TEST_SUITE_P(Times, DecodeAheadOf,
                         testing::Values(std::chrono::microseconds(0), std::chrono::microseconds(500)));

}  // namespace
}  // namespace octune::infer
