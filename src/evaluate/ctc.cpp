// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/ctc.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "evaluate/values.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {

std::u32string decode_ctc(const ov::Tensor& output, std::span<const std::u32string> characters,
                          std::string_view where) {
  const ov::Shape shape = output.get_shape();
  const bool one_sequence = shape.size() == 2 || (shape.size() == 3 && (shape[0] == 1 || shape[1] == 1));
  if (!one_sequence) {
    throw Error(ErrorKind::input, fmt::format("{}: the output has the shape {}; [T,C], [1,T,C] or [T,1,C] (T time "
                                              "steps, C classes) is needed",
                                              where, shape.to_string()));
  }
  const std::size_t classes = shape.back();
  if (classes != characters.size() + 1 && classes != characters.size() + 2) {
    throw Error(ErrorKind::input,
                fmt::format("{}: the dictionary has {} characters but the output {} classes; {} classes (a blank "
                            "first) or {} (a space last, too) fit this dictionary",
                            where, characters.size(), classes, characters.size() + 1, characters.size() + 2));
  }
  return visit_values(output, [&](auto values) {
    std::u32string text;
    std::size_t previous = 0;
    for (std::size_t begin = 0; begin < values.size(); begin += classes) {
      const auto step = values.subspan(begin, classes);
      const auto best = static_cast<std::size_t>(std::max_element(step.begin(), step.end()) - step.begin());
      if (best != 0 && best != previous) text += best <= characters.size() ? characters[best - 1] : U" ";
      previous = best;
    }
    return text;
  });
}

}  // namespace octune::evaluate
