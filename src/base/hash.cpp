// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "base/hash.hpp"

#include <fmt/format.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace octune::base {

struct Hash::State {
  XXH3_state_t value;
};

Hash::Hash() : state_(std::make_unique<State>()) { XXH3_128bits_reset(&state_->value); }
Hash::~Hash() = default;

Hash& Hash::add(std::span<const std::byte> bytes) {
  XXH3_128bits_update(&state_->value, bytes.data(), bytes.size());
  return *this;
}

Hash& Hash::add(std::string_view text) {
  add(static_cast<std::uint64_t>(text.size()));
  return add(std::as_bytes(std::span(text)));
}

std::uint64_t Hash::number() const { return XXH3_128bits_digest(&state_->value).low64; }

std::string Hash::text() const {
  const XXH128_hash_t digest = XXH3_128bits_digest(&state_->value);
  return fmt::format("{:016x}{:016x}", digest.high64, digest.low64);
}

}  // namespace octune::base
