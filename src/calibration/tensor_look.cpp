// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/tensor_look.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <openvino/core/type/bfloat16.hpp>
#include <openvino/core/type/float16.hpp>
#include <optional>
#include <span>

#include "base/extremes.hpp"

namespace octune::calibration {
namespace {

constexpr std::size_t kShortestSide = 8;
constexpr std::size_t kColours = 3;

/// How the channels of an image lie: `planes` runs of one channel each after the other, or interleaved.
struct ImageShape {
  std::size_t channels = 1;
  bool interleaved = false;
};

std::optional<ImageShape> image_shape(const ov::Shape& shape) {
  const auto counts_channels = [&](std::size_t axis) { return shape[axis] == 1 || shape[axis] == kColours; };
  const auto is_side = [&](std::size_t axis) { return shape[axis] >= kShortestSide; };
  if (shape.size() != 4 || shape[0] == 0) return std::nullopt;
  if (counts_channels(1) && is_side(2) && is_side(3)) return ImageShape{shape[1], false};
  if (counts_channels(3) && is_side(1) && is_side(2)) return ImageShape{shape[3], shape[3] != 1};
  return std::nullopt;
}

Interval interval_of(std::span<const float> values) {
  if (values.empty()) return {};
  const auto [low, high] = base::extremes(values);
  return {low, high};
}

/// Running extremes of whole pixels side by side: lane i holds values of channel i modulo 3.
std::vector<Interval> interleaved_channels(std::span<const float> values) {
  constexpr std::size_t kLanes = 16 * kColours;
  std::array<float, kLanes> low, high;
  for (std::size_t lane = 0; lane < kLanes; ++lane) low[lane] = high[lane] = values[lane % kColours];
  std::size_t i = 0;
  for (; i + kLanes <= values.size(); i += kLanes) {
    const float* data = values.data() + i;
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      low[lane] = data[lane] < low[lane] ? data[lane] : low[lane];
      high[lane] = high[lane] < data[lane] ? data[lane] : high[lane];
    }
  }
  std::vector<Interval> channels(kColours);
  for (std::size_t lane = 0; lane < kLanes; ++lane) channels[lane % kColours].include({low[lane], high[lane]});
  for (; i < values.size(); ++i) channels[i % kColours].include({values[i], values[i]});
  return channels;
}

std::vector<Interval> planar_channels(std::span<const float> values, std::size_t count, std::size_t plane) {
  std::vector<Interval> channels(count);
  for (std::size_t begin = 0; begin < values.size(); begin += plane) {
    channels[begin / plane % count].include(interval_of(values.subspan(begin, plane)));
  }
  return channels;
}

/// The values lie between 0 and 255. Stops soon after the first fraction.
bool are_whole(std::span<const float> values) {
  constexpr std::size_t kBlock = 1024;
  while (!values.empty()) {
    bool fraction = false;
    for (const float value : values.first(std::min(kBlock, values.size()))) {
      fraction |= static_cast<float>(static_cast<int>(value)) != value;
    }
    if (fraction) return false;
    values = values.subspan(std::min(kBlock, values.size()));
  }
  return true;
}

TensorLook look_at_floats(std::span<const float> values, const ov::Shape& shape) {
  TensorLook look;
  const auto image = image_shape(shape);
  if (!image) {
    look.values = interval_of(values);
    return look;
  }
  look.channels = image->interleaved
                      ? interleaved_channels(values)
                      : planar_channels(values, image->channels, values.size() / shape[0] / image->channels);
  for (const Interval& channel : look.channels) look.values.include(channel);
  look.only_bytes = look.values.low >= 0 && look.values.high <= 255 && are_whole(values);
  return look;
}

template <class Number>
TensorLook look_at_converted(const ov::Tensor& tensor) {
  const auto* data = static_cast<const Number*>(tensor.data());
  std::vector<float> values(tensor.get_size());
  std::transform(data, data + values.size(), values.begin(), [](Number value) { return static_cast<float>(value); });
  return look_at_floats(values, tensor.get_shape());
}

template <class Integer>
TensorLook look_at_integers(const ov::Tensor& tensor) {
  TensorLook look;
  if (tensor.get_size() == 0) return look;
  const auto* data = static_cast<const Integer*>(tensor.data());
  Integer low = data[0], high = data[0];
  for (std::size_t i = 1; i < tensor.get_size(); ++i) {
    low = std::min(low, data[i]);
    high = std::max(high, data[i]);
  }
  look.values = {static_cast<double>(low), static_cast<double>(high)};
  return look;
}

}  // namespace

double Interval::reach() const { return empty() ? 0 : std::max(std::abs(low), std::abs(high)); }

void Interval::include(const Interval& other) {
  low = std::min(low, other.low);
  high = std::max(high, other.high);
}

bool TensorLook::is_flat() const {
  if (channels.empty()) return values.is_point();
  return std::all_of(channels.begin(), channels.end(), [](const Interval& channel) { return channel.is_point(); });
}

TensorLook look_at(const ov::Tensor& tensor) {
  if (tensor.get_element_type() != ov::element::string && !tensor.is_continuous()) {
    ov::Tensor copy(tensor.get_element_type(), tensor.get_shape());
    tensor.copy_to(copy);
    return look_at(copy);
  }
  switch (tensor.get_element_type()) {
    case ov::element::f32:
      return look_at_floats({static_cast<const float*>(tensor.data()), tensor.get_size()}, tensor.get_shape());
    case ov::element::f64:
      return look_at_converted<double>(tensor);
    case ov::element::f16:
      return look_at_converted<ov::float16>(tensor);
    case ov::element::bf16:
      return look_at_converted<ov::bfloat16>(tensor);
    case ov::element::boolean:
    case ov::element::u8:
      return look_at_integers<std::uint8_t>(tensor);
    case ov::element::i8:
      return look_at_integers<std::int8_t>(tensor);
    case ov::element::u16:
      return look_at_integers<std::uint16_t>(tensor);
    case ov::element::i16:
      return look_at_integers<std::int16_t>(tensor);
    case ov::element::u32:
      return look_at_integers<std::uint32_t>(tensor);
    case ov::element::i32:
      return look_at_integers<std::int32_t>(tensor);
    case ov::element::u64:
      return look_at_integers<std::uint64_t>(tensor);
    case ov::element::i64:
      return look_at_integers<std::int64_t>(tensor);
    default:
      return {};
  }
}

}  // namespace octune::calibration
