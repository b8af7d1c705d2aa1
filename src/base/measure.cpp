// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "base/measure.hpp"

#include <sys/resource.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <unistd.h>

#include <fstream>

namespace octune::base {

void release_freed_memory() {
#ifdef __GLIBC__
  ::malloc_trim(0);
#endif
}

double peak_rss_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

std::uint64_t resident_bytes() {
  std::ifstream pages("/proc/self/statm");
  std::uint64_t total = 0, resident = 0;
  if (pages >> total >> resident) return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  return static_cast<std::uint64_t>(peak_rss_mib() * 1024 * 1024);
}

}  // namespace octune::base
