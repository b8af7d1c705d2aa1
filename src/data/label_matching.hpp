// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "octune/dataset.hpp"

/// Which label belongs to which sample, where both are known by a path.
namespace octune::data {

std::string normal_path(const std::string& path);
std::string base_name(const std::string& path);
/// In lower case (ASCII only).
std::string lower(std::string text);

/// "image.jpg" and "image.xml" are the same when extensions do not count.
enum class Extension { counts, ignored };

/// The position of each sample's entry: the one with the sample's name, or else the one with the same base name if one
/// entry and one sample alone have it; none if there is no such entry. Of entries with one path the first is taken.
std::vector<std::optional<std::size_t>> match_paths(std::span<const std::string> entries, const Dataset& dataset,
                                                    Extension extension);

/// Error{input} that lists the samples without entry, if there are any: "<where>: 2 of 9 samples have no <what>: 'a',
/// 'b'; <advice>".
void require_all(std::span<const std::optional<std::size_t>> matches, const Dataset& dataset, const std::string& where,
                 const std::string& what, const std::string& advice);

}  // namespace octune::data
