// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <openvino/core/type/element_type.hpp>
#include <string>

#include "octune/error.hpp"

namespace octune::data {

/// Calls `visitor` with a value of the C++ type that a tensor of this element type is made of (char for boolean).
/// Error{unsupported} for types that data cannot be converted to.
template <class Visitor>
void visit_element(const ov::element::Type& type, const std::string& input, Visitor&& visitor) {
  switch (static_cast<ov::element::Type_t>(type)) {
    case ov::element::Type_t::f32:
      return visitor(float{});
    case ov::element::Type_t::f64:
      return visitor(double{});
    case ov::element::Type_t::f16:
      return visitor(ov::float16{});
    case ov::element::Type_t::bf16:
      return visitor(ov::bfloat16{});
    case ov::element::Type_t::boolean:
      return visitor(char{});
    case ov::element::Type_t::i8:
      return visitor(std::int8_t{});
    case ov::element::Type_t::i16:
      return visitor(std::int16_t{});
    case ov::element::Type_t::i32:
      return visitor(std::int32_t{});
    case ov::element::Type_t::i64:
      return visitor(std::int64_t{});
    case ov::element::Type_t::u8:
      return visitor(std::uint8_t{});
    case ov::element::Type_t::u16:
      return visitor(std::uint16_t{});
    case ov::element::Type_t::u32:
      return visitor(std::uint32_t{});
    case ov::element::Type_t::u64:
      return visitor(std::uint64_t{});
    default:
      throw Error(
          ErrorKind::unsupported,
          fmt::format("input '{}': data cannot be made for its type '{}'; give the model a floating-point or integer "
                      "input",
                      input, type.to_string()));
  }
}

}  // namespace octune::data
