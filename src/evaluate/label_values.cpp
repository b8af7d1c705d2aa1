// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/label_values.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>

#include "evaluate/values.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

/// Takes the leading white space off `text`.
void skip_space(std::string_view& text) { text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size())); }

/// "3", "[3, 5]", "3|5", "3,5" and "3 5" as numbers, "[]" as none; nothing if it is none of these.
std::optional<std::vector<std::int64_t>> parse_indices(std::string_view label) {
  std::string_view text = trimmed(label);
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') {
    text = trimmed(text.substr(1, text.size() - 2));
    if (text.empty()) return std::vector<std::int64_t>{};
  }
  std::vector<std::int64_t> indices;
  while (true) {
    const std::string_view item = text.substr(0, text.find_first_of(" \t\r\n,|"));
    std::int64_t value = 0;
    const auto [stop, error] = std::from_chars(item.data(), item.data() + item.size(), value);
    if (error != std::errc{} || stop != item.data() + item.size()) return std::nullopt;
    indices.push_back(value);
    text.remove_prefix(item.size());
    if (text.empty()) return indices;
    skip_space(text);
    if (text.front() != ',' && text.front() != '|') continue;
    text.remove_prefix(1);
    skip_space(text);
  }
}

std::optional<std::vector<std::int64_t>> indices_of(const Label& label) {
  if (!label.values) return parse_indices(label.text);
  std::vector<std::int64_t> indices;
  for (const double value : to_doubles(label.values)) {
    // Beyond 2^53 not every integer is a double; no model has as many classes.
    if (std::trunc(value) != value || std::abs(value) > 9007199254740992.0) return std::nullopt;
    indices.push_back(static_cast<std::int64_t>(value));
  }
  return indices;
}

[[noreturn]] void throw_no_index(const Label& label, std::string_view where) {
  throw Error(ErrorKind::input,
              fmt::format("{}: label '{}' is no class index; an integer is allowed, or several acceptable ones as "
                          "'[3,5]', '3|5' or '3,5' (folders with names: --labels folders:sorted or folders:names.txt)",
                          where, shown(label)));
}

}  // namespace

std::string metric_place(std::string_view name) { return fmt::format("metric '{}'", name); }

std::string shown(const Label& label) {
  if (!label.values) return label.text;
  constexpr std::size_t kShown = 8;
  std::vector<double> values = to_doubles(label.values);
  if (values.size() == 1) return fmt::format("{}", values.front());
  const bool cut = values.size() > kShown;
  if (cut) values.resize(kShown);
  return fmt::format("[{}{}]", fmt::join(values, ", "), cut ? ", ..." : "");
}

std::vector<double> label_numbers(const Label& label, std::string_view where) {
  const auto refuse = [&](std::string_view item) {
    throw Error(ErrorKind::input, fmt::format("{}: label '{}': '{}' is no finite number; numbers are allowed, as '1.5' "
                                              "or '[0.5, 2]'",
                                              where, shown(label), item));
  };
  if (label.values) {
    std::vector<double> numbers = to_doubles(label.values);
    for (const double number : numbers) {
      if (!std::isfinite(number)) refuse(fmt::format("{}", number));
    }
    if (!numbers.empty()) return numbers;
  }
  constexpr std::string_view kBetween = " \t\r\n,|[]";
  std::vector<double> numbers;
  std::string_view text = label.text;
  while (true) {
    const std::size_t begin = text.find_first_not_of(kBetween);
    if (begin == std::string_view::npos) break;
    text.remove_prefix(begin);
    const std::string_view item = text.substr(0, text.find_first_of(kBetween));
    double number = 0;
    const auto [stop, error] = std::from_chars(item.data(), item.data() + item.size(), number);
    if (error != std::errc{} || stop != item.data() + item.size() || !std::isfinite(number)) refuse(item);
    numbers.push_back(number);
    text.remove_prefix(item.size());
  }
  if (numbers.empty()) refuse("");
  return numbers;
}

std::vector<std::size_t> label_classes(const Label& label, std::size_t classes, std::string_view where) {
  const std::optional<std::vector<std::int64_t>> indices = indices_of(label);
  if (!indices) throw_no_index(label, where);
  std::vector<std::size_t> named;
  const bool one_a_class =
      indices->size() == classes && classes > 1 && label.text.find('|') == std::string::npos &&
      std::all_of(indices->begin(), indices->end(), [](std::int64_t value) { return value == 0 || value == 1; });
  if (one_a_class) {
    for (std::size_t i = 0; i < classes; ++i) {
      if ((*indices)[i] == 1) named.push_back(i);
    }
    return named;
  }
  for (const std::int64_t index : *indices) {
    if (index < 0 || static_cast<std::size_t>(index) >= classes) {
      throw Error(ErrorKind::input, fmt::format("{}: label '{}' is no class of the output; it has {} classes, 0 to {} "
                                                "are allowed",
                                                where, shown(label), classes, classes - 1));
    }
    named.push_back(static_cast<std::size_t>(index));
  }
  return named;
}

std::size_t label_class(const Label& label, std::size_t classes, std::string_view where) {
  const std::vector<std::size_t> named = label_classes(label, classes, where);
  if (named.size() != 1) {
    throw Error(ErrorKind::input,
                fmt::format("{}: label '{}' names {} classes; one is needed", where, shown(label), named.size()));
  }
  return named.front();
}

}  // namespace octune::evaluate
