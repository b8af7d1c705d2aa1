// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

/// Random boxes and what other programs say of them: written by tests/oracles/detection.py with pycocotools 2.0.11,
/// which draws the same.
namespace octune::evaluate::oracle {

struct DrawnBox {
  int x, y, w, h;
  int label;
  int area;  ///< of an object
  int crowd;
  int difficult;
  double score;  ///< of a detection: a multiple of 1/64
};

struct DrawnImage {
  std::vector<DrawnBox> objects;
  std::vector<DrawnBox> detections;
};

inline std::vector<DrawnImage> detection_images() {
  constexpr int kImages = 30;
  constexpr int kClasses = 6;
  std::uint64_t state = 2026;
  const auto draw = [&](int limit) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<int>((state >> 33U) % static_cast<std::uint64_t>(limit));
  };
  const auto draw_box = [&] {
    DrawnBox box{};
    box.x = draw(400);
    box.y = draw(300);
    const int side = std::array{24, 80, 300}[static_cast<std::size_t>(draw(3))];
    box.w = 4 + draw(side);
    box.h = 4 + draw(side);
    return box;
  };
  std::vector<DrawnImage> images(kImages);
  for (int i = 0; i < kImages; ++i) {
    auto& [objects, detections] = images[static_cast<std::size_t>(i)];
    const int objects_count = i == 5 ? 25 : draw(8);
    for (int n = 0; n < objects_count; ++n) {
      DrawnBox box = draw_box();
      box.label = i == 5 ? 0 : draw(kClasses);
      box.crowd = draw(10) == 0 ? 1 : 0;
      box.area = draw(2) != 0 ? box.w * box.h * 6 / 10 : box.w * box.h;
      box.difficult = draw(8) == 0 ? 1 : 0;
      objects.push_back(box);
    }
    int count = draw(20);
    if (i % 7 == 3) count = 0;
    if (i == 5) count = 130;
    for (int n = 0; n < count; ++n) {
      DrawnBox box{};
      if (!objects.empty() && draw(8) != 0) {
        const DrawnBox& near = objects[static_cast<std::size_t>(draw(static_cast<int>(objects.size())))];
        box.x = near.x + draw(5) - 2;
        box.y = near.y + draw(5) - 2;
        box.w = std::max(1, near.w + draw(5) - 2);
        box.h = std::max(1, near.h + draw(5) - 2);
        box.label = draw(8) != 0 ? near.label : draw(kClasses);
      } else {
        box = draw_box();
        box.label = draw(kClasses);
      }
      if (i == 5) box.label = 0;
      box.score = (1 + draw(60)) / 64.0;
      detections.push_back(box);
    }
  }
  return images;
}

inline constexpr double kCocoMap = 0.2054704362282556;
inline constexpr double kCocoMapAt50 = 0.31814972345163084;
inline constexpr double kCocoMapAt75 = 0.21350536995193303;
inline constexpr double kCocoMapSmall = 0.19387340712487436;
inline constexpr double kCocoMapMedium = 0.3332631724710932;
inline constexpr double kCocoMapLarge = 0.45152777777777775;
inline constexpr double kCocoArAt1 = 0.22972781217750257;
inline constexpr double kCocoArAt10 = 0.39100877192982453;
inline constexpr double kCocoArAt100 = 0.44495614035087716;
inline constexpr double kVocMap = 0.3084024614271284;
inline constexpr double kVocMapAt07 = 0.32811952438037784;
inline constexpr std::size_t kObjects = 136;
inline constexpr std::size_t kDetections = 404;

}  // namespace octune::evaluate::oracle
