// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/suggest.hpp"
#include "octune/error.hpp"

namespace octune::base {

/// The spelling of an enumeration's values: one table serves printing, parsing and did-you-mean.
/// Specialise `static constexpr std::array<std::pair<Enum, std::string_view>, N> table`.
template <class Enum>
struct EnumNames;

template <class Enum>
std::string_view name_of(Enum value) {
  for (const auto& [known, name] : EnumNames<Enum>::table) {
    if (known == value) return name;
  }
  throw Error(ErrorKind::internal, "an enumeration value without a name");
}

template <class Enum>
std::vector<std::string> names_of() {
  std::vector<std::string> names;
  for (const auto& [value, name] : EnumNames<Enum>::table) names.emplace_back(name);
  return names;
}

/// The value called `name`; Error{input} "<where>: unknown value '<name>'; did you mean ...".
template <class Enum>
Enum parse_enum(std::string_view name, std::string_view where) {
  for (const auto& [value, known] : EnumNames<Enum>::table) {
    if (known == name) return value;
  }
  throw Error(ErrorKind::input, std::string(where) + ": unknown value '" + std::string(name) + "'; " +
                                    did_you_mean(name, names_of<Enum>()));
}

}  // namespace octune::base
