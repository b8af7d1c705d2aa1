// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/footprint.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/measure.hpp"
#include "evaluate/bound_samples.hpp"
#include "infer/runtime_error.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {
namespace {

namespace fs = std::filesystem;

/// The two files of a model in a folder of their own, which is gone at the end of the scope.
class WrittenModel {
 public:
  explicit WrittenModel(const std::shared_ptr<const ov::Model>& model) {
    std::string name = (fs::temp_directory_path() / "octune.XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      throw Error(ErrorKind::io, fmt::format("{}: no folder can be made there ({}); set TMPDIR to another one",
                                             fs::temp_directory_path().string(), std::strerror(errno)));
    }
    folder_ = name;
    try {
      infer::save_model(model, folder_, "model");
    } catch (...) {
      remove();
      throw;
    }
  }
  ~WrittenModel() { remove(); }
  WrittenModel(const WrittenModel&) = delete;
  WrittenModel& operator=(const WrittenModel&) = delete;

  fs::path xml() const { return folder_ / "model.xml"; }

  std::uint64_t bytes() const { return fs::file_size(xml()) + fs::file_size(folder_ / "model.bin"); }

 private:
  void remove() const {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  fs::path folder_;
};

/// Lets the system's peak of the resident set begin anew; false where it does not.
bool restart_peak() {
  constexpr const char* kPeakOnly = "5";  // see proc(5), /proc/[pid]/clear_refs
  std::ofstream file("/proc/self/clear_refs");
  file << kPeakOnly << std::flush;
  return file.good();
}

/// Of this process since restart_peak(); 0 where the system does not tell.
std::uint64_t peak_bytes() {
  constexpr std::string_view kKey = "VmHWM:";
  constexpr std::uint64_t kBytesPerUnit = 1024;
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(kKey)) return std::strtoull(line.c_str() + kKey.size(), nullptr, 10) * kBytesPerUnit;
  }
  return 0;
}

}  // namespace

std::uint64_t written_bytes(const std::shared_ptr<const ov::Model>& model) { return WrittenModel(model).bytes(); }

std::uint64_t peak_memory_bytes(const infer::Runtime& runtime, const std::shared_ptr<const ov::Model>& model,
                                const infer::CompileOptions& options, const std::vector<Sample>& samples) {
  const WrittenModel written(model);
  base::release_freed_memory();
  const bool told = restart_peak();
  const std::uint64_t before = base::resident_bytes();

  ov::CompiledModel compiled = runtime.compile(runtime.read_model(written.xml()), options);
  std::uint64_t peak = base::resident_bytes();
  try {
    const std::vector<BoundSample> bound = bind_samples(compiled, samples, "peak memory");
    ov::InferRequest request = compiled.create_infer_request();
    for (const BoundSample& sample : bound) {
      set_inputs(request, sample);
      request.infer();
    }
  } catch (const Error&) {
    throw;
  } catch (const std::exception& exception) {
    throw infer::runtime_error("peak memory", exception);
  }
  peak = std::max(peak, base::resident_bytes());
  if (told) peak = std::max(peak, peak_bytes());
  return peak > before ? peak - before : 1;
}

}  // namespace octune::evaluate
