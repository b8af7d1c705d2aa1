// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <openvino/core/type/bfloat16.hpp>
#include <openvino/core/type/element_type.hpp>
#include <openvino/core/type/float16.hpp>
#include <openvino/runtime/tensor.hpp>
#include <span>
#include <type_traits>
#include <vector>

#include "octune/error.hpp"

/// Reading the numbers of an output whatever its element type.
namespace octune::evaluate {

/// Calls `function` with the tensor's values as a std::span<const T>, T being their C++ type, row-major. The span lives
/// only during the call. Error{unsupported} for types without one (4 bits and less, strings).
template <class Function>
auto visit_values(const ov::Tensor& tensor, Function&& function) {
  ov::Tensor dense = tensor;
  if (!tensor.is_continuous()) {
    dense = ov::Tensor(tensor.get_element_type(), tensor.get_shape());
    tensor.copy_to(dense);
  }
  const auto call = [&]<class T>(const T*) {
    return function(std::span<const T>(static_cast<const T*>(dense.data()), dense.get_size()));
  };
  switch (static_cast<ov::element::Type_t>(dense.get_element_type())) {
    case ov::element::Type_t::f32:
      return call(static_cast<const float*>(nullptr));
    case ov::element::Type_t::f16:
      return call(static_cast<const ov::float16*>(nullptr));
    case ov::element::Type_t::bf16:
      return call(static_cast<const ov::bfloat16*>(nullptr));
    case ov::element::Type_t::f64:
      return call(static_cast<const double*>(nullptr));
    case ov::element::Type_t::i8:
      return call(static_cast<const std::int8_t*>(nullptr));
    case ov::element::Type_t::i16:
      return call(static_cast<const std::int16_t*>(nullptr));
    case ov::element::Type_t::i32:
      return call(static_cast<const std::int32_t*>(nullptr));
    case ov::element::Type_t::i64:
      return call(static_cast<const std::int64_t*>(nullptr));
    case ov::element::Type_t::boolean:
    case ov::element::Type_t::u8:
      return call(static_cast<const std::uint8_t*>(nullptr));
    case ov::element::Type_t::u16:
      return call(static_cast<const std::uint16_t*>(nullptr));
    case ov::element::Type_t::u32:
      return call(static_cast<const std::uint32_t*>(nullptr));
    case ov::element::Type_t::u64:
      return call(static_cast<const std::uint64_t*>(nullptr));
    default:
      throw Error(ErrorKind::unsupported,
                  "model output: element type '" + dense.get_element_type().to_string() +
                      "' cannot be judged; floating-point numbers, 8 to 64 bit integers and booleans can");
  }
}

/// One value as a double; 16-bit floats go through float.
template <class T>
double to_double(T value) {
  if constexpr (std::is_arithmetic_v<T>) {
    return static_cast<double>(value);
  } else {
    return static_cast<double>(static_cast<float>(value));
  }
}

/// All values of the tensor, row-major.
std::vector<double> to_doubles(const ov::Tensor& tensor);

/// The position of the first largest value, in row-major order; the tensor is not empty.
std::size_t argmax(const ov::Tensor& tensor);

}  // namespace octune::evaluate
