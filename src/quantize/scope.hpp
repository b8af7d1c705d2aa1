// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <openvino/core/model.hpp>
#include <string>

#include "octune/options.hpp"

namespace octune::quantization {

/// The nodes that the user wants left in floating point, each with the entry that says so ("ignored by name 'x'").
/// Operations in the bodies of sub-graphs are among them. Names match friendly names and names of output tensors.
/// Error{input} that lists every entry matching nothing, with the closest names, unless scope.validate is false.
std::map<const ov::Node*, std::string> ignored_nodes(const ov::Model& model, const IgnoredScope& scope);

}  // namespace octune::quantization
