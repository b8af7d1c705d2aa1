// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>

/// What the groups of options are made of.
namespace octune::cli {

/// "--x" sets true, "--no-x" false.
inline void add_switch(CLI::App& command, const std::string& name, std::optional<bool>& value,
                       const std::string& help) {
  command.add_flag_function(
      fmt::format("--{},!--no-{}", name, name), [&value](std::int64_t count) { value = count > 0; }, help);
}

/// What was not given leaves `value` as it is. `parse` takes the text and the option's name for messages.
template <class Value, class Parse>
void set(const std::optional<std::string>& text, const char* option, Value& value, Parse parse) {
  if (text) value = parse(*text, option);
}

template <class Value>
void set(const std::optional<Value>& given, Value& value) {
  if (given) value = *given;
}

}  // namespace octune::cli
