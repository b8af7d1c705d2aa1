// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

namespace octune::data {

/// True if there is a file or folder; false, without complaint, for text that no path can be (a long mapping).
bool path_exists(const std::filesystem::path& path);

/// Read-only bytes of a memory-mapped file or of memory. Copies and parts share the owner, which lives as long as any
/// of them.
class Bytes {
 public:
  Bytes() = default;

  /// Maps a whole file. Error{input} if it is missing or a folder, Error{io} if the system refuses.
  static Bytes map(const std::filesystem::path& path);
  static Bytes own(std::vector<std::byte> content);

  std::span<const std::byte> view() const { return view_; }
  std::size_t size() const { return view_.size(); }

  /// The part [offset, offset + size), which must lie inside.
  Bytes part(std::size_t offset, std::size_t size) const;

  /// Says that `part` of a mapped file is not needed soon: its pages leave this process's resident memory and stay in
  /// the system's cache, so that memory does not grow with the number of rows read. That takes a few microseconds and
  /// stops other threads, so that it is put off while one part after the other lies in the same 2 MiB; so much
  /// stays resident. Does nothing for bytes outside this part of a mapped file. Safe while other threads read the
  /// same part.
  void release(std::span<const std::byte> part) const;

 private:
  struct Mapping;

  std::shared_ptr<Mapping> mapping_;  ///< of a mapped file
  /// The 2 MiB (by address) that the last released part ended in, whose pages are still resident; of a mapped file.
  /// Shared by copies; parts of the file, as the arrays of an .npz, have their own.
  std::shared_ptr<std::atomic<std::uintptr_t>> recent_;
  std::shared_ptr<const void> owner_;  ///< of other bytes
  std::span<const std::byte> view_;
};

}  // namespace octune::data
