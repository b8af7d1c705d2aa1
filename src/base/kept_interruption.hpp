// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "octune/error.hpp"

namespace octune::base {

/// An interruption that says what is kept and where.
class KeptInterruption final : public Interrupted {
 public:
  explicit KeptInterruption(std::string text) : text_(std::move(text)) {}
  const char* what() const noexcept override { return text_.c_str(); }

 private:
  std::string text_;
};

}  // namespace octune::base
