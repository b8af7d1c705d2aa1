// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/npy_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <optional>

#include "octune/error.hpp"

namespace octune::data {
namespace {

[[noreturn]] void damaged(const std::string& where, std::string_view what) {
  throw Error(ErrorKind::input,
              fmt::format("{}: the .npy header is damaged ({}); write it again with numpy.save", where, what));
}

[[noreturn]] void unreadable_type(const std::string& where, const std::string& type) {
  throw Error(
      ErrorKind::input,
      fmt::format("{}: arrays of type '{}' cannot be read; write booleans, integers, float16, float32, float64 or "
                  "strings",
                  where, type));
}

NpyType parse_type(const std::string& text, const std::string& where) {
  NpyType type;
  type.text = text;
  std::string_view rest = text;
  char order = '=';
  if (!rest.empty() && std::string_view("<>|=").find(rest.front()) != std::string_view::npos) {
    order = rest.front();
    rest.remove_prefix(1);
  }
  if (rest.empty()) unreadable_type(where, text);
  const char letter = rest.front();
  rest.remove_prefix(1);
  if (letter == 'O') {
    throw Error(ErrorKind::input,
                fmt::format("{}: holds Python objects, which are not read because that would run code; "
                            "convert it with astype() to numbers or strings",
                            where));
  }
  std::size_t count = 0;
  const auto [end, status] = std::from_chars(rest.data(), rest.data() + rest.size(), count);
  if (status != std::errc() || end != rest.data() + rest.size()) unreadable_type(where, text);

  const auto one_of = [count](std::initializer_list<std::size_t> sizes) {
    return std::find(sizes.begin(), sizes.end(), count) != sizes.end();
  };
  bool readable = false;
  switch (letter) {
    case 'b':
      type.kind = NpyKind::boolean;
      readable = count == 1;
      break;
    case 'i':
      type.kind = NpyKind::signed_integer;
      readable = one_of({1, 2, 4, 8});
      break;
    case 'u':
      type.kind = NpyKind::unsigned_integer;
      readable = one_of({1, 2, 4, 8});
      break;
    case 'f':
      type.kind = NpyKind::floating;
      readable = one_of({2, 4, 8});
      break;
    case 'U':
      type.kind = NpyKind::unicode;
      readable = count <= (std::size_t{1} << 32);
      count *= 4;
      break;
    case 'S':
    case 'a':
      type.kind = NpyKind::bytes;
      readable = true;
      break;
    default:
      break;
  }
  if (!readable) unreadable_type(where, text);
  type.item_size = count;
  const bool big = std::endian::native == std::endian::big;
  type.swapped = (order == '<' && big) || (order == '>' && !big);
  return type;
}

/// The dictionary is a Python literal; this reads the part of the language that NumPy writes there.
class DictionaryReader {
 public:
  DictionaryReader(std::string_view text, const std::string& where) : text_(text), where_(where) {}

  NpyHeader read() {
    NpyHeader header;
    std::optional<std::string> type;
    bool has_order = false;
    bool has_shape = false;
    expect('{');
    while (!accept('}')) {
      const std::string key = quoted();
      expect(':');
      if (key == "descr") {
        if (peek() == '[') {
          throw Error(ErrorKind::input,
                      fmt::format("{}: holds records with several fields; write one array for each field", where_));
        }
        type = quoted();
      } else if (key == "fortran_order") {
        header.fortran_order = boolean();
        has_order = true;
      } else if (key == "shape") {
        header.shape = shape();
        has_shape = true;
      } else {
        damaged(where_, fmt::format("unknown key '{}'", key));
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    if (!type || !has_order || !has_shape) damaged(where_, "'descr', 'fortran_order' or 'shape' is missing");
    header.type = parse_type(*type, where_);
    return header;
  }

 private:
  char peek() {
    while (position_ < text_.size() &&
           (text_[position_] == ' ' || text_[position_] == '\n' || text_[position_] == '\t')) {
      ++position_;
    }
    return position_ < text_.size() ? text_[position_] : '\0';
  }
  bool accept(char wanted) {
    if (peek() != wanted) return false;
    ++position_;
    return true;
  }
  void expect(char wanted) {
    if (!accept(wanted)) damaged(where_, fmt::format("'{}' expected at position {}", wanted, position_));
  }
  bool accept_word(std::string_view word) {
    peek();
    if (text_.substr(position_, word.size()) != word) return false;
    position_ += word.size();
    return true;
  }
  bool boolean() {
    if (accept_word("True")) return true;
    if (!accept_word("False")) damaged(where_, "'fortran_order' is neither True nor False");
    return false;
  }
  std::string quoted() {
    const char quote = peek() == '"' ? '"' : '\'';
    expect(quote);
    const std::size_t end = text_.find(quote, position_);
    if (end == std::string_view::npos) damaged(where_, "a string does not end");
    const std::string result(text_.substr(position_, end - position_));
    position_ = end + 1;
    return result;
  }
  std::vector<std::size_t> shape() {
    std::vector<std::size_t> result;
    expect('(');
    while (!accept(')')) {
      peek();
      std::size_t length = 0;
      const auto [end, status] = std::from_chars(text_.data() + position_, text_.data() + text_.size(), length);
      if (status != std::errc()) damaged(where_, "'shape' holds something else than lengths");
      position_ = static_cast<std::size_t>(end - text_.data());
      accept('L');  // Python 2 wrote long integers so
      result.push_back(length);
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return result;
  }

  std::string_view text_;
  const std::string& where_;
  std::size_t position_ = 0;
};

}  // namespace

NpyHeader parse_npy_header(std::span<const std::byte> file, const std::string& where) {
  constexpr std::string_view kMagic = "\x93NUMPY";
  constexpr std::size_t kBeforeLength = 8;
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  if (!text.starts_with(kMagic)) {
    throw Error(ErrorKind::input, fmt::format("{}: is no .npy array; write it with numpy.save", where));
  }
  if (file.size() < kBeforeLength + 4) damaged(where, "it ends early");
  const auto byte = [&](std::size_t at) { return std::to_integer<std::size_t>(file[at]); };
  const std::size_t version = byte(6);
  if (version < 1 || version > 3) {
    throw Error(ErrorKind::input,
                fmt::format("{}: .npy version {}.{} is not known; versions 1 to 3 are read", where, version, byte(7)));
  }
  const std::size_t length_size = version == 1 ? 2 : 4;
  std::size_t length = 0;
  for (std::size_t i = 0; i < length_size; ++i) length |= byte(kBeforeLength + i) << (8 * i);
  const std::size_t begin = kBeforeLength + length_size;
  if (length > file.size() - begin) damaged(where, "it ends early");
  NpyHeader header = DictionaryReader(text.substr(begin, length), where).read();
  header.data_offset = begin + length;
  return header;
}

}  // namespace octune::data
