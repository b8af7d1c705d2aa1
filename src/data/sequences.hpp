// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>

#include "octune/dataset.hpp"

namespace octune::data {

/// The same samples, every `length` in a row as one sequence over which a model keeps its state; the last may be
/// shorter. Error{input} if `length` is 0.
std::unique_ptr<Dataset> as_sequences(std::unique_ptr<Dataset> samples, std::size_t length);

}  // namespace octune::data
