// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/label_matching.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>

#include "octune/error.hpp"

namespace octune::data {
namespace fs = std::filesystem;

std::string normal_path(const std::string& path) { return fs::path(path).lexically_normal().generic_string(); }
std::string base_name(const std::string& path) { return fs::path(path).filename().string(); }

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::vector<std::optional<std::size_t>> match_paths(std::span<const std::string> entries, const Dataset& dataset,
                                                    Extension extension) {
  const auto key = [&](const std::string& path) {
    return extension == Extension::counts ? normal_path(path)
                                          : fs::path(normal_path(path)).replace_extension().generic_string();
  };
  std::map<std::string, std::size_t> by_path;
  std::multimap<std::string, std::size_t> by_base_name;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::string path = key(entries[i]);
    if (by_path.emplace(path, i).second) by_base_name.emplace(base_name(path), i);
  }
  std::vector<std::string> names;
  std::map<std::string, std::size_t> samples_of_base_name;
  for (std::size_t i = 0; i < dataset.size(); ++i) {
    names.push_back(key(dataset.name(i)));
    ++samples_of_base_name[base_name(names.back())];
  }
  std::vector<std::optional<std::size_t>> matches;
  for (const std::string& name : names) {
    const std::string base = base_name(name);
    if (const auto exact = by_path.find(name); exact != by_path.end()) {
      matches.emplace_back(exact->second);
    } else if (by_base_name.count(base) == 1 && samples_of_base_name[base] == 1) {
      matches.emplace_back(by_base_name.find(base)->second);
    } else {
      matches.emplace_back();
    }
  }
  return matches;
}

void require_all(std::span<const std::optional<std::size_t>> matches, const Dataset& dataset, const std::string& where,
                 const std::string& what, const std::string& advice) {
  constexpr std::size_t kShown = 3;
  std::vector<std::string> shown;
  std::size_t missing = 0;
  for (std::size_t i = 0; i < matches.size(); ++i) {
    if (!matches[i] && ++missing <= kShown) shown.push_back(fmt::format("'{}'", dataset.name(i)));
  }
  if (missing == 0) return;
  throw Error(ErrorKind::input, fmt::format("{}: {} of {} samples have no {}: {}{}; {}", where, missing, matches.size(),
                                            what, fmt::join(shown, ", "), missing > kShown ? ", ..." : "", advice));
}

}  // namespace octune::data
