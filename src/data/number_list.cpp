// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/number_list.hpp"

#include <algorithm>
#include <charconv>
#include <span>

#include "data/bytes.hpp"
#include "data/source_spec.hpp"

namespace octune::data {
namespace {

template <class T>
bool parse(std::string_view text, T& value) {
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  return status == std::errc() && end == text.data() + text.size();
}

}  // namespace

void NumberList::add(std::int64_t value) {
  if (is_integer_) {
    integers_.push_back(value);
  } else {
    doubles_.push_back(static_cast<double>(value));
  }
}

void NumberList::add(double value) {
  if (is_integer_) {
    is_integer_ = false;
    doubles_.assign(integers_.begin(), integers_.end());
    integers_ = {};
  }
  doubles_.push_back(value);
}

bool NumberList::add(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);  // which from_chars does not know
  std::int64_t integer = 0;
  double number = 0;
  if (parse(text, integer)) {
    add(integer);
  } else if (parse(text, number)) {
    add(number);
  } else {
    return false;
  }
  return true;
}

NpyArray NumberList::array(std::vector<std::size_t> shape, const std::string& where) && {
  const auto bytes = is_integer_ ? std::as_bytes(std::span(integers_)) : std::as_bytes(std::span(doubles_));
  return NpyArray::of(Bytes::own({bytes.begin(), bytes.end()}), *raw_type(is_integer_ ? "i64" : "f64"),
                      std::move(shape), where);
}

}  // namespace octune::data
