// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "program.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "infer/runtime.hpp"
#include "testing/models.hpp"

namespace octune::cli_test {

namespace fs = std::filesystem;

ProgramTest::ProgramTest() {
  static std::atomic<int> count = 0;
  folder_ = fs::temp_directory_path() / fmt::format("octune_cli_test_{}_{}", ::getpid(), count++);
  fs::create_directories(folder_);
}

ProgramTest::~ProgramTest() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

Outcome ProgramTest::octune(const std::string& arguments, const std::string& before) const {
  const fs::path streams = folder_.string() + "_streams";
  fs::create_directories(streams);
  // The file size limit of a test must not hit what the program prints: cat is outside of it.
  const std::string command = fmt::format(
      "cd '{0}' && unset LOGLEVEL && {{ ( {1} exec '{2}' {3} ) 2>&1 1>&3 | cat > '{4}/err'; }} 3>'{4}/out'; ",
      folder_.string(), before, OCTUNE_PROGRAM, arguments, streams.string());
  // bash gives the status of the program, not that of cat.
  const std::string script = fmt::format("set -o pipefail\n{}", command);
  std::ofstream(streams / "script") << script;
  const int status = std::system(fmt::format("bash '{}/script'", streams.string()).c_str());
  const auto content = [&](const char* name) {
    std::ostringstream text;
    text << std::ifstream(streams / name).rdbuf();
    return text.str();
  };
  Outcome outcome{WIFEXITED(status) ? WEXITSTATUS(status) : -1, content("out"), content("err")};
  fs::remove_all(streams);
  return outcome;
}

void ProgramTest::write(const std::string& name, const std::string& content) const {
  fs::create_directories(path(name).parent_path());
  std::ofstream(path(name), std::ios::binary) << content;
}

std::string ProgramTest::read(const std::string& name) const {
  std::ostringstream text;
  text << std::ifstream(path(name), std::ios::binary).rdbuf();
  return text.str();
}

std::vector<std::string> ProgramTest::entries(const std::string& name) const {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(path(name), error)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

void ProgramTest::write_raw_npy(const std::string& name, const std::string& type, const std::vector<std::size_t>& shape,
                                const std::string& bytes) const {
  std::string header =
      fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({},), }}", type, fmt::join(shape, ", "));
  header.resize((10 + header.size() + 1 + 63) / 64 * 64 - 10 - 1, ' ');
  header += '\n';
  std::string file("\x93NUMPY\x01\x00", 8);
  file += static_cast<char>(header.size() & 0xFF);
  file += static_cast<char>(header.size() >> 8);
  write(name, file + header + bytes);
}

void ProgramTest::write_npy(const std::string& name, const std::vector<std::size_t>& shape,
                            const std::vector<float>& values) const {
  write_raw_npy(name, "<f4", shape,
                std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)));
}

void ProgramTest::write_images(const std::string& folder, int count) const {
  for (int i = 0; i < count; ++i) {
    // The decoder goes by content, not by name: a portable pixmap needs no compression.
    std::string image = "P6\n16 16\n255\n";
    for (const float value : octune::testing::normal(16 * 16 * 3, static_cast<std::uint64_t>(i), 128, 40)) {
      image += static_cast<char>(std::clamp(value, 0.0F, 255.0F));
    }
    write(fmt::format("{}/img{}.png", folder, i), image);
  }
}

void ProgramTest::write_model_and_data() const {
  infer::save_model(octune::testing::small_convnet(), folder_, "model");
  constexpr std::size_t kSamples = 8;
  write_npy("x.npy", {kSamples, 3, 16, 16}, octune::testing::normal(kSamples * 3 * 16 * 16, 1));
  write_npy("y.npy", {kSamples}, {0, 1, 2, 3, 4, 5, 6, 7});
}

}  // namespace octune::cli_test
