// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/bytes.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <functional>
#include <system_error>

#include "base/assert.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace fs = std::filesystem;
namespace {

/// Closes the descriptor on every way out; the mapping outlives it.
class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return value_; }

 private:
  int value_;
};

[[noreturn]] void cannot_read(const fs::path& path) {
  throw Error(ErrorKind::io, fmt::format("{}: cannot be read ({}); check the path and its permissions", path.string(),
                                         std::strerror(errno)));
}

}  // namespace

bool path_exists(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

Bytes Bytes::map(const fs::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) {
    if (errno == ENOENT || errno == ENOTDIR) {
      throw Error(ErrorKind::input, fmt::format("{}: does not exist; check the path", path.string()));
    }
    cannot_read(path);
  }
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) cannot_read(path);
  if (S_ISDIR(status.st_mode)) {
    throw Error(ErrorKind::input, fmt::format("{}: is a folder; name a file", path.string()));
  }
  Bytes bytes;
  const std::size_t size = static_cast<std::size_t>(status.st_size);
  if (size == 0) return bytes;  // mmap refuses an empty range
  void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (address == MAP_FAILED) cannot_read(path);
  bytes.owner_ = std::shared_ptr<const void>(address, [address, size](const void*) { ::munmap(address, size); });
  bytes.view_ = {static_cast<const std::byte*>(address), size};
  bytes.mapped_ = true;
  return bytes;
}

Bytes Bytes::own(std::vector<std::byte> content) {
  Bytes bytes;
  const auto owner = std::make_shared<const std::vector<std::byte>>(std::move(content));
  bytes.view_ = *owner;
  bytes.owner_ = owner;
  return bytes;
}

Bytes Bytes::part(std::size_t offset, std::size_t size) const {
  OCTUNE_ASSERT(offset <= view_.size() && size <= view_.size() - offset, "a part outside its bytes");
  Bytes bytes = *this;
  bytes.view_ = view_.subspan(offset, size);
  return bytes;
}

void Bytes::release(std::span<const std::byte> part) const {
  constexpr std::uintptr_t kPage = 4096;  // a larger page only makes madvise refuse, which is harmless
  constexpr std::size_t kWorthACall = 16 * kPage;
  // Never outside the mapping: memory of a program that is "not needed" loses its content.
  const std::less_equal<const std::byte*> not_after;
  const bool inside =
      not_after(view_.data(), part.data()) && not_after(part.data() + part.size(), view_.data() + view_.size());
  if (!mapped_ || !inside || part.size() < kWorthACall) return;
  const auto begin = reinterpret_cast<std::uintptr_t>(part.data()) / kPage * kPage;
  const auto end = reinterpret_cast<std::uintptr_t>(part.data() + part.size()) / kPage * kPage;
  ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

}  // namespace octune::data
