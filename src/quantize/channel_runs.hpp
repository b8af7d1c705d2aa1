// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <numeric>
#include <openvino/core/shape.hpp>
#include <vector>

namespace octune::quantization {

/// Calls visit(first element, number of elements, channel) for every run of neighbours that lie in one channel.
template <class Visit>
void for_each_run(const ov::Shape& shape, const std::vector<std::size_t>& channel_axes, Visit visit) {
  std::vector<std::size_t> stride(shape.size(), 0);
  std::size_t channels = 1;
  for (auto axis = channel_axes.rbegin(); axis != channel_axes.rend(); ++axis) {
    stride[*axis] = channels;
    channels *= shape[*axis];
  }
  const std::size_t outer_axes = channel_axes.empty() ? 0 : channel_axes.back() + 1;
  const auto inner_begin = shape.begin() + static_cast<std::ptrdiff_t>(outer_axes);
  const std::size_t run = std::accumulate(inner_begin, shape.end(), std::size_t{1}, std::multiplies<>());
  const std::size_t size = ov::shape_size(shape);
  std::vector<std::size_t> index(outer_axes, 0);
  std::size_t channel = 0;
  for (std::size_t first = 0; first < size; first += run) {
    visit(first, run, channel);
    for (std::size_t axis = outer_axes; axis-- > 0;) {  // odometer
      channel += stride[axis];
      if (++index[axis] < shape[axis]) break;
      channel -= stride[axis] * shape[axis];
      index[axis] = 0;
    }
  }
}

/// How many channels a tensor of `shape` has when the axes `channel_axes` are kept.
inline std::size_t count_channels(const ov::Shape& shape, const std::vector<std::size_t>& channel_axes) {
  std::size_t channels = 1;
  for (const std::size_t axis : channel_axes) channels *= shape[axis];
  return channels;
}

}  // namespace octune::quantization
