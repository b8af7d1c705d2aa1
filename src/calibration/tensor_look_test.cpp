// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/tensor_look.hpp"

#include <gtest/gtest.h>

#include <openvino/core/type/float16.hpp>

#include "base/random.hpp"

namespace octune::calibration {
namespace {

template <class Number>
ov::Tensor tensor(const ov::Shape& shape, ov::element::Type type, const std::vector<Number>& values) {
  ov::Tensor result(type, shape);
  std::copy(values.begin(), values.end(), static_cast<Number*>(result.data()));
  return result;
}

/// Uniform in low..high.
std::vector<float> noise(std::size_t count, double low, double high) {
  base::RandomStream random(count);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(low + (high - low) * random.uniform());
  return values;
}

/// The definition: the extent of the values of every channel of axis `axis`.
std::vector<Interval> naive_channels(const ov::Tensor& image, std::size_t axis) {
  const ov::Shape shape = image.get_shape();
  std::size_t inner = 1;
  for (std::size_t i = axis + 1; i < shape.size(); ++i) inner *= shape[i];
  std::vector<Interval> channels(shape[axis]);
  for (std::size_t i = 0; i < image.get_size(); ++i) {
    const double value = image.data<float>()[i];
    Interval& channel = channels[i / inner % shape[axis]];
    channel.low = std::min(channel.low, value);
    channel.high = std::max(channel.high, value);
  }
  return channels;
}

void expect_channels(const ov::Shape& shape, std::size_t axis) {
  const ov::Tensor image = tensor(shape, ov::element::f32, noise(ov::shape_size(shape), -3, 5));
  const TensorLook look = look_at(image);
  const std::vector<Interval> expected = naive_channels(image, axis);
  ASSERT_EQ(look.channels.size(), expected.size());
  Interval whole;
  for (std::size_t c = 0; c < expected.size(); ++c) {
    EXPECT_EQ(look.channels[c].low, expected[c].low) << "channel " << c;
    EXPECT_EQ(look.channels[c].high, expected[c].high) << "channel " << c;
    whole.include(expected[c]);
  }
  EXPECT_EQ(look.values.low, whole.low);
  EXPECT_EQ(look.values.high, whole.high);
}

TEST(TensorLook, TellsTheExtentOfEveryChannelOfAnImage) {
  expect_channels({1, 3, 9, 11}, 1);
  expect_channels({2, 3, 8, 8}, 1);
  expect_channels({1, 9, 11, 3}, 3);  // 297 values: the last lanes are not full
  expect_channels({2, 16, 8, 3}, 3);
  expect_channels({1, 1, 8, 9}, 1);
  expect_channels({1, 8, 9, 1}, 3);
}

TEST(TensorLook, KnowsWhatIsNoImage) {
  for (const ov::Shape& shape :
       {ov::Shape{1, 3, 7, 20}, {1, 4, 20, 20}, {3, 20, 20}, {1, 20, 20, 4}, {1, 3, 2, 9, 9}}) {
    EXPECT_TRUE(look_at(tensor(shape, ov::element::f32, noise(ov::shape_size(shape), 0, 1))).channels.empty()) << shape;
  }
  EXPECT_TRUE(look_at(ov::Tensor(ov::element::u8, {1, 3, 8, 8})).channels.empty());
}

TEST(TensorLook, RecognisesBytesInFloatingPoint) {
  const auto only_bytes = [](std::size_t changed, float value) {
    std::vector<float> values(3 * 64 * 64);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % 256);
    values[changed] = value;
    return look_at(tensor({1, 3, 64, 64}, ov::element::f32, values)).only_bytes;
  };
  EXPECT_TRUE(only_bytes(0, 0));
  EXPECT_FALSE(only_bytes(0, 0.5F));
  EXPECT_FALSE(only_bytes(3 * 64 * 64 - 1, 17.25F));
  EXPECT_FALSE(only_bytes(5, -1));
  EXPECT_FALSE(only_bytes(5, 256));
  EXPECT_FALSE(only_bytes(5, 3e9F));
}

TEST(TensorLook, FlatImagesMayHaveAColour) {
  std::vector<float> values(3 * 64);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i / 64);
  EXPECT_TRUE(look_at(tensor({1, 3, 8, 8}, ov::element::f32, values)).is_flat());
  EXPECT_FALSE(look_at(tensor({3, 64}, ov::element::f32, values)).is_flat());
  values[100] = 7;
  EXPECT_FALSE(look_at(tensor({1, 3, 8, 8}, ov::element::f32, values)).is_flat());
  EXPECT_TRUE(look_at(tensor<std::int64_t>({3}, ov::element::i64, {5, 5, 5})).is_flat());
  EXPECT_FALSE(look_at(ov::Tensor(ov::element::f32, {1, 0})).is_flat());
  EXPECT_FALSE(look_at(ov::Tensor(ov::element::f32, {1, 3, 0, 8})).is_flat());
}

TEST(TensorLook, ReadsEveryTypeOfNumber) {
  const auto expect = [](const ov::Tensor& values, double low, double high) {
    const Interval extent = look_at(values).values;
    EXPECT_EQ(extent.low, low) << values.get_element_type();
    EXPECT_EQ(extent.high, high) << values.get_element_type();
  };
  expect(tensor<float>({3}, ov::element::f32, {1, -2, 0.5F}), -2, 1);
  expect(tensor<double>({3}, ov::element::f64, {1, -2, 0.5}), -2, 1);
  expect(tensor<ov::float16>({2}, ov::element::f16, {1.5F, -0.25F}), -0.25, 1.5);
  expect(tensor<ov::bfloat16>({2}, ov::element::bf16, {1.5F, -0.25F}), -0.25, 1.5);
  expect(tensor<std::uint8_t>({3}, ov::element::u8, {7, 200, 9}), 7, 200);
  expect(tensor<std::int8_t>({3}, ov::element::i8, {7, -100, 9}), -100, 9);
  expect(tensor<std::uint16_t>({2}, ov::element::u16, {7, 60000}), 7, 60000);
  expect(tensor<std::int16_t>({2}, ov::element::i16, {7, -30000}), -30000, 7);
  expect(tensor<std::uint32_t>({2}, ov::element::u32, {7, 4000000000}), 7, 4e9);
  expect(tensor<std::int32_t>({2}, ov::element::i32, {7, -2000000000}), -2e9, 7);
  expect(tensor<std::uint64_t>({2}, ov::element::u64, {7, 1}), 1, 7);
  expect(tensor<std::int64_t>({3}, ov::element::i64, {0, 30521, 101}), 0, 30521);
  expect(tensor<std::uint8_t>({2}, ov::element::boolean, {0, 1}), 0, 1);
}

TEST(TensorLook, ReadsAPartOfATensor) {
  std::vector<float> values(40, 9.0F);
  values[10] = -1;
  values[21] = 4;
  values[12] = 100;  // outside
  const ov::Tensor whole = tensor({4, 10}, ov::element::f32, values);
  const ov::Tensor part(whole, {1, 0}, {3, 2});
  ASSERT_FALSE(part.is_continuous());
  EXPECT_EQ(look_at(part).values.low, -1);
  EXPECT_EQ(look_at(part).values.high, 9);
}

TEST(TensorLook, NothingHasNoExtent) {
  EXPECT_TRUE(look_at(ov::Tensor(ov::element::f32, {1, 0, 8})).values.empty());
  EXPECT_TRUE(look_at(ov::Tensor(ov::element::f32, {1, 0, 8, 8})).values.empty());
  EXPECT_TRUE(look_at(ov::Tensor(ov::element::i64, {0})).values.empty());
  EXPECT_TRUE(look_at(ov::Tensor(ov::element::string, {2})).values.empty());
  EXPECT_EQ(Interval{}.width(), 0);
  EXPECT_EQ(Interval{}.reach(), 0);
  EXPECT_EQ((Interval{-3, 2}).reach(), 3);
}

}  // namespace
}  // namespace octune::calibration
