// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/enum_names.hpp"
#include "octune/criterion.hpp"

namespace octune::base {

template <>
struct EnumNames<DropType> {
  static constexpr std::array<std::pair<DropType, std::string_view>, 2> table{
      {{DropType::relative, "relative"}, {DropType::absolute, "absolute"}}};
};

}  // namespace octune::base
