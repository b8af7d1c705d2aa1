// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/outputs.hpp"

#include <utility>

namespace octune::evaluate {

Outputs copies_of(const Outputs& outputs) {
  Outputs copies;
  copies.reserve(outputs.size());
  for (const ov::Tensor& output : outputs) {
    ov::Tensor copy(output.get_element_type(), output.get_shape());
    output.copy_to(copy);
    copies.push_back(std::move(copy));
  }
  return copies;
}

std::size_t byte_size(const Outputs& outputs) {
  std::size_t bytes = 0;
  for (const ov::Tensor& output : outputs) bytes += output.get_byte_size();
  return bytes;
}

}  // namespace octune::evaluate
