// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/npy.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <openvino/core/type/bfloat16.hpp>
#include <openvino/core/type/float16.hpp>
#include <type_traits>
#include <utility>

#include "base/assert.hpp"
#include "base/suggest.hpp"
#include "data/npy_header.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace fs = std::filesystem;
namespace {

template <class T>
T load(const std::byte* from, bool swapped) {
  std::array<std::byte, sizeof(T)> bytes;
  std::memcpy(bytes.data(), from, sizeof(T));  // members of an archive are not aligned
  if (swapped) std::reverse(bytes.begin(), bytes.end());
  T value;
  std::memcpy(&value, bytes.data(), sizeof(T));
  return value;
}

template <class T>
constexpr bool kIsFloating =
    std::is_floating_point_v<T> || std::is_same_v<T, ov::float16> || std::is_same_v<T, ov::bfloat16>;

/// True when every value fits `To`. From: bool, an integer or a floating-point type.
template <class From, class To>
bool convert(const std::byte* from, bool swapped, std::size_t count, To* to) {
  if constexpr (std::is_same_v<From, To>) {
    if (!swapped) {
      if (count != 0) std::memcpy(to, from, count * sizeof(To));
      return true;
    }
  }
  bool fits = true;
  const auto each = [&](auto is_swapped) {
    for (std::size_t i = 0; i < count; ++i) {
      const From value = load<From>(from + i * sizeof(From), is_swapped);
      if constexpr (std::is_same_v<To, char>) {  // ov::element::boolean is stored so
        to[i] = value != From(0) ? 1 : 0;
      } else if constexpr (std::is_same_v<To, ov::float16> || std::is_same_v<To, ov::bfloat16>) {
        to[i] = To(static_cast<float>(value));
      } else if constexpr (std::is_floating_point_v<To>) {
        to[i] = static_cast<To>(value);
      } else {
        fits &= std::in_range<To>(value);
        to[i] = static_cast<To>(value);
      }
    }
  };
  if (swapped) {
    each(std::true_type{});
  } else {
    each(std::false_type{});
  }
  return fits;
}

void append_utf8(std::string& text, std::uint32_t code, const std::string& where) {
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
    throw Error(ErrorKind::input,
                fmt::format("{}: holds {:#x}, which is no character; write the strings again", where, code));
  }
  const auto put = [&text](std::uint32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | (code >> 6));
    put(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    put(0xe0 | (code >> 12));
    put(0x80 | ((code >> 6) & 0x3f));
    put(0x80 | (code & 0x3f));
  } else {
    put(0xf0 | (code >> 18));
    put(0x80 | ((code >> 12) & 0x3f));
    put(0x80 | ((code >> 6) & 0x3f));
    put(0x80 | (code & 0x3f));
  }
}

/// The product, or none when it does not fit.
std::optional<std::size_t> product(std::span<const std::size_t> factors, std::size_t start) {
  if (std::find(factors.begin(), factors.end(), 0u) != factors.end()) return 0;
  std::size_t result = start;
  for (const std::size_t factor : factors) {
    if (result > std::numeric_limits<std::size_t>::max() / factor) return std::nullopt;
    result *= factor;
  }
  return result;
}

}  // namespace

NpyArray NpyArray::parse(const Bytes& file, const std::string& where) {
  NpyHeader header = parse_npy_header(file.view(), where);
  const std::optional<std::size_t> promised = product(header.shape, header.type.item_size);
  const std::size_t present = file.size() - header.data_offset;
  if (!promised || *promised > present) {
    throw Error(ErrorKind::input,
                fmt::format("{}: is cut off: shape [{}] of '{}' needs {} bytes, {} are there; write it again", where,
                            fmt::join(header.shape, ","), header.type.text,
                            promised ? std::to_string(*promised) : "more than 2^64", present));
  }
  NpyArray array;
  array.where_ = where;
  array.data_ = file.part(header.data_offset, *promised);
  array.type_ = std::move(header.type);
  array.shape_ = std::move(header.shape);
  array.fortran_order_ = header.fortran_order;
  if (array.shape_.size() > 1) array.row_size_ = product(std::span(array.shape_).subspan(1), 1).value_or(0);
  return array;
}

NpyArray NpyArray::of(const Bytes& values, NpyType type, std::vector<std::size_t> shape, const std::string& where) {
  OCTUNE_ASSERT(product(shape, type.item_size) == values.size(), "values that do not fill their shape");
  NpyArray array;
  array.where_ = where;
  array.data_ = values;
  array.type_ = std::move(type);
  array.shape_ = std::move(shape);
  if (array.shape_.size() > 1) array.row_size_ = product(std::span(array.shape_).subspan(1), 1).value_or(0);
  return array;
}

NpyArray NpyArray::open(const fs::path& path) { return parse(Bytes::map(path), path.string()); }

NpyArray NpyArray::as_single_row() const {
  NpyArray array = *this;
  array.shape_.insert(array.shape_.begin(), 1);
  array.row_size_ = product(shape_, 1).value_or(0);
  return array;
}

std::size_t NpyArray::rows() const {
  if (shape_.empty()) {
    throw Error(ErrorKind::input,
                fmt::format("{}: is a single value; the first axis counts the samples, write an array with "
                            "one row a sample",
                            where_));
  }
  return shape_.front();
}

std::vector<std::size_t> NpyArray::row_shape() const {
  return {shape_.begin() + (shape_.empty() ? 0 : 1), shape_.end()};
}

std::span<const std::byte> NpyArray::row_bytes(std::size_t row, std::vector<std::byte>& scratch) const {
  OCTUNE_ASSERT(row < rows(), "a row outside the array");
  const std::size_t item = type_.item_size;
  const std::span<const std::byte> data = data_.view();
  if (!fortran_order_) return data.subspan(row * row_size_ * item, row_size_ * item);

  // Fortran order: axis k advances by the product of the lengths before it. Walk the row's indices in C order.
  scratch.resize(row_size_ * item);
  const std::size_t rank = shape_.size();
  std::vector<std::size_t> stride(rank, 1);
  for (std::size_t axis = 1; axis < rank; ++axis) stride[axis] = stride[axis - 1] * shape_[axis - 1];
  std::vector<std::size_t> index(rank, 0);
  std::size_t source = row;
  for (std::size_t target = 0; target < row_size_; ++target) {
    std::memcpy(scratch.data() + target * item, data.data() + source * item, item);
    for (std::size_t axis = rank; axis-- > 1;) {
      source += stride[axis];
      if (++index[axis] < shape_[axis]) break;
      source -= stride[axis] * shape_[axis];
      index[axis] = 0;
    }
  }
  return scratch;
}

template <class T>
void NpyArray::read_row(std::size_t row, T* out) const {
  std::vector<std::byte> scratch;
  const std::span<const std::byte> bytes = row_bytes(row, scratch);
  const auto from = [&]<class From>(From) { return convert<From, T>(bytes.data(), type_.swapped, row_size_, out); };
  bool fits = true;
  const bool is_signed = type_.kind == NpyKind::signed_integer;
  if (type_.kind == NpyKind::floating) {
    if constexpr (kIsFloating<T>) {
      fits = type_.item_size == 2 ? from(ov::float16{}) : type_.item_size == 4 ? from(float{}) : from(double{});
    } else {
      OCTUNE_ASSERT(false, "floating-point values for an integer type");
    }
  } else {
    OCTUNE_ASSERT(type_.is_number(), "strings for a numeric type");
    switch (type_.item_size) {
      case 1:
        fits = is_signed ? from(std::int8_t{}) : from(std::uint8_t{});
        break;
      case 2:
        fits = is_signed ? from(std::int16_t{}) : from(std::uint16_t{});
        break;
      case 4:
        fits = is_signed ? from(std::int32_t{}) : from(std::uint32_t{});
        break;
      default:
        fits = is_signed ? from(std::int64_t{}) : from(std::uint64_t{});
        break;
    }
  }
  data_.release(bytes);
  if (!fits) {
    throw Error(ErrorKind::input, fmt::format("{}[{}]: a value of '{}' does not fit the input's type; check the data",
                                              where_, row, type_.text));
  }
}

template void NpyArray::read_row(std::size_t, float*) const;
template void NpyArray::read_row(std::size_t, double*) const;
template void NpyArray::read_row(std::size_t, ov::float16*) const;
template void NpyArray::read_row(std::size_t, ov::bfloat16*) const;
template void NpyArray::read_row(std::size_t, char*) const;
template void NpyArray::read_row(std::size_t, std::int8_t*) const;
template void NpyArray::read_row(std::size_t, std::int16_t*) const;
template void NpyArray::read_row(std::size_t, std::int32_t*) const;
template void NpyArray::read_row(std::size_t, std::int64_t*) const;
template void NpyArray::read_row(std::size_t, std::uint8_t*) const;
template void NpyArray::read_row(std::size_t, std::uint16_t*) const;
template void NpyArray::read_row(std::size_t, std::uint32_t*) const;
template void NpyArray::read_row(std::size_t, std::uint64_t*) const;

void NpyArray::add_row(std::size_t row, base::Hash& hash) const {
  hash.add(type_.text).add(std::uint64_t{shape_.size()});
  for (const std::size_t length : row_shape()) hash.add(std::uint64_t{length});
  std::vector<std::byte> scratch;
  const std::span<const std::byte> bytes = row_bytes(row, scratch);
  hash.add(bytes);
  data_.release(bytes);
}

std::optional<Bytes> NpyArray::stored_row(std::size_t row) const {
  if (fortran_order_ || type_.swapped) return std::nullopt;
  const std::size_t size = row_size_ * type_.item_size;
  return data_.part(row * size, size);
}

std::string NpyArray::row_text(std::size_t row) const {
  std::vector<std::byte> scratch;
  const std::span<const std::byte> bytes = row_bytes(row, scratch);
  const auto numbers = [&]<class T>(T) {
    std::vector<T> values(row_size_);
    read_row(row, values.data());
    return fmt::format("{}", fmt::join(values, " "));
  };
  switch (type_.kind) {
    case NpyKind::boolean:
    case NpyKind::unsigned_integer:
      return numbers(std::uint64_t{});
    case NpyKind::signed_integer:
      return numbers(std::int64_t{});
    case NpyKind::floating:  // the shortest text depends on the type: 0.1f is not 0.1
      return type_.item_size == 8 ? numbers(double{}) : numbers(float{});
    case NpyKind::unicode:
    case NpyKind::bytes:
      break;
  }
  std::string text;
  for (std::size_t item = 0; item < row_size_; ++item) {
    if (item != 0) text.push_back(' ');
    const std::byte* begin = bytes.data() + item * type_.item_size;
    std::string value;
    if (type_.kind == NpyKind::unicode) {
      std::vector<std::uint32_t> codes;
      for (std::size_t at = 0; at < type_.item_size; at += 4)
        codes.push_back(load<std::uint32_t>(begin + at, type_.swapped));
      while (!codes.empty() && codes.back() == 0) codes.pop_back();
      for (const std::uint32_t code : codes) append_utf8(value, code, where_);
    } else {
      value.assign(reinterpret_cast<const char*>(begin), type_.item_size);
      value.erase(value.find_last_not_of('\0') + 1);
    }
    text += value;
  }
  return text;
}

NpzFile::NpzFile(const fs::path& path) : path_(path.string()), archive_(path) {
  for (const std::string& name : archive_.names()) {
    if (name.ends_with(".npy")) keys_.push_back(name.substr(0, name.size() - 4));
  }
}

bool NpzFile::contains(const std::string& key) const {
  return std::find(keys_.begin(), keys_.end(), key) != keys_.end();
}

NpyArray NpzFile::array(const std::string& key) const {
  if (!contains(key)) {
    throw Error(ErrorKind::input, fmt::format("{}: has no key '{}'; {}", path_, key, base::did_you_mean(key, keys_)));
  }
  return NpyArray::parse(archive_.member(key + ".npy"), path_ + ":" + key);
}

std::optional<NpzKey> split_npz_key(const std::string& spec) {
  static constexpr std::string_view kMark = ".npz:";
  std::optional<NpzKey> first_guess;
  for (std::size_t at = spec.rfind(kMark); at != std::string::npos;
       at = at == 0 ? std::string::npos : spec.rfind(kMark, at - 1)) {
    NpzKey split{spec.substr(0, at + kMark.size() - 1), spec.substr(at + kMark.size())};
    if (path_exists(split.file)) return split;
    if (!first_guess) first_guess = std::move(split);
  }
  return first_guess;
}

}  // namespace octune::data
