// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "base/suggest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

namespace octune::base {
namespace {

template <class View>
std::size_t levenshtein(View a, View b) {
  std::vector<std::size_t> previous(b.size() + 1);
  std::iota(previous.begin(), previous.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = previous[0];
    previous[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = previous[j];
      previous[j] = std::min({previous[j] + 1, previous[j - 1] + 1, substituted});
    }
  }
  return previous.back();
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

}  // namespace

std::size_t edit_distance(std::u32string_view a, std::u32string_view b) { return levenshtein(a, b); }
std::size_t edit_distance(std::string_view a, std::string_view b) { return levenshtein(a, b); }

std::vector<std::string> closest(std::string_view word, std::span<const std::string> candidates, std::size_t count) {
  std::vector<std::pair<std::size_t, std::string>> ranked;
  const std::string wanted = lower(word);
  for (const std::string& candidate : candidates) {
    // "accuracy" is meant for "accuracy@top1".
    const std::string stem = lower(candidate.substr(0, candidate.find('@')));
    const std::size_t of_stem = edit_distance(wanted, stem);
    const std::size_t of_all = edit_distance(wanted, lower(candidate));
    const std::size_t length = std::max(word.size(), of_stem < of_all ? stem.size() : candidate.size());
    const std::size_t distance = std::min(of_stem, of_all);
    if (distance <= std::max<std::size_t>(2, length / 3)) ranked.emplace_back(distance, candidate);
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> result;
  for (const auto& [distance, candidate] : ranked) {
    if (result.size() == count) break;
    result.push_back(candidate);
  }
  return result;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
  const std::vector<std::string> near = closest(word, candidates, 1);
  const std::string question = near.empty() ? "" : fmt::format("did you mean '{}'? ", near.front());
  constexpr std::size_t kListed = 12;
  if (candidates.size() <= kListed) return fmt::format("{}(known: {})", question, fmt::join(candidates, ", "));
  const auto listed = candidates.first(kListed);
  return fmt::format("{}(known: {}, ... {} more)", question, fmt::join(listed, ", "), candidates.size() - kListed);
}

}  // namespace octune::base
