// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>

namespace octune {

/// A temporary file without a name that numbers are appended to: it is gone with the process, however that ends. It
/// lies in the folder for temporary files. Thread-safe.
class SpillFile {
 public:
  SpillFile() = default;
  ~SpillFile();
  SpillFile(const SpillFile&) = delete;
  SpillFile& operator=(const SpillFile&) = delete;

  /// Where `values` begin in the file; none if they could not be written (no folder, full disk). The file is made at
  /// the first call.
  std::optional<std::uint64_t> append(std::span<const float> values);

  /// Reads what append() wrote at `begin`. Error{io} if that fails.
  void read(std::uint64_t begin, std::span<float> values) const;

 private:
  std::mutex mutex_;
  int descriptor_ = -1;
  bool failed_ = false;
  std::uint64_t size_ = 0;
};

}  // namespace octune
