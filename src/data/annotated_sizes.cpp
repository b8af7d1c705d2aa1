// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/annotated_sizes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/parallel.hpp"
#include "data/framing.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace {

constexpr std::size_t kMostImages = 200;

/// True if one may be the other, scaled, with sides rounded to whole pixels.
bool same_proportions(Size a, Size b) {
  const double width = static_cast<double>(a.width) * b.height / a.height;
  const double height = static_cast<double>(a.height) * b.width / a.width;
  return std::abs(width - b.width) <= 1 || std::abs(height - b.height) <= 1;
}

struct Look {
  std::size_t sample = 0;
  Size annotated;
  Size found{};  ///< 0 x 0 if the image does not decode
};

}  // namespace

void warn_of_other_proportions(const Dataset& dataset, const std::function<Size(std::size_t)>& annotated_size,
                               const std::string& where, Observer* observer) {
  const auto* images = dynamic_cast<const FramedImages*>(&dataset);
  if (observer == nullptr || images == nullptr) return;
  std::vector<Look> looks;
  const std::size_t count = std::min(dataset.size(), kMostImages);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t sample = i * dataset.size() / count;
    const Size annotated = annotated_size(sample);
    if (annotated != Size{} && images->image_file(sample)) looks.push_back({sample, annotated});
  }
  base::parallel_for(looks.size(), 0, [&](std::size_t i) {
    try {
      looks[i].found = image_size(*images->image_file(looks[i].sample));
    } catch (const Error&) {
      looks[i].found = {};
    }
  });
  std::erase_if(looks, [](const Look& look) { return look.found == Size{}; });
  const std::size_t looked_at = looks.size();
  std::erase_if(looks, [](const Look& look) { return same_proportions(look.annotated, look.found); });
  if (looks.empty()) return;
  const auto& [sample, annotated, found] = looks.front();
  const bool turned = same_proportions({annotated.width, annotated.height}, found);
  observer->message(
      Severity::warning,
      fmt::format(
          "{}: {} of {} images have other proportions than they are annotated with, so that boxes and masks are "
          "misplaced: '{}' has {}x{} pixels (height x width), annotated are {}x{}{}; check that annotations and "
          "images belong together, and whether an orientation in the images' metadata (EXIF) turns them",
          where, looks.size(), looked_at, dataset.name(sample), found.height, found.width, annotated.height,
          annotated.width, turned ? ", as if it were turned by 90 degrees" : ""));
}

}  // namespace octune::data
