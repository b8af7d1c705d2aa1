// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "data/bytes.hpp"

namespace octune::data {

/// A zip archive on disk, read through its central directory (APPNOTE.TXT 6.3): members stored or deflated, zip64, data
/// descriptors. Nothing else, which is what NumPy writes. Immutable and thread-safe.
class ZipArchive {
 public:
  /// Maps the file and reads its directory. Error{input} if it is missing, no archive or damaged.
  explicit ZipArchive(const std::filesystem::path& path);

  /// Names of the members in ascending order.
  std::vector<std::string> names() const;
  bool contains(const std::string& name) const { return members_.contains(name); }

  /// The content of a member that exists. A stored one is a part of the mapped file and costs nothing; its checksum is
  /// not verified, because that would read all of it. A deflated one is inflated into memory and verified. Error{input}
  /// if it is damaged, encrypted or compressed in another way.
  Bytes member(const std::string& name) const;

 private:
  struct Member {
    std::uint16_t flags = 0;
    std::uint16_t method = 0;
    std::uint32_t checksum = 0;
    std::uint64_t compressed_size = 0;
    std::uint64_t size = 0;
    std::uint64_t header_offset = 0;
  };

  std::string path_;
  Bytes file_;
  std::map<std::string, Member> members_;
};

}  // namespace octune::data
