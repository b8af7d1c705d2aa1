// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/channels_last.hpp"

#include <gtest/gtest.h>

#include "calibration/test_nets.hpp"

namespace octune::calibration {
namespace {

TEST(ChannelsLast, HoldsForConvolutionsAndWhatFollowsThemElementByElement) {
  const auto model = small_net({1, 3, 8, 6});
  std::map<std::string, bool> found;
  for (const auto& node : model->get_ordered_ops())
    found[node->get_friendly_name()] = has_channels_last(node->output(0));
  EXPECT_TRUE(found.at("conv"));
  EXPECT_TRUE(found.at("relu"));
  EXPECT_TRUE(found.at("scaled"));
  EXPECT_FALSE(found.at("x"));
  EXPECT_FALSE(found.at("transposed"));
  EXPECT_FALSE(found.at("fc"));
}

}  // namespace
}  // namespace octune::calibration
