// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openvino/runtime/tensor.hpp>
#include <string_view>

namespace octune::infer {

/// What a tensor holds beside finite numbers; NaN wins over infinity.
enum class Finiteness { finite, infinity, nan };

/// Looks at every element; tensors of integers, booleans and strings are finite. About the speed of memory.
Finiteness finiteness(const ov::Tensor& tensor);
Finiteness finiteness(const float* values, std::size_t count);

/// "NaN", "infinity" or "finite values".
std::string_view text(Finiteness finiteness);

}  // namespace octune::infer
