// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace octune::base {

/// Levenshtein distance between two strings of bytes or of code points.
std::size_t edit_distance(std::u32string_view a, std::u32string_view b);
std::size_t edit_distance(std::string_view a, std::string_view b);

/// Up to `count` candidates close enough to `word` to be what was meant, nearest first. Of a candidate "name@detail"
/// the name alone will do.
std::vector<std::string> closest(std::string_view word, std::span<const std::string> candidates, std::size_t count = 3);

/// "did you mean 'hawq'? (known: basic, hawq, mse)": the tail of a message about an unknown name. The list is cut
/// when there are more than twelve.
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

}  // namespace octune::base
