// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "base/checked_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <span>
#include <sstream>
#include <system_error>

#include "base/hash.hpp"
#include "octune/error.hpp"

namespace octune::base {
namespace {

namespace fs = std::filesystem;

/// What every file of every format begins with.
struct Head {
  std::uint64_t size = 0;  ///< of what follows
  std::uint64_t hash = 0;  ///< of what follows
};
constexpr std::uint64_t kHeadSize = sizeof(FileKind::magic) + 4 + 4 + 8 + 8 + 8;

void write(std::ostream& out, const FileKind& kind, const Head& head) {
  ByteWriter writer(out);
  writer.numbers(std::span<const char>(kind.magic));
  writer.number(kind.format);
  writer.number(std::uint32_t{0});
  writer.number(head.size);
  writer.number(head.hash);
  writer.number(writer.hash());
}

[[noreturn]] void refuse(const std::string& where, const std::string& what) {
  throw Error(ErrorKind::input, fmt::format("{}: {}", where, what));
}

[[noreturn]] void refuse_truncated(const FileKind& kind, const std::string& where, std::uint64_t present,
                                   std::optional<std::uint64_t> whole) {
  refuse(where, fmt::format("is truncated: only {}{} bytes of it are there; copy it again or {} again", present,
                            whole ? fmt::format(" of {}", *whole) : "", kind.renew));
}

/// The head, checked against the `size` of the file.
Head read_head(std::istream& in, std::uint64_t size, const FileKind& kind, const std::string& where) {
  std::array<char, kHeadSize> bytes{};
  const std::uint64_t present = std::min(size, kHeadSize);
  in.read(bytes.data(), static_cast<std::streamsize>(present));
  const std::size_t known = std::min<std::size_t>(present, kind.magic.size());
  if (!std::equal(kind.magic.begin(), kind.magic.begin() + static_cast<std::ptrdiff_t>(known), bytes.begin())) {
    refuse(where, fmt::format("is no {}; give one that {} wrote", kind.name, kind.makers));
  }
  if (present < kHeadSize) refuse_truncated(kind, where, size, std::nullopt);
  Hash hash;
  hash.add(std::as_bytes(std::span(bytes)).first(kHeadSize - sizeof(std::uint64_t)));
  std::istringstream text(std::string(bytes.data(), bytes.size()));
  ByteReader reader(text, kHeadSize);
  reader.numbers<char>(kind.magic.size());
  Head head;
  const auto format = reader.number<std::uint32_t>();
  reader.number<std::uint32_t>();
  head.size = reader.number<std::uint64_t>();
  head.hash = reader.number<std::uint64_t>();
  if (reader.number<std::uint64_t>() != hash.number()) throw Damaged();
  if (format != kind.format) {
    const bool later = format > kind.format;
    refuse(where, fmt::format("was written by {} version of octune (format {}, this one reads {}); {}{} again",
                              later ? "a later" : "an earlier", format, kind.format, later ? "update octune or " : "",
                              kind.renew));
  }
  if (size - kHeadSize < head.size) refuse_truncated(kind, where, size, kHeadSize + head.size);
  if (size - kHeadSize > head.size) throw Damaged();
  return head;
}

std::uint64_t hash_of(std::istream& in, std::uint64_t size) {
  constexpr std::uint64_t kPart = std::uint64_t{1} << 18;
  Hash hash;
  ByteReader reader(in, size);
  while (reader.left() != 0) {
    const auto part = reader.numbers<std::byte>(std::min(kPart, reader.left()));
    hash.add(std::span(part));
  }
  return hash.number();
}

}  // namespace

void write_checked(std::ostream& out, const FileKind& kind, const std::function<void(ByteWriter&)>& write_content) {
  Head head;
  write(out, kind, head);  // to be written over once it is known
  ByteWriter writer(out);
  write_content(writer);
  head.size = writer.size();
  head.hash = writer.hash();
  out.seekp(0);
  write(out, kind, head);
}

void read_checked(std::istream& in, const FileKind& kind, const std::string& where,
                  const std::function<void(ByteReader&)>& read_content) {
  try {
    in.seekg(0, std::ios::end);
    const auto size = static_cast<std::uint64_t>(in.tellg());
    in.seekg(0);
    const Head head = read_head(in, size, kind, where);
    // Before anything is made of the content it is known to be what was written; nothing is believed all the same.
    if (hash_of(in, head.size) != head.hash) throw Damaged();
    in.seekg(static_cast<std::streamoff>(kHeadSize));
    ByteReader reader(in, head.size);
    read_content(reader);
    if (reader.left() != 0) throw Damaged();
  } catch (const Damaged&) {
    refuse(where, fmt::format("is damaged; copy it again, or remove it and {} anew", kind.renew));
  }
}

std::ifstream open_checked(const fs::path& path, const FileKind& kind) {
  std::error_code unknown;
  if (fs::is_directory(path, unknown))
    refuse(path.string(), fmt::format("is a folder; name a {} ({})", kind.name, kind.extension));
  // A pipe would be waited for without end.
  if (fs::exists(path, unknown) && !fs::is_regular_file(path, unknown))
    refuse(path.string(), fmt::format("is no regular file; name a {} ({})", kind.name, kind.extension));
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (in) return in;
  if (errno == ENOENT || errno == ENOTDIR) refuse(path.string(), "does not exist; check the path");
  throw Error(ErrorKind::io, fmt::format("{}: cannot be read ({}); check the path and its permissions", path.string(),
                                         std::strerror(errno)));
}

}  // namespace octune::base
