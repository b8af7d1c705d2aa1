// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

/// Loops that read a tensor once at about the speed of memory. Values are finite.
namespace octune::calibration {

/// Whether values are looked at as they are or as their magnitudes.
enum class Sign { kept, dropped };

/// The two smallest and the two largest of several values; with one value all four are that.
struct Ends {
  float lowest, second_lowest, second_highest, highest;
};

/// Of at least one value.
Ends ends_of(std::span<const float> values, Sign sign);

/// The same of every column of a row-major matrix of `rows` >= 1 rows, ends.size() columns.
void ends_of_columns(const float* matrix, std::size_t rows, std::span<Ends> ends, Sign sign);

struct Extremes {
  float low, high;
};

/// Of at least one value. Should there be values that are not finite, an extreme is infinite or NaN.
Extremes extremes_of(std::span<const float> values, Sign sign = Sign::kept);

/// The extremes of every `block` values, the last part perhaps shorter: lows[i] and highs[i] are those of part i.
void extremes_of_blocks(std::span<const float> values, std::size_t block, Sign sign, std::span<float> lows,
                        std::span<float> highs);

/// Writes columns first, first + 1, ... (`count` of them) of a row-major matrix as rows, one behind the other.
void transpose_columns(const float* matrix, std::size_t rows, std::size_t columns, std::size_t first, std::size_t count,
                       float* result);

}  // namespace octune::calibration
