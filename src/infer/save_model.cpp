// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <openvino/openvino.hpp>
#include <system_error>

#include "base/file.hpp"
#include "infer/runtime.hpp"
#include "infer/runtime_error.hpp"

namespace octune::infer {
namespace {

namespace fs = std::filesystem;

/// The two files under their temporary names; whatever is left of them at the end of the scope is removed.
struct TemporaryFiles {
  fs::path xml, bin;

  ~TemporaryFiles() {
    std::error_code ignored;
    fs::remove(xml, ignored);
    fs::remove(bin, ignored);
  }
};

/// The number behind every occurrence of `key` (as in ' offset="' or ' size="') decides how long the .bin has to be.
std::uint64_t weights_end(const std::string& xml) {
  static constexpr std::string_view kOffset = " offset=\"", kSize = " size=\"";
  std::uint64_t end = 0;
  for (std::size_t at = xml.find(kOffset); at != std::string::npos; at = xml.find(kOffset, at + 1)) {
    const std::size_t tag_end = xml.find('>', at);
    const std::size_t size_at = xml.find(kSize, at);
    if (size_at == std::string::npos || size_at > tag_end) continue;
    end = std::max<std::uint64_t>(end, std::strtoull(xml.c_str() + at + kOffset.size(), nullptr, 10) +
                                           std::strtoull(xml.c_str() + size_at + kSize.size(), nullptr, 10));
  }
  return end;
}

/// The runtime's writer notices a full disk only when a buffer is flushed, and not in its last flush.
bool is_complete(const TemporaryFiles& files) {
  const std::string xml = base::read_file(files.xml);
  const std::size_t last = xml.find_last_not_of(" \n\r\t");
  static constexpr std::string_view kEnd = "</net>";
  if (last == std::string::npos || !std::string_view(xml).substr(0, last + 1).ends_with(kEnd)) return false;
  std::error_code error;
  const std::uintmax_t size = fs::file_size(files.bin, error);
  return (error ? 0 : size) >= weights_end(xml);
}

bool same_file(const fs::path& a, const fs::path& b) {
  std::error_code error;
  if (fs::equivalent(a, b, error)) return true;
  return fs::weakly_canonical(a, error) == fs::weakly_canonical(b, error);
}

[[noreturn]] void fail(const fs::path& target, const std::string& reason) {
  throw Error(ErrorKind::io, fmt::format("{}: cannot be written ({}); free some space or choose another output folder",
                                         target.string(), reason));
}

void move_file(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error) fail(to, error.message());
}

}  // namespace

void save_model(const std::shared_ptr<const ov::Model>& model, const fs::path& folder, const std::string& name,
                const fs::path& input_model) {
  const fs::path xml = folder / (name + ".xml");
  const fs::path bin = folder / (name + ".bin");
  if (!input_model.empty() &&
      (same_file(xml, input_model) || same_file(bin, fs::path(input_model).replace_extension(".bin")))) {
    throw Error(
        ErrorKind::input,
        fmt::format("{}: is the input model, which may be in use; choose another output folder or name", xml.string()));
  }
  base::require_writable_folder(folder);
  const std::string stem = fmt::format(".{}.{}", name, ::getpid());
  const TemporaryFiles temporary{folder / (stem + ".xml"), folder / (stem + ".bin")};
  try {
    errno = 0;
    ov::save_model(model, temporary.xml, false);
    if (!is_complete(temporary)) fail(xml, errno == 0 ? "the disk took only a part of it" : std::strerror(errno));
  } catch (const Error&) {
    throw;
  } catch (const std::exception& exception) {
    // The runtime's stream exceptions say nothing; the reason of the system call that failed is still in errno.
    fail(xml, errno == 0 ? brief(exception) : std::strerror(errno));
  }
  std::error_code error;
  fs::remove(xml, error);
  if (error) fail(xml, error.message());
  move_file(temporary.bin, bin);
  move_file(temporary.xml, xml);
}

}  // namespace octune::infer
