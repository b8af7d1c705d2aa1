// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "octune/metric.hpp"

namespace octune::evaluate {

/// A metric of a shared library, "lib:./libmine.so:name" (octune/plugin.h); it is called `name`. Error{input} for what
/// loading the library finds, and later for what its functions report: scores of another length, NaN, failures.
std::unique_ptr<Metric> make_plugin_metric(const std::string& spec);

}  // namespace octune::evaluate
