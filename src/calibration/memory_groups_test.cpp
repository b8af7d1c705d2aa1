// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/memory_groups.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calibration/test_nets.hpp"

namespace octune::calibration {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

StatisticRequest request_of(const std::string& tensor, Reduction reduction, double q,
                            std::optional<std::size_t> axis = kWhole) {
  return {{tensor, 0}, reduction, q, axis};
}

StatisticRequest quantile_of(const std::string& tensor, double q) { return request_of(tensor, Reduction::quantile, q); }

TEST(MemoryGroups, TensorsShareAPassWhileTheyFit) {
  const auto model = small_net({-1, 3, -1, 64});
  const Tensors data = noise_samples(1, {1, 3, 64, 64});
  // x has 48 KiB, conv and relu 64 KiB each; 3 times with one stream and two requests.
  const std::vector<StatisticRequest> requests{request_of("fc", Reduction::max, 0), quantile_of("conv", 0.1),
                                               quantile_of("conv", 0.9), quantile_of("relu", 0.9),
                                               quantile_of("x", 0.9)};
  const auto split = [&](std::uint64_t kib) {
    return split_by_memory(*model, requests, data.sample(0),
                           {.bytes = kib * 1024, .streams = 1, .requests_in_flight = 2});
  };
  const std::uint64_t rows = 5 * 16 + 1;
  EXPECT_THAT(split(rows + 3 * 176).passes, SizeIs(1));
  EXPECT_THAT(split(rows + 3 * 175).passes, SizeIs(2));
  const MemoryGroups three = split(rows + 3 * 100);
  ASSERT_THAT(three.passes, SizeIs(3));
  EXPECT_THAT(three.passes[0], SizeIs(3)) << "one of the graph and both of one tensor";
  EXPECT_EQ(three.largest, "conv");
  EXPECT_GE(three.bytes, 3 * 64u * 1024);
  EXPECT_EQ(split(0).passes, three.passes) << "one tensor at least";
}

TEST(MemoryGroups, HistogramsPerChannelTakeRoomToo) {
  const auto model = small_net({1, 3, 8, 8});
  const Tensors data = noise_samples(1, {1, 3, 8, 8});
  const StatisticRequest whole = request_of("conv", Reduction::histogram, 0);
  const StatisticRequest channels = request_of("conv", Reduction::histogram, 0, 1);
  const auto bytes = [&](const StatisticRequest& request) {
    return split_by_memory(*model, std::vector{request}, data.sample(0), {}).bytes;
  };
  EXPECT_EQ(bytes(channels) - bytes(whole), 3 * 28u * 1024);
}

TEST(MemoryGroups, NoRequestsAreOnePass) {
  const MemoryGroups groups =
      split_by_memory(*small_net({1, 3, 8, 8}), {}, noise_samples(1, {1, 3, 8, 8}).sample(0), {});
  ASSERT_THAT(groups.passes, SizeIs(1));
  EXPECT_THAT(groups.passes[0], IsEmpty());
  EXPECT_EQ(groups.largest, "");
}

}  // namespace
}  // namespace octune::calibration
