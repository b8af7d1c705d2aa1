// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/tensor_proto.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <system_error>

#include "data/source_spec.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void damaged(const std::string& where, const std::string& what) {
  throw Error(
      ErrorKind::input,
      fmt::format("{}: is no ONNX tensor or is damaged ({}); write it with onnx.numpy_helper.from_array", where, what));
}

/// One field of a protocol buffer message: a number, or the bytes of a text, list or message.
struct Field {
  std::uint64_t number = 0;
  std::uint64_t wire_type = 0;
  std::uint64_t value = 0;
  std::span<const std::byte> bytes{};
};

/// Walks over the wire format: keys (number << 3 | wire type), base-128 integers, fixed widths and lengths.
class WireReader {
 public:
  WireReader(std::span<const std::byte> message, const std::string& where) : rest_(message), where_(where) {}

  bool at_end() const { return rest_.empty(); }

  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = std::to_integer<std::uint64_t>(take(1).front());
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    damaged(where_, "an integer is too long");
  }

  Field field() {
    const std::uint64_t key = varint();
    Field field{key >> 3, key & 7};
    switch (field.wire_type) {
      case 0:
        field.value = varint();
        break;
      case 1:
        field.bytes = take(8);
        break;
      case 2:
        field.bytes = take(varint());
        break;
      case 5:
        field.bytes = take(4);
        break;
      default:
        damaged(where_, fmt::format("wire type {}", field.wire_type));
    }
    return field;
  }

 private:
  std::span<const std::byte> take(std::uint64_t size) {
    if (size > rest_.size()) damaged(where_, "it ends early");
    const auto taken = rest_.first(static_cast<std::size_t>(size));
    rest_ = rest_.subspan(static_cast<std::size_t>(size));
    return taken;
  }

  std::span<const std::byte> rest_;
  const std::string& where_;
};

/// The values of a repeated integer field, packed or one by one.
void append_integers(const Field& field, const std::string& where, std::vector<std::uint64_t>& values) {
  if (field.wire_type == 0) {
    values.push_back(field.value);
  } else if (field.wire_type == 2) {
    for (WireReader packed(field.bytes, where); !packed.at_end();) values.push_back(packed.varint());
  } else {
    damaged(where, fmt::format("field {} is no list of integers", field.number));
  }
}

/// TensorProto.DataType of what is read, and where its values lie if not in raw_data.
enum class List { floats, integers32, integers64, doubles, unsigned64 };
struct ProtoType {
  std::uint64_t number;
  const char* raw;  ///< our name of the type
  List list;
};
constexpr ProtoType kTypes[] = {
    {1, "f32", List::floats},     {2, "u8", List::integers32},      {3, "i8", List::integers32},
    {4, "u16", List::integers32}, {5, "i16", List::integers32},     {6, "i32", List::integers32},
    {7, "i64", List::integers64}, {9, "boolean", List::integers32}, {10, "f16", List::integers32},
    {11, "f64", List::doubles},   {12, "u32", List::unsigned64},    {13, "u64", List::unsigned64},
};

/// The members of a TensorProto that octune needs.
struct Message {
  std::vector<std::uint64_t> dims;
  std::uint64_t data_type = 0;
  std::vector<std::byte> floats, doubles;
  std::vector<std::uint64_t> integers32, integers64, unsigned64;
  std::optional<std::span<const std::byte>> raw;
  std::string name;
  bool external = false;
};

Message read_message(std::span<const std::byte> content, const std::string& where) {
  Message message;
  const auto append = [](std::vector<std::byte>& list, std::span<const std::byte> bytes) {
    list.insert(list.end(), bytes.begin(), bytes.end());
  };
  for (WireReader reader(content, where); !reader.at_end();) {
    const Field field = reader.field();
    switch (field.number) {
      case 1:
        append_integers(field, where, message.dims);
        break;
      case 2:
        message.data_type = field.value;
        break;
      case 4:
        append(message.floats, field.bytes);
        break;
      case 5:
        append_integers(field, where, message.integers32);
        break;
      case 7:
        append_integers(field, where, message.integers64);
        break;
      case 8:
        message.name.assign(reinterpret_cast<const char*>(field.bytes.data()), field.bytes.size());
        break;
      case 9:
        if (field.wire_type != 2) damaged(where, "raw_data holds no bytes");
        message.raw = field.bytes;
        break;
      case 10:
        append(message.doubles, field.bytes);
        break;
      case 11:
        append_integers(field, where, message.unsigned64);
        break;
      case 14:
        message.external = field.value == 1;
        break;
      default:
        break;
    }
  }
  return message;
}

/// Each integer cut to `size` bytes, as the protocol buffer's lists hold small types.
std::vector<std::byte> narrowed(const std::vector<std::uint64_t>& values, std::size_t size) {
  std::vector<std::byte> bytes;
  bytes.reserve(values.size() * size);
  for (const std::uint64_t value : values) {
    for (std::size_t i = 0; i < size; ++i) bytes.push_back(static_cast<std::byte>(value >> (8 * i)));
  }
  return bytes;
}

std::vector<std::byte> listed_values(const Message& message, List list, std::size_t item_size) {
  switch (list) {
    case List::floats:
      return message.floats;
    case List::doubles:
      return message.doubles;
    case List::integers32:
      return narrowed(message.integers32, item_size);
    case List::integers64:
      return narrowed(message.integers64, item_size);
    case List::unsigned64:
      break;
  }
  return narrowed(message.unsigned64, item_size);
}

}  // namespace

NamedArray read_tensor_proto(const fs::path& path) { return parse_tensor_proto(Bytes::map(path), path.string()); }

NamedArray parse_tensor_proto(const Bytes& file, const std::string& where) {
  const Message message = read_message(file.view(), where);
  const auto* type = std::find_if(std::begin(kTypes), std::end(kTypes),
                                  [&](const ProtoType& known) { return known.number == message.data_type; });
  if (message.data_type == 0) damaged(where, "it has no data type");
  if (type == std::end(kTypes)) {
    throw Error(ErrorKind::input,
                fmt::format("{}: values of ONNX data type {} cannot be fed; give floating-point numbers of 16, 32 or "
                            "64 bits, integers or booleans",
                            where, message.data_type));
  }
  if (message.external) {
    throw Error(ErrorKind::input, fmt::format("{}: its values lie in another file; write them into this one", where));
  }
  RawForm form{*raw_type(type->raw), {}};
  std::size_t size = form.type.item_size;
  for (const std::uint64_t length : message.dims) {
    const auto axis = static_cast<std::size_t>(length);
    if (axis != 0 && size > std::numeric_limits<std::size_t>::max() / axis) damaged(where, "its shape is too large");
    size *= axis;
    form.shape.push_back(axis);
  }
  Bytes values;
  if (message.raw) {
    values = file.part(static_cast<std::size_t>(message.raw->data() - file.view().data()), message.raw->size());
  } else {
    values = Bytes::own(listed_values(message, type->list, form.type.item_size));
  }
  if (values.size() != size) {
    damaged(where, fmt::format("{} needs {} bytes, {} are there", text_of(form), size, values.size()));
  }
  return {message.name, NpyArray::of(values, form.type, form.shape, where)};
}

std::vector<fs::path> input_tensors(const fs::path& folder) {
  std::vector<fs::path> files;
  for (std::size_t i = 0;; ++i) {
    fs::path file = folder / fmt::format("input_{}.pb", i);
    std::error_code ignored;
    if (!fs::is_regular_file(file, ignored)) return files;
    files.push_back(std::move(file));
  }
}

std::vector<fs::path> test_data_sets(const fs::path& folder) {
  if (!input_tensors(folder).empty()) return {folder};
  std::vector<std::pair<std::size_t, fs::path>> numbered;
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    constexpr std::string_view kPrefix = "test_data_set_";
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(kPrefix)) continue;
    std::size_t number = 0;
    const char* end = name.data() + name.size();
    const auto [stop, status] = std::from_chars(name.data() + kPrefix.size(), end, number);
    std::error_code ignored;
    if (status != std::errc() || stop != end || !entry->is_directory(ignored)) continue;
    numbered.emplace_back(number, entry->path());
  }
  std::sort(numbered.begin(), numbered.end());
  std::vector<fs::path> folders;
  for (auto& [number, path] : numbered) folders.push_back(std::move(path));
  return folders;
}

}  // namespace octune::data
