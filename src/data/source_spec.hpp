// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "data/npy.hpp"

namespace octune::data {

/// What names data: a file or folder, and behind a colon what it does not say itself: "a.bin:f32[8,3]",
/// "table.csv:label=species", "data.npz:key".
struct SourceSpec {
  std::filesystem::path path;
  std::string option;  ///< empty: none
};

/// Splits at the last colon before which a file or folder exists; all of it is the path if it exists as a whole, or if
/// no part of it does.
SourceSpec split_source(const std::string& spec);

/// Error{input} if an option is given to a kind of source that has none.
void refuse_option(const SourceSpec& source);

/// Type and lengths of the items of a file without a header.
struct RawForm {
  NpyType type;
  std::vector<std::size_t> shape;
};

/// Reads "f32[300,3,224,224]". Types: f16, f32, f64, i8 to i64, u8 to u64, boolean. `where` names the source in
/// messages. Error{input} for anything else.
RawForm parse_raw_form(const std::string& text, const std::string& where);

/// The type that raw files name so; none if there is no such type.
std::optional<NpyType> raw_type(const std::string& name);

/// "f32[300,3,224,224]"
std::string text_of(const RawForm& form);

/// A file of nothing but values, little-endian, in C order. Error{input} if its size is not that of the form, saying
/// what it would have to be.
NpyArray open_raw(const std::filesystem::path& path, const RawForm& form);

}  // namespace octune::data
