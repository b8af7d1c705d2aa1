// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <dlfcn.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fstream>
#include <openvino/core/version.hpp>
#include <set>

#include "cli/commands.hpp"
#include "infer/runtime.hpp"
#include "report/json.hpp"

namespace octune::cli {
namespace {

std::string openvino_path() {
  Dl_info info{};
  if (::dladdr(reinterpret_cast<const void*>(&ov::get_openvino_version), &info) == 0 || info.dli_fname == nullptr) {
    return "unknown";
  }
  std::error_code error;
  const auto path = std::filesystem::canonical(info.dli_fname, error);
  return error ? info.dli_fname : path.string();
}

/// The TBB libraries in this process; two of them fight over the cores.
std::set<std::string> loaded_tbb() {
  std::set<std::string> found;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    const std::size_t path = line.find('/');
    if (path != std::string::npos && line.find("/libtbb.so", path) != std::string::npos)
      found.insert(line.substr(path));
  }
  return found;
}

std::string int8_text(const infer::CpuFeatures& features) {
  if (features.amx_int8) return "native (AMX)";
  if (features.vnni) return "native (VNNI)";
  if (features.avx512 || features.avx2) {
    return "not native: sums of u8*s8 pairs saturate, --overflow-fix auto uses 7-bit weights in the first layer";
  }
  return "not native: expect no speed-up";
}

}  // namespace

void run_doctor(const Invocation& call) {
  const Console& console = call.console;
  const infer::Runtime runtime;
  const infer::CpuFeatures features = infer::cpu_features();
  std::vector<std::string> flags;
  const nlohmann::json named_features = report::to_json(features);
  for (const auto& [name, value] : named_features.items()) {
    if (value.is_boolean() && value.get<bool>()) flags.push_back(name);
  }
  const std::set<std::string> tbb = loaded_tbb();
  const auto show = [&](std::string_view title, const std::string& text) {
    console.print(fmt::format("{:<10} {}", title, text));
  };
  show("octune", OCTUNE_VERSION);
  show("openvino", fmt::format("{} from {}", runtime.version(), openvino_path()));
  show("tbb", tbb.empty() ? "not loaded yet" : fmt::format("{}", fmt::join(tbb, ", ")));
  show("device", fmt::format("CPU: {}, {} cores", runtime.device_name(), features.cores));
  show("features", flags.empty() ? "none of those that matter" : fmt::format("{}", fmt::join(flags, ", ")));
  show("int8", int8_text(features));
  show("default",
       features.bf16 ? "float operations run in BF16 unless f32 is asked for" : "float operations run in f32");
  if (tbb.size() > 1) {
    call.console.message(Severity::warning,
                         "more than one TBB is loaded: put OpenVINO's folder first in the library search path");
  }
  console.print_json(nlohmann::json{{"command", "doctor"},
                                    {"versions", {{"octune", OCTUNE_VERSION}, {"openvino", runtime.version()}}},
                                    {"openvino_library", openvino_path()},
                                    {"tbb_libraries", tbb},
                                    {"devices", {{{"name", "CPU"}, {"full_name", runtime.device_name()}}}},
                                    {"cpu_features", named_features},
                                    {"int8_native", features.vnni || features.amx_int8}});
}

}  // namespace octune::cli
