// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace octune::base {

/// A fast hash of bytes that is the same on every machine (XXH3), for recognising content; not against forgery.
class Hash {
 public:
  Hash();
  ~Hash();
  Hash(const Hash&) = delete;
  Hash& operator=(const Hash&) = delete;

  Hash& add(std::span<const std::byte> bytes);

  /// The text and its length, so that "ab", "c" differs from "a", "bc".
  Hash& add(std::string_view text);

  /// A number as its bytes.
  template <class Number>
  requires std::is_arithmetic_v<Number> Hash& add(Number number) {
    return add(std::as_bytes(std::span<const Number, 1>(&number, 1)));
  }

  std::uint64_t number() const;
  std::string text() const;  ///< 32 hexadecimal digits

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace octune::base
