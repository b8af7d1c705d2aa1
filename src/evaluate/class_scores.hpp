// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <openvino/runtime/tensor.hpp>
#include <span>
#include <string_view>
#include <vector>

/// Outputs that hold one value a class: probabilities or logits.
namespace octune::evaluate {

/// C of an output of shape [C], [1,C] or [1,C,1,1]; Error{input} "<where>: ..." for another shape.
std::size_t class_count(const ov::Tensor& output, std::string_view where);

/// Where the rows of values that belong to one decision lie in a tensor: value c of row (o, i) stands at
/// (o * classes + c) * inner + i.
struct ClassRows {
  std::size_t outer = 1;
  std::size_t classes = 1;
  std::size_t inner = 1;

  std::size_t count() const { return outer * inner; }
};

enum class ClassValues {
  probabilities,  ///< not negative, of sum 1 in every row (within 1e-3; 1e-2 for 16-bit types)
  logits          ///< anything else; their softmax is meant
};

/// How an output is read as distributions. Of [C], [1,C], [1,C,1,1] the one row. Otherwise along the last axis, or axis
/// 1, if the values are probabilities there; and else, logits along axis 1 of four axes ([N,C,H,W]), along the last of
/// any other number ([1,T,C]).
struct ClassReading {
  ClassRows rows;
  ClassValues values = ClassValues::logits;
};
ClassReading read_classes(const ov::Tensor& output);

/// The same along a given axis.
ClassReading read_classes(const ov::Tensor& output, std::size_t axis);

/// The natural logarithms of a row's probabilities, in place: log-softmax of logits, log(p / sum p) of probabilities.
/// None is below log(2^-126): a probability of 0 is what softmax in single precision makes of a small one.
void to_log_probabilities(std::span<double> row, ClassValues values);

}  // namespace octune::evaluate
