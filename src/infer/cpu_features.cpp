// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <thread>

#include "infer/runtime.hpp"

namespace octune::infer {

CpuFeatures parse_cpu_features(std::string_view cpuinfo) {
  std::set<std::string, std::less<>> flags;
  const std::size_t begin = cpuinfo.find("\nflags");
  if (begin != std::string_view::npos) {
    const std::string_view line = cpuinfo.substr(begin + 1, cpuinfo.find('\n', begin + 1) - begin - 1);
    std::istringstream words{std::string(line)};
    for (std::string word; words >> word;) flags.insert(word);
  }
  CpuFeatures features;
  features.avx2 = flags.contains("avx2");
  features.avx512 = flags.contains("avx512f");
  features.vnni = flags.contains("avx512_vnni") || flags.contains("avx_vnni");
  features.amx_int8 = flags.contains("amx_int8");
  features.bf16 = flags.contains("avx512_bf16") || flags.contains("amx_bf16");
  return features;
}

CpuFeatures cpu_features() {
  static const CpuFeatures features = [] {
    // The kernel lists only what it has enabled: AMX needs its consent, which the cpuid instruction does not show.
    std::ifstream file("/proc/cpuinfo");
    std::ostringstream content;
    content << file.rdbuf();
    CpuFeatures found = parse_cpu_features(content.str());
    found.cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    return found;
  }();
  return features;
}

}  // namespace octune::infer
