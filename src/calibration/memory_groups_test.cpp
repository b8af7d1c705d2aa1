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

/// `trips` times h = relu(h) from x, named "loop"; what is inside is called as normalising calls it.
std::shared_ptr<ov::Model> looping(const ov::PartialShape& shape, const ov::Output<ov::Node>& trips,
                                   ov::ParameterVector inputs = {}) {
  const auto x = parameter(shape);
  const auto h = named("loop|h", std::make_shared<ops::Parameter>(ov::element::f32, shape));
  const auto next = named("loop|relu", std::make_shared<ops::Relu>(h));
  const auto yes = ops::Constant::create(ov::element::boolean, {}, {true});
  const auto go_on = named("loop|go_on", ops::Constant::create(ov::element::boolean, {}, {true}));
  const auto loop = named("loop", std::make_shared<ops::Loop>(trips, yes));
  loop->set_function(std::make_shared<ov::Model>(ov::OutputVector{next, go_on}, ov::ParameterVector{h}));
  loop->set_special_body_ports({-1, 1});
  loop->set_merged_input(h, x, next);
  const auto last = loop->get_iter_value(next, -1);
  inputs.push_back(x);
  return std::make_shared<ov::Model>(ov::OutputVector{last}, inputs);
}

TEST(MemoryGroups, TensorsInLoopsCountAsOftenAsTheyAreComputed) {
  const Tensors data = noise_samples(1, {64, 16});
  const auto bytes = [&](const ov::Model& model, const Sample& first) {
    return split_by_memory(model, std::vector{quantile_of("loop|relu", 0.9)}, first,
                           {.bytes = 0, .streams = 1, .requests_in_flight = 2})
        .bytes;
  };
  const std::uint64_t rows = 16 * 1024 + 28, once = 3 * 64 * 16 * sizeof(float);
  const auto five = ops::Constant::create(ov::element::i64, {}, {5});
  EXPECT_EQ(bytes(*looping({64, 16}, five), data.sample(0)), rows + 5 * once);
  EXPECT_EQ(bytes(*looping({-1, 16}, five), data.sample(0)), rows + 5 * once) << "sizes are those of the sample";
  // How often is known to the sample alone: as often as its longest axis has places.
  const auto trips = named("trips", std::make_shared<ops::Parameter>(ov::element::i64, ov::Shape{}));
  trips->get_output_tensor(0).set_names({"trips"});
  Sample first = data.sample(0);
  first["trips"] = ov::Tensor(ov::element::i64, ov::Shape{});
  EXPECT_EQ(bytes(*looping({64, 16}, trips, {trips}), first), rows + 64 * once);
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
