// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/values.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace octune::evaluate {

std::vector<double> to_doubles(const ov::Tensor& tensor) {
  return visit_values(tensor, [](auto values) {
    std::vector<double> result(values.size());
    std::transform(values.begin(), values.end(), result.begin(), [](auto value) { return to_double(value); });
    return result;
  });
}

std::size_t argmax(const ov::Tensor& tensor) {
  OCTUNE_ASSERT(tensor.get_size() > 0, "argmax of an empty tensor");
  return visit_values(tensor, [](auto values) {
    return static_cast<std::size_t>(std::max_element(values.begin(), values.end()) - values.begin());
  });
}

}  // namespace octune::evaluate
