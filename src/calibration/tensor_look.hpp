// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>
#include <openvino/runtime/tensor.hpp>
#include <vector>

namespace octune::calibration {

/// From the smallest to the largest of some values; of none, if low > high.
struct Interval {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  bool empty() const { return low > high; }
  bool is_point() const { return low == high; }
  double width() const { return empty() ? 0 : high - low; }
  double reach() const;  ///< the largest magnitude; 0 of no values

  void include(const Interval& other);
};

/// What one look at the values of a tensor tells. Texts, and integers narrower than a byte, are not looked into.
struct TensorLook {
  Interval values;
  /// Of each channel, if the tensor looks like an image: floating point, four axes, the second or the last of length 1
  /// or 3 and the two axes of height and width at least 8 long. Empty otherwise.
  std::vector<Interval> channels;
  bool only_bytes = false;  ///< an image whose values are whole numbers from 0 to 255

  /// Whether all values are equal, of an image those of each channel: black stays flat when every channel is normalised
  /// in its own way.
  bool is_flat() const;
};

/// At about the speed of memory for f32. The values are finite.
TensorLook look_at(const ov::Tensor& tensor);

}  // namespace octune::calibration
