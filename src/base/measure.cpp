// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "base/measure.hpp"

#include <sys/resource.h>

namespace octune::base {

double peak_rss_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

}  // namespace octune::base
