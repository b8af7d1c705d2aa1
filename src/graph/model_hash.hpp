// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openvino/core/model.hpp>
#include <string>

namespace octune::graph {

/// A hash of everything that decides what `model` computes and what its tensors are called: operations, attributes,
/// connections, given names, constants, bodies of sub-graphs. 32 hexadecimal digits, the same in every run and whether
/// the constants lie in memory or in a mapped file. Not of names that the runtime makes up, nor of rt_info. Attributes
/// that only an extension of the runtime can read count as different in every run. Error{runtime}: an operation cannot
/// tell its attributes.
std::string model_hash(const ov::Model& model);

}  // namespace octune::graph
