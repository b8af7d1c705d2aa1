// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/bytes.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
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

struct Bytes::Mapping {
  Mapping(void* mapped, std::size_t bytes) : address(mapped), size(bytes) {}
  ~Mapping() { ::munmap(address, size); }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  void* address;
  std::size_t size;
};

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
  bytes.mapping_ = std::make_shared<Mapping>(address, size);
  bytes.recent_ = std::make_shared<std::atomic<std::uintptr_t>>(0);
  bytes.view_ = {static_cast<const std::byte*>(address), size};
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
  if (mapping_) bytes.recent_ = std::make_shared<std::atomic<std::uintptr_t>>(0);
  return bytes;
}

void Bytes::release(std::span<const std::byte> part) const {
  // Reading one byte makes the kernel map what it cached together, before and behind it: 16 pages, or up to 2 MiB where
  // the file system caches in large folios. All of that goes back, or what rows leave mapped around them would add up
  // to a good part of the file. What other threads are reading is mapped again.
  constexpr std::uintptr_t kAround = std::uintptr_t{2} << 20;
  // Never outside the mapping: memory of a program that is "not needed" loses its content.
  const std::less_equal<const std::byte*> not_after;
  const bool inside =
      not_after(view_.data(), part.data()) && not_after(part.data() + part.size(), view_.data() + view_.size());
  if (!mapping_ || !inside || part.empty()) return;
  const auto place = [](const std::byte& byte) { return reinterpret_cast<std::uintptr_t>(&byte) / kAround; };
  const std::uintptr_t first = place(part.front());
  const std::uintptr_t last = place(part.back());
  const std::uintptr_t recent = recent_->exchange(last, std::memory_order_relaxed);
  if (first == recent && last == recent) return;
  ::madvise(mapping_->address, mapping_->size, MADV_DONTNEED);
}

}  // namespace octune::data
