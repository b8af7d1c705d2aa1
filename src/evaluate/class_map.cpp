// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/class_map.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "evaluate/values.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {
namespace {

constexpr double kThreshold = 0.5;

[[noreturn]] void no_map(const ov::Tensor& output, std::string_view where) {
  throw Error(ErrorKind::input, fmt::format("{}: decoder 'segmentation' needs an output [1,C,H,W], [1,H,W,C] or "
                                            "[1,H,W], not {}",
                                            where, output.get_shape().to_string()));
}

/// The largest of `classes` values a pixel; value c of pixel p lies at c * class_stride + p * pixel_stride.
void fill_largest(const ov::Tensor& output, ClassMap& map, std::size_t class_stride, std::size_t pixel_stride) {
  visit_values(output, [&](auto values) {
    for (std::size_t p = 0; p < map.values.size(); ++p) {
      std::size_t best = 0;
      for (std::size_t c = 1; c < map.classes; ++c) {
        if (values[c * class_stride + p * pixel_stride] > values[best * class_stride + p * pixel_stride]) best = c;
      }
      map.values[p] = static_cast<std::int32_t>(best);
    }
  });
}

}  // namespace

ClassMap decode_classes(const ov::Tensor& output, const DecoderOptions& options, std::string_view where) {
  const ov::Shape shape = output.get_shape();
  const bool real = output.get_element_type().is_real();
  const std::size_t rank = shape.size();
  if (rank < 2 || rank > 4 || (rank > 2 && shape[0] != 1) || output.get_size() == 0) no_map(output, where);
  ClassMap map;
  std::size_t channels = 1;
  const bool last = rank == 4 && shape[3] < shape[1];
  if (rank == 4) channels = last ? shape[3] : shape[1];
  map.height = rank == 4 && last ? shape[1] : shape[rank - 2];
  map.width = rank == 4 && last ? shape[2] : shape[rank - 1];
  const std::size_t pixels = map.height * map.width;
  map.values.resize(pixels);
  if (channels > 1) {
    map.classes = channels;
    fill_largest(output, map, last ? 1 : pixels, last ? channels : 1);
    return map;
  }
  if (real) {
    map.classes = 2;
    const double threshold = options.score_threshold.value_or(kThreshold);
    visit_values(output, [&](auto values) {
      std::transform(values.begin(), values.end(), map.values.begin(),
                     [&](auto value) { return to_double(value) > threshold ? 1 : 0; });
    });
    return map;
  }
  visit_values(output, [&](auto values) {
    std::transform(values.begin(), values.end(), map.values.begin(),
                   [](auto value) { return static_cast<std::int32_t>(value); });
  });
  return map;
}

ClassMap resampled(const ClassMap& map, std::size_t height, std::size_t width) {
  if (height == map.height && width == map.width) return map;
  ClassMap result{height, width, map.classes, {}};
  result.values.reserve(height * width);
  const auto nearest = [](std::size_t at, std::size_t from, std::size_t to) {
    return std::min((2 * at + 1) * from / (2 * to), from - 1);
  };
  for (std::size_t y = 0; y < height; ++y) {
    const std::size_t row = nearest(y, map.height, height) * map.width;
    for (std::size_t x = 0; x < width; ++x) result.values.push_back(map.values[row + nearest(x, map.width, width)]);
  }
  return result;
}

}  // namespace octune::evaluate
