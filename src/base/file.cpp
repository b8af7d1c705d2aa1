// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "base/file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <system_error>

#include "octune/error.hpp"

namespace octune::base {
namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  if (fs::is_directory(path)) {
    throw Error(ErrorKind::io, fmt::format("{}: is a folder; name a file", path.string()));
  }
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    throw Error(ErrorKind::io, fmt::format("{}: cannot be read ({}); check the path and its permissions", path.string(),
                                           std::strerror(errno)));
  }
  std::ostringstream content;
  content << in.rdbuf();
  return std::move(content).str();
}

void write_file(const fs::path& path, const std::function<void(std::ostream&)>& write) {
  const fs::path temporary = path.string() + ".tmp" + std::to_string(::getpid());
  errno = 0;
  std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
  std::error_code error;
  if (!out) error.assign(errno == 0 ? EIO : errno, std::generic_category());
  // Beside the file that a failure leaves as it was, nothing of the new one stays.
  struct Removal {
    const fs::path& path;
    bool wanted = true;

    ~Removal() {
      std::error_code ignored;
      if (wanted) fs::remove(path, ignored);
    }
  } removal{temporary, !error};
  if (!error) {
    write(out);
    out.close();
    if (!out) error.assign(errno == 0 ? EIO : errno, std::generic_category());
  }
  if (!error) fs::rename(temporary, path, error);
  if (error) {
    throw Error(ErrorKind::io,
                fmt::format("{}: cannot be written ({}); free some space or choose another output folder",
                            path.string(), error.message()));
  }
  removal.wanted = false;
}

void write_file(const fs::path& path, std::string_view content) {
  write_file(path,
             [content](std::ostream& out) { out.write(content.data(), static_cast<std::streamsize>(content.size())); });
}

void require_writable_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error || !fs::is_directory(folder)) {
    throw Error(ErrorKind::io, fmt::format("{}: the output folder cannot be made ({}); choose another with -o",
                                           folder.string(), error ? error.message() : "a file has this name"));
  }
  const fs::path probe = folder / (".octune-probe" + std::to_string(::getpid()));
  errno = 0;
  std::ofstream out(probe);
  const bool writable = out.is_open();
  const std::string reason = std::strerror(errno);
  out.close();
  fs::remove(probe, error);
  if (!writable) {
    throw Error(ErrorKind::io, fmt::format("{}: the output folder is not writable ({}); choose another with -o",
                                           folder.string(), reason));
  }
}

}  // namespace octune::base
