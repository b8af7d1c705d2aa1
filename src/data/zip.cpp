// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/zip.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <string_view>

#include "base/assert.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace {

constexpr std::uint32_t kLocalHeader = 0x04034b50;
constexpr std::uint32_t kDirectoryEntry = 0x02014b50;
constexpr std::uint32_t kEndOfDirectory = 0x06054b50;
constexpr std::uint32_t kEndOfDirectory64 = 0x06064b50;
constexpr std::uint32_t kLocator64 = 0x07064b50;
constexpr std::uint16_t kExtra64 = 0x0001;
constexpr std::uint16_t kEncrypted = 1;
constexpr std::uint16_t kStored = 0;
constexpr std::uint16_t kDeflated = 8;
constexpr std::uint32_t kSee64 = 0xffffffff;  // "the real number stands in the zip64 fields"

[[noreturn]] void damaged(const std::string& path, std::string_view what) {
  throw Error(ErrorKind::input,
              fmt::format("{}: the archive is damaged or incomplete ({}); write it again", path, what));
}

/// Little-endian numbers at a moving position; reading past the end says that the archive is damaged.
class Cursor {
 public:
  Cursor(const std::string& path, std::span<const std::byte> bytes, std::uint64_t position, std::string_view what)
      : path_(path), bytes_(bytes), position_(position), what_(what) {
    require(0);
  }

  template <class T>
  T number() {
    require(sizeof(T));
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      value = static_cast<T>(value | static_cast<T>(static_cast<T>(bytes_[position_ + i]) << (8 * i)));
    }
    position_ += sizeof(T);
    return value;
  }
  std::uint16_t u16() { return number<std::uint16_t>(); }
  std::uint32_t u32() { return number<std::uint32_t>(); }
  std::uint64_t u64() { return number<std::uint64_t>(); }

  std::span<const std::byte> take(std::uint64_t size) {
    require(size);
    const auto part = bytes_.subspan(position_, size);
    position_ += size;
    return part;
  }
  void skip(std::uint64_t size) { take(size); }
  std::uint64_t position() const { return position_; }
  std::uint64_t left() const { return bytes_.size() - position_; }

 private:
  void require(std::uint64_t size) const {
    if (position_ > bytes_.size() || size > bytes_.size() - position_) damaged(path_, what_);
  }

  const std::string& path_;
  std::span<const std::byte> bytes_;
  std::uint64_t position_;
  std::string_view what_;
};

struct Directory {
  std::uint64_t offset = 0;
  std::uint64_t entries = 0;
};

/// Position of the end-of-directory record: the last one whose comment reaches exactly to the end of the file.
std::optional<std::uint64_t> find_end(const std::string& path, std::span<const std::byte> bytes) {
  constexpr std::uint64_t kRecord = 22;
  constexpr std::uint64_t kLongestComment = 0xffff;
  if (bytes.size() < kRecord) return std::nullopt;
  const std::uint64_t last = bytes.size() - kRecord;
  const std::uint64_t first = last - std::min(last, kLongestComment);
  for (std::uint64_t position = last + 1; position-- > first;) {
    Cursor cursor(path, bytes, position, "end of directory");
    if (cursor.u32() != kEndOfDirectory) continue;
    cursor.skip(16);
    if (cursor.u16() == last - position) return position;
  }
  return std::nullopt;
}

Directory find_directory(const std::string& path, std::span<const std::byte> bytes) {
  const std::optional<std::uint64_t> end = find_end(path, bytes);
  if (!end) {
    if (bytes.size() >= 4 && Cursor(path, bytes, 0, "first header").u32() == kLocalHeader) {
      damaged(path, "its directory is missing");
    }
    throw Error(ErrorKind::input, fmt::format("{}: is no zip archive; write it with numpy.savez", path));
  }
  Directory directory;
  Cursor cursor(path, bytes, *end + 10, "end of directory");
  directory.entries = cursor.u16();
  cursor.skip(4);
  directory.offset = cursor.u32();

  constexpr std::uint64_t kLocatorSize = 20;
  if (*end >= kLocatorSize) {
    Cursor locator(path, bytes, *end - kLocatorSize, "zip64 locator");
    if (locator.u32() == kLocator64) {
      locator.skip(4);
      Cursor end64(path, bytes, locator.u64(), "zip64 end of directory");
      if (end64.u32() != kEndOfDirectory64) damaged(path, "zip64 end of directory");
      end64.skip(28);
      directory.entries = end64.u64();
      end64.skip(8);
      directory.offset = end64.u64();
    }
  }
  return directory;
}

Bytes inflate_member(const std::string& where, std::span<const std::byte> packed, std::uint64_t size,
                     std::uint32_t checksum) {
  // Deflate expands at most 1032 times: a larger promise is a damaged directory, not a reason to allocate.
  if (size / 1032 > packed.size()) damaged(where, "its size is impossible");
  std::vector<std::byte> content(size);
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw Error(ErrorKind::internal, where + ": zlib does not start");
  constexpr std::uint64_t kPiece = std::numeric_limits<uInt>::max() / 2;  // zlib counts in 32 bits
  std::uint64_t in = 0;
  std::uint64_t out = 0;
  std::byte beyond{};  // an empty buffer would look like "no room" to zlib
  int status = Z_OK;
  while (status == Z_OK) {
    const auto given = static_cast<uInt>(std::min<std::uint64_t>(kPiece, packed.size() - in));
    const auto room = static_cast<uInt>(std::min<std::uint64_t>(kPiece, size - out));
    // zlib's interface is not const-correct; it does not write to its input.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(packed.data() + in));
    stream.avail_in = given;
    stream.next_out = room == 0 ? reinterpret_cast<Bytef*>(&beyond) : reinterpret_cast<Bytef*>(content.data() + out);
    stream.avail_out = room == 0 ? 1 : room;
    status = inflate(&stream, Z_NO_FLUSH);
    in += given - stream.avail_in;
    if (room == 0) {
      if (stream.avail_out == 0) status = Z_DATA_ERROR;  // more content than promised
    } else {
      out += room - stream.avail_out;
    }
  }
  inflateEnd(&stream);
  if (status != Z_STREAM_END || out != size) damaged(where, "its compressed data");
  uLong found = crc32(0, nullptr, 0);
  for (std::uint64_t done = 0; done < size; done += kPiece) {
    found = crc32(found, reinterpret_cast<const Bytef*>(content.data() + done),
                  static_cast<uInt>(std::min(kPiece, size - done)));
  }
  if (found != checksum) damaged(where, "its checksum differs");
  return Bytes::own(std::move(content));
}

}  // namespace

ZipArchive::ZipArchive(const std::filesystem::path& path) : path_(path.string()), file_(Bytes::map(path)) {
  const std::span<const std::byte> bytes = file_.view();
  const Directory directory = find_directory(path_, bytes);
  Cursor cursor(path_, bytes, directory.offset, "directory");
  for (std::uint64_t entry = 0; entry < directory.entries; ++entry) {
    if (cursor.u32() != kDirectoryEntry) damaged(path_, "directory");
    Member member;
    cursor.skip(4);
    member.flags = cursor.u16();
    member.method = cursor.u16();
    cursor.skip(4);
    member.checksum = cursor.u32();
    member.compressed_size = cursor.u32();
    member.size = cursor.u32();
    const std::uint16_t name_size = cursor.u16();
    const std::uint16_t extra_size = cursor.u16();
    const std::uint16_t comment_size = cursor.u16();
    cursor.skip(8);
    member.header_offset = cursor.u32();
    const auto name = cursor.take(name_size);
    Cursor extra(path_, cursor.take(extra_size), 0, "directory");
    cursor.skip(comment_size);
    while (extra.left() >= 4) {
      const std::uint16_t id = extra.u16();
      const std::uint16_t size = extra.u16();
      Cursor field(path_, extra.take(size), 0, "zip64 sizes");
      if (id != kExtra64) continue;
      // Only the numbers that did not fit are there, in this order.
      if (member.size == kSee64) member.size = field.u64();
      if (member.compressed_size == kSee64) member.compressed_size = field.u64();
      if (member.header_offset == kSee64) member.header_offset = field.u64();
    }
    members_[std::string(reinterpret_cast<const char*>(name.data()), name.size())] = member;
  }
}

std::vector<std::string> ZipArchive::names() const {
  std::vector<std::string> names;
  for (const auto& [name, member] : members_) names.push_back(name);
  return names;
}

Bytes ZipArchive::member(const std::string& name) const {
  const auto found = members_.find(name);
  OCTUNE_ASSERT(found != members_.end(), "a zip member that is not there");
  const Member& member = found->second;
  const std::string where = path_ + ":" + name;
  if ((member.flags & kEncrypted) != 0) {
    throw Error(ErrorKind::input, where + ": is encrypted; write it with numpy.savez or numpy.savez_compressed");
  }
  Cursor header(where, file_.view(), member.header_offset, "member header");
  if (header.u32() != kLocalHeader) damaged(where, "member header");
  header.skip(22);
  const std::uint16_t name_size = header.u16();
  const std::uint16_t extra_size = header.u16();
  header.skip(static_cast<std::uint64_t>(name_size) + extra_size);
  const std::uint64_t offset = header.position();
  const auto packed = header.take(member.compressed_size);
  if (member.method == kStored) {
    if (member.compressed_size != member.size) damaged(where, "member sizes");
    return file_.part(offset, member.size);
  }
  if (member.method == kDeflated) return inflate_member(where, packed, member.size, member.checksum);
  throw Error(ErrorKind::input, fmt::format("{}: compression method {} is not supported; write it with numpy.savez or "
                                            "numpy.savez_compressed",
                                            where, member.method));
}

}  // namespace octune::data
