// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "data/open.hpp"

namespace octune::data {

/// The samples of a shared library, "lib:./libmine.so:name" (octune/plugin.h). They are fed as the library makes them:
/// Error{input} if `preprocess` would change values, besides what loading the library finds.
std::unique_ptr<Dataset> open_plugin(const std::string& spec, const Preprocess& preprocess);

}  // namespace octune::data
