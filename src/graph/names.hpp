// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openvino/core/model.hpp>
#include <set>
#include <string>

namespace octune::graph {

/// The names of operations that somebody chose. The others have names that the runtime makes of the type and a counter
/// of the whole process, so they differ from run to run. Names that a reader copied from such a name onto another
/// operation (TensorFlow, TFLite) cannot be told from given ones: they are the same in two runs of a program, not in
/// two reads of one process. Those in the bodies of sub-graphs are among them.
std::set<std::string> given_names(const ov::Model& model);

/// Gives sub-graphs without a name one, and the given names in their bodies the prefix that graph::bodies_of() tells,
/// so that they are unique in the model: the runtime's passes rename what is not. Returns `given` with the new names.
std::set<std::string> name_bodies(const std::set<std::string>& given, ov::Model& model);

/// Gives every operation whose name is not among `given`, or is taken already, a unique name that is the same in every
/// run:
/// "<follower>/<type>" after the only operation behind it (a convolution whose batch normalisation became a bias that
/// kept the name), otherwise "<type>_<n>", n counting such operations of the type in topological order. In the bodies
/// of sub-graphs all names get the prefix that graph::bodies_of() tells.
void rename_all_but(const std::set<std::string>& given, ov::Model& model);

}  // namespace octune::graph
