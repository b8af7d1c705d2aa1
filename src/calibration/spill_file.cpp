// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "calibration/spill_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

#include "octune/error.hpp"

namespace octune {
namespace {

/// -1 if there is no folder that files can be made in.
int nameless_file() {
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::temp_directory_path(error);
  if (error) return -1;
  std::string name = (folder / "octune_rows_XXXXXX").string();
  const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor >= 0) ::unlink(name.c_str());
  return descriptor;
}

/// pwrite() or pread() until all is done; false if the system refuses or nothing more comes.
template <class Transfer, class Byte>
bool transfer_all(Transfer transfer, int descriptor, Byte* bytes, std::size_t size, std::uint64_t at) {
  while (size != 0) {
    const ::ssize_t done = transfer(descriptor, bytes, size, static_cast<::off_t>(at));
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    bytes += done;
    size -= static_cast<std::size_t>(done);
    at += static_cast<std::uint64_t>(done);
  }
  return true;
}

}  // namespace

SpillFile::~SpillFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::optional<std::uint64_t> SpillFile::append(std::span<const float> values) {
  const std::lock_guard lock(mutex_);
  if (failed_) return std::nullopt;
  if (descriptor_ < 0) descriptor_ = nameless_file();
  const auto bytes = std::as_bytes(values);
  if (descriptor_ < 0 || !transfer_all(::pwrite, descriptor_, bytes.data(), bytes.size(), size_)) {
    failed_ = true;
    return std::nullopt;
  }
  const std::uint64_t begin = size_;
  size_ += bytes.size();
  return begin;
}

void SpillFile::read(std::uint64_t begin, std::span<float> values) const {
  const auto bytes = std::as_writable_bytes(values);
  errno = 0;
  if (transfer_all(::pread, descriptor_, bytes.data(), bytes.size(), begin)) return;
  throw Error(ErrorKind::io, fmt::format("the temporary file of statistics cannot be read ({}); run again",
                                         errno == 0 ? "it ends too early" : std::strerror(errno)));
}

}  // namespace octune
