// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "infer/finite.hpp"

#include <cstdint>
#include <cstring>

#include "base/multiversion.hpp"

namespace octune::infer {
namespace {

/// An IEEE number is finite unless all bits of its exponent are set; adding one unit of exponent to the magnitude then
/// carries into the sign bit. Integer operations only, so the compiler vectorises the scan.
template <class Bits, Bits kMagnitude, Bits kExponentUnit, Bits kInfinity>
Finiteness scan(const void* data, std::size_t count) {
  constexpr Bits kSign = static_cast<Bits>(~kMagnitude);
  const auto* bits = static_cast<const Bits*>(data);
  Bits carried = 0;
  for (std::size_t i = 0; i < count; ++i) {
    carried = static_cast<Bits>(carried | static_cast<Bits>((bits[i] & kMagnitude) + kExponentUnit));
  }
  if ((carried & kSign) == 0) return Finiteness::finite;
  for (std::size_t i = 0; i < count; ++i) {
    if ((bits[i] & kMagnitude) > kInfinity) return Finiteness::nan;
  }
  return Finiteness::infinity;
}

/// What is scanned most often, in the widest registers there are.
OCTUNE_MULTIVERSION bool all_finite(const float* values, std::size_t count) {
  std::uint32_t carried = 0;
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, values + i, sizeof bits);
    carried |= (bits & 0x7fffffffU) + 0x00800000U;
  }
  return (carried & 0x80000000U) == 0;
}

}  // namespace

Finiteness finiteness(const float* values, std::size_t count) {
  if (all_finite(values, count)) return Finiteness::finite;
  return scan<std::uint32_t, 0x7fffffff, 0x00800000, 0x7f800000>(values, count);
}

Finiteness finiteness(const ov::Tensor& tensor) {
  if (!tensor.get_element_type().is_real()) return Finiteness::finite;
  if (!tensor.is_continuous()) {
    ov::Tensor copy(tensor.get_element_type(), tensor.get_shape());
    tensor.copy_to(copy);
    return finiteness(copy);
  }
  const std::size_t count = tensor.get_size();
  switch (tensor.get_element_type()) {
    case ov::element::f32:
      return finiteness(tensor.data<const float>(), count);
    case ov::element::f64:
      return scan<std::uint64_t, 0x7fffffffffffffff, 0x0010000000000000, 0x7ff0000000000000>(tensor.data(), count);
    case ov::element::f16:
      return scan<std::uint16_t, 0x7fff, 0x0400, 0x7c00>(tensor.data(), count);
    case ov::element::bf16:
      return scan<std::uint16_t, 0x7fff, 0x0080, 0x7f80>(tensor.data(), count);
    default:
      return Finiteness::finite;
  }
}

std::string_view text(Finiteness finiteness) {
  switch (finiteness) {
    case Finiteness::nan:
      return "NaN";
    case Finiteness::infinity:
      return "infinity";
    case Finiteness::finite:
      break;
  }
  return "finite values";
}

}  // namespace octune::infer
