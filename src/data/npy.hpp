// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/hash.hpp"
#include "data/bytes.hpp"
#include "data/zip.hpp"

namespace octune::data {

/// What the items of an array are. Dates, records, objects and raw bytes are refused.
enum class NpyKind { boolean, signed_integer, unsigned_integer, floating, unicode, bytes };

struct NpyType {
  NpyKind kind = NpyKind::floating;
  std::size_t item_size = 4;  ///< bytes; unicode: 4 a character
  bool swapped = false;       ///< the other byte order than this machine's
  std::string text;           ///< as the file writes it: "<f4"

  bool is_number() const { return kind != NpyKind::unicode && kind != NpyKind::bytes; }
};

/// An array of NumPy's .npy format, versions 1 to 3, or of numbers from another file, read as rows along its first
/// axis. The bytes stay where they are (in a memory-mapped file or an inflated member); copies are cheap. Immutable and
/// thread-safe.
class NpyArray {
 public:
  /// Reads the header. `where` names the array in messages: "a.npy" or "data.npz:key". Error{input} if it is no .npy,
  /// damaged, shorter than its header says, or of a type that cannot be read.
  static NpyArray parse(const Bytes& file, const std::string& where);
  /// The array of a .npy file.
  static NpyArray open(const std::filesystem::path& path);
  /// Numbers from elsewhere: `values` holds as many as `shape` has, in C order.
  static NpyArray of(const Bytes& values, NpyType type, std::vector<std::size_t> shape, const std::string& where);

  const std::string& where() const { return where_; }
  const NpyType& type() const { return type_; }
  const std::vector<std::size_t>& shape() const { return shape_; }

  /// The same values as the only row of an array with one more axis.
  NpyArray as_single_row() const;

  /// Length of the first axis. Error{input} for a single value, which has none.
  std::size_t rows() const;
  std::vector<std::size_t> row_shape() const;
  std::size_t row_size() const { return row_size_; }

  /// Converts a row of numbers into `out` (row_size() values, C order). Floating-point values go only into
  /// floating-point types; integers and booleans into any. Error{input} for an integer that does not fit the type. T:
  /// float, double, ov::float16, ov::bfloat16, std::[u]int{8,16,32,64}_t; char stands for boolean.
  template <class T>
  void read_row(std::size_t row, T* out) const;

  /// Adds what decides the values of a row, type, shape and bytes in C order, to `hash`: nothing is converted.
  void add_row(std::size_t row, base::Hash& hash) const;

  /// A row's values as the file holds them, if they are in C order and this machine's byte order; shares the owner.
  std::optional<Bytes> stored_row(std::size_t row) const;

  /// A row as text: strings in UTF-8 without padding, integers in decimal, booleans as 0 and 1, floating point in the
  /// shortest form that reads back the same; several values separated by spaces.
  std::string row_text(std::size_t row) const;

 private:
  /// The row's items in C order, as the file has them; `scratch` holds them if they had to be gathered.
  std::span<const std::byte> row_bytes(std::size_t row, std::vector<std::byte>& scratch) const;

  std::string where_;
  Bytes data_;
  NpyType type_;
  std::vector<std::size_t> shape_;
  bool fortran_order_ = false;
  std::size_t row_size_ = 1;
};

/// The arrays of an .npz file by key (the member's name without ".npy").
class NpzFile {
 public:
  explicit NpzFile(const std::filesystem::path& path);

  const std::string& path() const { return path_; }
  /// In ascending order.
  const std::vector<std::string>& keys() const { return keys_; }
  bool contains(const std::string& key) const;
  /// Error{input} with did-you-mean if there is no such key.
  NpyArray array(const std::string& key) const;

 private:
  std::string path_;
  ZipArchive archive_;
  std::vector<std::string> keys_;
};

/// "file.npz:key". Keys may hold colons: the split is at the colon after ".npz", the last one that leaves a file's
/// name.
struct NpzKey {
  std::filesystem::path file;
  std::string key;
};
std::optional<NpzKey> split_npz_key(const std::string& spec);

}  // namespace octune::data
