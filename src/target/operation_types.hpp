// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace octune::target {

/// Every type of operation a table may name: those of OpenVINO's operation sets and our own two, in alphabetical order.
const std::vector<std::string>& known_operation_types();

/// The largest number of inputs that operations of `type` have; 64 if they may have any number (Concat), or if the type
/// is none that tables are about.
std::size_t most_inputs(const std::string& type);

}  // namespace octune::target
