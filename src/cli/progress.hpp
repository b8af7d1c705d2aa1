// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace octune::cli {

/// How far a stage is.
struct Progress {
  std::string_view stage;
  std::size_t done = 0;
  std::size_t total = 0;
  double elapsed_s = 0;
  std::size_t begun = 0;  ///< what was done before the clock started: a run that goes on begins there
};

enum class BarStyle { unicode, ascii };

/// "calibration ━━━━━━━━━━────── 135/300 0:12 elapsed, 0:15 left"
std::string bar_line(const Progress& progress, BarStyle style);

/// "calibration: 30/300 (10 %), 0:01 elapsed, 0:09 left"
std::string plain_line(const Progress& progress);

/// "0:07", "12:05", "1:00:00"
std::string clock_text(double seconds);

}  // namespace octune::cli
