// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <istream>
#include <ostream>
#include <string>
#include <string_view>

#include "base/byte_stream.hpp"

/// Files that octune writes for itself to read again: a head that tells kind, format, length and hash of the content,
/// and the content (docs/statistics_file.md).
namespace octune::base {

/// One kind of file, and how messages speak of it.
struct FileKind {
  std::array<char, 8> magic;   ///< as that of PNG: a byte that is no text, letters, line ends, the end of a DOS text
  std::uint32_t format;        ///< changes with the layout of the content
  std::string_view name;       ///< "file of statistics"
  std::string_view extension;  ///< ".octs"
  std::string_view makers;     ///< "octune calibrate or octune quantize"
  std::string_view renew;      ///< how to get another one: "collect the statistics"
};

/// The head and what `write_content` puts behind it. `out` is at its beginning and can seek; its errors are left to be
/// found in it.
void write_checked(std::ostream& out, const FileKind& kind, const std::function<void(ByteWriter&)>& write_content);

/// Calls `read_content` with the content, once it is known to be what was written, and expects it to read all of it.
/// `in` is read from its beginning to its end; it can seek. `where` begins messages. Error{input}: another kind of
/// file, another format, truncated, damaged (also if `read_content` throws Damaged).
void read_checked(std::istream& in, const FileKind& kind, const std::string& where,
                  const std::function<void(ByteReader&)>& read_content);

/// The file, opened for reading. Error{input} if it is missing or no regular file, Error{io} if it cannot be read.
std::ifstream open_checked(const std::filesystem::path& path, const FileKind& kind);

}  // namespace octune::base
