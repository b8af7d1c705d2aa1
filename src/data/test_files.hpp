// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <atomic>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "octune/dataset.hpp"
#include "octune/error.hpp"
#include "octune/observer.hpp"

/// What the tests of this module write to read it back: .npy and zip files byte by byte, from the formats'
/// descriptions.
namespace octune::data::test {

/// A folder that is gone when the test ends.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    static std::atomic<int> count = 0;
    path_ = std::filesystem::temp_directory_path() / fmt::format("octune_data_test_{}_{}", ::getpid(), count++);
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  std::string text() const { return path_.string(); }

  /// Writes a file (and its folders); its path.
  std::string write(const std::string& name, const std::string& content) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    base::write_file(path_ / name, content);
    return *this / name;
  }

 private:
  std::filesystem::path path_;
};

/// The text of the Error that `action` throws, "" if it throws none.
template <class Action>
std::string error_of(Action&& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input) << error.what();
    return error.what();
  }
  return "";
}

/// The lines of src/data/fixtures/<name>, which the scripts in tests/oracles write; comments left out.
inline std::vector<std::string> fixture_lines(const std::string& name) {
  std::ifstream file(std::filesystem::path(__FILE__).parent_path() / "fixtures" / name);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with('#')) lines.push_back(line);
  }
  EXPECT_FALSE(lines.empty()) << name;
  return lines;
}

inline std::string from_hex(const std::string& digits) {
  std::string bytes;
  for (std::size_t at = 0; at + 1 < digits.size(); at += 2) {
    bytes.push_back(static_cast<char>(std::stoi(digits.substr(at, 2), nullptr, 16)));
  }
  return bytes;
}

template <class T>
std::string bytes_of(const std::vector<T>& values) {
  std::string bytes(values.size() * sizeof(T), '\0');
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

/// Every item of `size` bytes turned round.
inline std::string swapped(std::string bytes, std::size_t size) {
  for (std::size_t at = 0; at + size <= bytes.size(); at += size) {
    std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                 bytes.begin() + static_cast<std::ptrdiff_t>(at + size));
  }
  return bytes;
}

inline std::string little_endian(std::uint64_t value, std::size_t size) {
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes.push_back(static_cast<char>(value >> (8 * i)));
  return bytes;
}

inline std::string npy_with_header(const std::string& header, const std::string& data, int version = 1) {
  const std::size_t length_size = version == 1 ? 2 : 4;
  std::string padded = header;
  while ((8 + length_size + padded.size() + 1) % 64 != 0) padded.push_back(' ');
  padded.push_back('\n');
  return std::string("\x93NUMPY", 6) + static_cast<char>(version) + '\0' + little_endian(padded.size(), length_size) +
         padded + data;
}

enum class Order { c, fortran };

inline std::string npy(const std::string& type, const std::vector<std::size_t>& shape, const std::string& data,
                       Order order = Order::c, int version = 1) {
  return npy_with_header(
      fmt::format("{{'descr': '{}', 'fortran_order': {}, 'shape': ({}{}), }}", type,
                  order == Order::fortran ? "True" : "False", fmt::join(shape, ", "), shape.size() == 1 ? "," : ""),
      data, version);
}

inline std::string npy(const std::vector<float>& values, const std::vector<std::size_t>& shape) {
  return npy("<f4", shape, bytes_of(values));
}

/// A PNG of 8 bits a channel (ISO/IEC 15948); value(y, x, c) with c = 0 blue, 1 green, 2 red.
template <class Value>
std::string png(int height, int width, Value&& value) {
  const auto big_endian = [](std::uint64_t number) { return swapped(little_endian(number, 4), 4); };
  const auto chunk = [&](const std::string& content) {
    const uLong checksum = crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size()));
    return big_endian(content.size() - 4) + content + big_endian(checksum);
  };
  std::string rows;
  for (int y = 0; y < height; ++y) {
    rows.push_back('\0');  // no filter
    for (int x = 0; x < width; ++x) {
      for (const int c : {2, 1, 0}) rows.push_back(static_cast<char>(value(y, x, c)));
    }
  }
  std::string packed(compressBound(rows.size()), '\0');
  uLongf size = packed.size();
  compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(rows.data()), rows.size());
  packed.resize(size);
  const std::string header = "IHDR" + big_endian(static_cast<std::uint64_t>(width)) +
                             big_endian(static_cast<std::uint64_t>(height)) + std::string("\10\2\0\0\0", 5);
  return "\x89PNG\r\n\x1a\n" + chunk(header) + chunk("IDAT" + packed) + chunk("IEND");
}

enum class Packing { stored, deflated };
struct ZipOptions {
  Packing packing = Packing::stored;
  bool zip64 = false;            ///< all sizes and offsets in 64 bits
  bool data_descriptor = false;  ///< the local header does not know checksum and sizes
  std::string comment{};
  std::uint16_t method = 0xffff;  ///< written instead of the true one
  std::uint16_t flags = 0;
};

inline std::string zip(const std::vector<std::pair<std::string, std::string>>& members,
                       const ZipOptions& options = {}) {
  std::string archive;
  std::string directory;
  for (const auto& [name, content] : members) {
    std::string packed = content;
    if (options.packing == Packing::deflated) {
      z_stream stream{};
      deflateInit2(&stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
      packed.resize(deflateBound(&stream, content.size()));
      std::string input = content;
      stream.next_in = reinterpret_cast<Bytef*>(input.data());
      stream.avail_in = static_cast<uInt>(input.size());
      stream.next_out = reinterpret_cast<Bytef*>(packed.data());
      stream.avail_out = static_cast<uInt>(packed.size());
      deflate(&stream, Z_FINISH);
      packed.resize(stream.total_out);
      deflateEnd(&stream);
    }
    const std::uint16_t flags = static_cast<std::uint16_t>(options.flags | (options.data_descriptor ? 8 : 0));
    const std::uint16_t true_method = options.packing == Packing::deflated ? 8 : 0;
    const std::uint16_t method = options.method == 0xffff ? true_method : options.method;
    const std::uint32_t checksum = static_cast<std::uint32_t>(
        crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size())));
    const std::uint64_t offset = archive.size();
    const auto small = [&](std::uint64_t value) { return little_endian(options.zip64 ? 0xffffffff : value, 4); };
    const std::string common = little_endian(flags, 2) + little_endian(method, 2) + std::string(4, '\0');
    const std::string sizes64 = little_endian(content.size(), 8) + little_endian(packed.size(), 8);
    const std::string local_extra = options.zip64 ? little_endian(1, 2) + little_endian(16, 2) + sizes64 : "";
    const bool later = options.data_descriptor;
    archive += "PK\3\4" + little_endian(45, 2) + common + little_endian(later ? 0 : checksum, 4) +
               (later ? std::string(8, '\0') : small(packed.size()) + small(content.size())) +
               little_endian(name.size(), 2) + little_endian(local_extra.size(), 2) + name + local_extra + packed;
    if (later) archive += "PK\7\x08" + little_endian(checksum, 4) + small(packed.size()) + small(content.size());
    // An unknown field in front of the 64-bit one: readers have to walk.
    const std::string unknown = little_endian(0x5455, 2) + little_endian(1, 2) + "x";
    const std::string extra =
        options.zip64 ? unknown + little_endian(1, 2) + little_endian(24, 2) + sizes64 + little_endian(offset, 8)
                      : unknown;
    directory += "PK\1\2" + little_endian(45, 2) + little_endian(45, 2) + common + little_endian(checksum, 4) +
                 small(packed.size()) + small(content.size()) + little_endian(name.size(), 2) +
                 little_endian(extra.size(), 2) + little_endian(3, 2) + std::string(8, '\0') + small(offset) + name +
                 extra + "end";
  }
  const std::uint64_t begin = archive.size();
  archive += directory;
  if (options.zip64) {
    const std::uint64_t end64 = archive.size();
    archive += "PK\6\6" + little_endian(44, 8) + little_endian(45, 2) + little_endian(45, 2) + std::string(8, '\0') +
               little_endian(members.size(), 8) + little_endian(members.size(), 8) +
               little_endian(directory.size(), 8) + little_endian(begin, 8);
    archive += "PK\6\7" + little_endian(0, 4) + little_endian(end64, 8) + little_endian(1, 4);
  }
  const std::uint64_t count = options.zip64 ? 0xffff : members.size();
  archive += "PK\5\6" + std::string(4, '\0') + little_endian(count, 2) + little_endian(count, 2) +
             little_endian(options.zip64 ? 0xffffffff : directory.size(), 4) +
             little_endian(options.zip64 ? 0xffffffff : begin, 4) + little_endian(options.comment.size(), 2) +
             options.comment;
  return archive;
}

/// Keeps what it is warned of.
class Listener : public Observer {
 public:
  void message(Severity severity, std::string_view text) override {
    if (severity == Severity::warning) warnings.emplace_back(text);
  }
  std::vector<std::string> warnings;
};

inline std::vector<std::string> texts_of(const Labels& labels) {
  std::vector<std::string> texts;
  for (const Label& label : labels) texts.push_back(label.text);
  return texts;
}

}  // namespace octune::data::test
