// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace octune::cli {
namespace {

double share(const Progress& progress) {
  if (progress.total == 0) return 1;
  return std::min(1.0, static_cast<double>(progress.done) / static_cast<double>(progress.total));
}

std::string times(const Progress& progress) {
  std::string text = clock_text(progress.elapsed_s) + " elapsed";
  if (progress.done > progress.begun && progress.done < progress.total) {
    const double left = progress.elapsed_s * static_cast<double>(progress.total - progress.done) /
                        static_cast<double>(progress.done - progress.begun);
    text += fmt::format(", {} left", clock_text(left));
  }
  return text;
}

}  // namespace

std::string clock_text(double seconds) {
  const auto whole = static_cast<long>(std::lround(std::max(0.0, seconds)));
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string bar_line(const Progress& progress, BarStyle style) {
  constexpr int kWidth = 24;
  const int filled = static_cast<int>(std::floor(share(progress) * kWidth));
  std::string bar;
  for (int i = 0; i < kWidth; ++i) {
    if (style == BarStyle::unicode) {
      bar += i < filled ? "━" : "─";
    } else {
      bar += i < filled ? "#" : "-";
    }
  }
  return fmt::format("{:<12} {} {}/{}  {}", progress.stage, bar, progress.done, progress.total, times(progress));
}

std::string plain_line(const Progress& progress) {
  return fmt::format("{}: {}/{} ({:.0f} %), {}", progress.stage, progress.done, progress.total,
                     std::floor(100 * share(progress)), times(progress));
}

}  // namespace octune::cli
