// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/document.hpp"
#include "config/run_config.hpp"
#include "config/section.hpp"

namespace octune::config {

/// What read_run_config() makes of a file, with everything that is wrong left in `problems`. Error{input} only if the
/// document is no object.
RunConfig read_document(const Document& document, Problems& problems);

}  // namespace octune::config
