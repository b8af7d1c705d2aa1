// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <istream>
#include <ostream>
#include <string>

#include "octune/calibrate.hpp"

namespace octune::calibration {

/// What save_statistics() puts into a file (docs/statistics_file.md): equal statistics give equal bytes. `out` is at
/// its beginning and can seek. Errors of the stream are left to be found in it.
void write_statistics(const Calibration& calibration, std::ostream& out);

/// The statistics in `in`, from its beginning to its end; it can seek. Long rows go to a temporary file. `where` begins
/// messages. Error{input} as load_statistics().
Calibration read_statistics(std::istream& in, const std::string& where);

}  // namespace octune::calibration
