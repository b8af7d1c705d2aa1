// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/hash.hpp"
#include "octune/dataset.hpp"

namespace octune::base {

/// Adds lengths and values of a tensor.
void add_content(Hash& hash, const ov::Tensor& tensor);

/// What recognises the content of a sample: the data set's own fingerprint if it has one, otherwise a hash of names,
/// types, shapes and values of the decoded tensors. `decoded` is what dataset.sample(index) gave.
std::uint64_t fingerprint(const Dataset& dataset, std::size_t index, const Sample& decoded);

/// The same; decodes the sample only if it has to.
std::uint64_t fingerprint(const Dataset& dataset, std::size_t index);

}  // namespace octune::base
