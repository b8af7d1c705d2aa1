// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/source_spec.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "base/suggest.hpp"
#include "data/bytes.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace fs = std::filesystem;
namespace {

struct NamedType {
  const char* name;
  NpyKind kind;
  std::size_t size;
};
constexpr std::array<NamedType, 12> kRawTypes{{{"f16", NpyKind::floating, 2},
                                               {"f32", NpyKind::floating, 4},
                                               {"f64", NpyKind::floating, 8},
                                               {"i8", NpyKind::signed_integer, 1},
                                               {"i16", NpyKind::signed_integer, 2},
                                               {"i32", NpyKind::signed_integer, 4},
                                               {"i64", NpyKind::signed_integer, 8},
                                               {"u8", NpyKind::unsigned_integer, 1},
                                               {"u16", NpyKind::unsigned_integer, 2},
                                               {"u32", NpyKind::unsigned_integer, 4},
                                               {"u64", NpyKind::unsigned_integer, 8},
                                               {"boolean", NpyKind::boolean, 1}}};

[[noreturn]] void no_form(const std::string& text, const std::string& where) {
  throw Error(ErrorKind::input,
              fmt::format("{}: '{}' is no type and shape of values; write {}:f32[300,3,224,224]", where, text, where));
}

/// Bytes of the form's values; none where they do not fit 64 bits.
std::optional<std::size_t> byte_size(const RawForm& form) {
  std::size_t size = form.type.item_size;
  for (const std::size_t length : form.shape) {
    if (length != 0 && size > std::numeric_limits<std::size_t>::max() / length) return std::nullopt;
    size *= length;
  }
  return size;
}

}  // namespace

SourceSpec split_source(const std::string& spec) {
  if (!path_exists(spec)) {
    for (std::size_t colon = spec.rfind(':'); colon != std::string::npos && colon != 0;
         colon = spec.rfind(':', colon - 1)) {
      if (path_exists(spec.substr(0, colon))) return {spec.substr(0, colon), spec.substr(colon + 1)};
    }
  }
  return {spec, ""};
}

void refuse_option(const SourceSpec& source) {
  if (source.option.empty()) return;
  throw Error(ErrorKind::input, fmt::format("{}:{}: nothing can be chosen of such data behind a colon; remove ':{}'",
                                            source.path.string(), source.option, source.option));
}

std::optional<NpyType> raw_type(const std::string& name) {
  for (const NamedType& known : kRawTypes) {
    if (name == known.name) return NpyType{known.kind, known.size, false, name};
  }
  return std::nullopt;
}

RawForm parse_raw_form(const std::string& text, const std::string& where) {
  const std::size_t open = text.find('[');
  if (open == std::string::npos || text.back() != ']') no_form(text, where);
  const std::string name = text.substr(0, open);
  const std::optional<NpyType> type = raw_type(name);
  if (!type) {
    std::vector<std::string> known;
    for (const NamedType& entry : kRawTypes) known.emplace_back(entry.name);
    throw Error(ErrorKind::input,
                fmt::format("{}: unknown type '{}'; {}", where, name, base::did_you_mean(name, known)));
  }
  RawForm form{*type, {}};
  const char* at = text.data() + open + 1;
  const char* end = text.data() + text.size() - 1;
  while (at != end) {
    std::size_t length = 0;
    const auto [stop, status] = std::from_chars(at, end, length);
    if (status != std::errc() || length == 0 || (stop != end && *stop != ',')) no_form(text, where);
    form.shape.push_back(length);
    at = stop == end ? stop : stop + 1;
    if (stop != end && at == end) no_form(text, where);  // a comma at the end
  }
  return form;
}

std::string text_of(const RawForm& form) { return fmt::format("{}[{}]", form.type.text, fmt::join(form.shape, ",")); }

NpyArray open_raw(const fs::path& path, const RawForm& form) {
  const Bytes content = Bytes::map(path);
  const std::optional<std::size_t> wanted = byte_size(form);
  if (content.size() != wanted) {
    throw Error(ErrorKind::input,
                fmt::format("{}: has {} bytes, {} needs {}; give the type and shape it was written with", path.string(),
                            content.size(), text_of(form), wanted ? std::to_string(*wanted) : "more than 2^64"));
  }
  return NpyArray::of(content, form.type, form.shape, path.string());
}

}  // namespace octune::data
