// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/instrument.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <openvino/op/reduce_max.hpp>

#include "calibration/collect.hpp"
#include "graph/queries.hpp"
#include "testing/models.hpp"

namespace octune::calibration {
namespace {

/// How many ReduceMax read the output of `name` itself.
std::size_t maxima_of(const ov::Model& model, const std::string& name) {
  const auto inputs = graph::nodes_by_name(model).at(name)->output(0).get_target_inputs();
  return static_cast<std::size_t>(std::count_if(inputs.begin(), inputs.end(), [](const auto& input) {
    return ov::is_type<ov::op::v1::ReduceMax>(input.get_node());
  }));
}

TEST(Instrument, ExtremesOfAWholeTensorComeFromThoseOfItsChannels) {
  const StatisticRequest whole{{"relu1", 0}, Reduction::max, 0, std::nullopt};
  const StatisticRequest channels{{"relu1", 0}, Reduction::max, 0, 1};
  EXPECT_EQ(maxima_of(*instrument(testing::small_convnet(), std::vector{whole}).model, "relu1"), 1u);
  EXPECT_EQ(maxima_of(*instrument(testing::small_convnet(), std::vector{whole, channels}).model, "relu1"), 1u)
      << "the tensor is read once";

  const auto model = testing::small_convnet();
  const auto data = dataset(2, [&](std::size_t index) {
    ov::Tensor tensor(ov::element::f32, model->input().get_shape());
    const auto values = testing::normal(tensor.get_size(), index);
    std::copy(values.begin(), values.end(), tensor.data<float>());
    return Sample{{"x", tensor}};
  });
  std::map<std::string, double> timings;
  const std::vector<std::size_t> indices{0, 1};
  const auto collected = [&](const std::vector<StatisticRequest>& requests) {
    return collect(infer::Runtime(), model, requests, *data, indices, {.threads = 1}, timings, nullptr);
  };
  const Statistics both = collected({whole, channels});
  const std::vector<float> of_whole = both.at(whole).rows.read();
  const std::vector<float> of_channels = both.at(channels).rows.read();
  ASSERT_EQ(of_whole.size(), 2u);
  ASSERT_EQ(of_channels.size(), 16u);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto row = of_channels.begin() + static_cast<std::ptrdiff_t>(8 * i);
    EXPECT_EQ(of_whole[i], *std::max_element(row, row + 8));
  }
  EXPECT_EQ(of_whole, collected({whole}).at(whole).rows.read());
}

}  // namespace
}  // namespace octune::calibration
