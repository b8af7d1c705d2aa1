// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <openvino/runtime/tensor.hpp>
#include <string>
#include <vector>

#include "octune/error.hpp"

/// What the tests of this module share.
namespace octune::evaluate {

template <class T>
ov::Tensor tensor_of(const ov::Shape& shape, const std::vector<T>& values) {
  ov::Tensor tensor(ov::element::from<T>(), shape);
  EXPECT_EQ(tensor.get_size(), values.size());
  std::copy(values.begin(), values.end(), tensor.data<T>());
  return tensor;
}

inline ov::Tensor floats(const ov::Shape& shape, const std::vector<float>& values) { return tensor_of(shape, values); }

/// The text of the Error of this kind that `action` throws.
template <class Action>
std::string error_text(ErrorKind kind, Action action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

}  // namespace octune::evaluate
