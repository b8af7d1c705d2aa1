// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/enum_names.hpp"
#include "octune/layerwise.hpp"

namespace octune::base {

template <>
struct EnumNames<LayerwiseMethod> {
  static constexpr std::array<std::pair<LayerwiseMethod, std::string_view>, 2> table{
      {{LayerwiseMethod::finetune, "finetune"}, {LayerwiseMethod::least_squares, "least_squares"}}};
};

}  // namespace octune::base
