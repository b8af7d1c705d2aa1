// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/hmean.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "evaluate/db_text.hpp"
#include "evaluate/polygons.hpp"
#include "evaluate/test_values.hpp"

namespace octune::evaluate {
namespace {

const Polygon kSquare{{0, 0}, {4, 0}, {4, 4}, {0, 4}};

TEST(Polygons, CommonArea) {
  EXPECT_DOUBLE_EQ(area_of(kSquare), 16);
  EXPECT_DOUBLE_EQ(common_area(kSquare, kSquare), 16);
  const Polygon turned_round(kSquare.rbegin(), kSquare.rend());
  EXPECT_DOUBLE_EQ(common_area(kSquare, turned_round), 16);
  EXPECT_DOUBLE_EQ(common_area(turned_round, {{2, 1}, {8, 1}, {8, 3}, {2, 3}}), 4);
  // A diamond inside, one whose corners are cut off, one far away.
  EXPECT_DOUBLE_EQ(common_area({{2, 0}, {4, 2}, {2, 4}, {0, 2}}, kSquare), 8);
  EXPECT_DOUBLE_EQ(common_area({{2, -1}, {5, 2}, {2, 5}, {-1, 2}}, kSquare), 14);
  EXPECT_DOUBLE_EQ(common_area({{12, -1}, {15, 2}, {12, 5}}, kSquare), 0);
}

TEST(Polygons, BentOnesAreCutAsWell) {
  // The shape of a U, 6 wide and 6 high with a gap of 2: cut at half its height it falls into two parts.
  const Polygon bent{{0, 0}, {2, 0}, {2, 4}, {4, 4}, {4, 0}, {6, 0}, {6, 6}, {0, 6}};
  EXPECT_DOUBLE_EQ(area_of(bent), 28);
  EXPECT_DOUBLE_EQ(common_area(bent, {{-1, -1}, {7, -1}, {7, 3}, {-1, 3}}), 12);
  EXPECT_DOUBLE_EQ(iou(bent, {{0, 0}, {6, 0}, {6, 6}, {0, 6}}), 28.0 / 36);
}

/// A probability map of 40 x 60 with `inside` in rows 10 to 19 of columns 10 to 29 and 0.1 elsewhere.
ov::Tensor one_region(float inside) {
  std::vector<float> values(std::size_t{40} * 60, 0.1F);
  for (std::size_t y = 10; y < 20; ++y) {
    for (std::size_t x = 10; x < 30; ++x) values[y * 60 + x] = inside;
  }
  return floats({1, 1, 40, 60}, values);
}

/// The smallest and largest coordinates.
Box around(const Polygon& polygon) {
  Box box{1e9, 1e9, -1e9, -1e9};
  for (const Point& point : polygon) {
    box = {std::min(box.x1, point[0]), std::min(box.y1, point[1]), std::max(box.x2, point[0]),
           std::max(box.y2, point[1])};
  }
  return box;
}

TEST(DbText, ARegionIsFoundAndGrown) {
  // OpenCV's contour goes through the outer pixels' centres: 19 x 9. It grows by 171 * 1.5 / 56 on each side.
  const std::vector<Polygon> regions = decode_text_regions(one_region(0.75F), {}, std::nullopt, "test");
  ASSERT_EQ(regions.size(), 1U);
  const double grown = 19.0 * 9 * 1.5 / (2 * (19 + 9));
  const Box box = around(regions[0]);
  EXPECT_NEAR(box.x1, 10 - grown, 1e-4);
  EXPECT_NEAR(box.y1, 10 - grown, 1e-4);
  EXPECT_NEAR(box.x2, 29 + grown, 1e-4);
  EXPECT_NEAR(box.y2, 19 + grown, 1e-4);
  // The frame is twice as high and half as wide.
  const Box scaled = around(decode_text_regions(one_region(0.75F), {}, Frame{80, 30}, "test").at(0));
  EXPECT_NEAR(scaled.x1, box.x1 / 2, 1e-4);
  EXPECT_NEAR(scaled.y2, box.y2 * 2, 1e-4);
}

TEST(DbText, ThresholdsLeaveRegionsOut) {
  const auto count = [](float inside, const DecoderOptions& options) {
    return decode_text_regions(one_region(inside), options, std::nullopt, "test").size();
  };
  EXPECT_EQ(count(0.5F, {}), 0U);
  DecoderOptions options;
  options.box_threshold = 0.45;
  EXPECT_EQ(count(0.5F, options), 1U);
  options.score_threshold = 0.5;
  EXPECT_EQ(count(0.5F, options), 0U);
  std::vector<float> thin(std::size_t{40} * 60, 0.0F);
  for (std::size_t y = 5; y < 8; ++y) std::fill_n(thin.begin() + static_cast<std::ptrdiff_t>(y) * 60, 60, 1.0F);
  EXPECT_TRUE(decode_text_regions(floats({1, 40, 60}, thin), {}, std::nullopt, "test").empty());
  EXPECT_EQ(error_text(ErrorKind::input,
                       [&] {
                         decode_text_regions(floats({2, 40, 30}, thin), {}, std::nullopt, "test");
                       }),
            "test: decoder 'db_text' needs a probability map [1,1,H,W] or [1,H,W], not [2,40,30]");
}

TEST(DbText, SlantedRegionsHaveSlantedCorners) {
  std::vector<float> values(std::size_t{40} * 60, 0.0F);
  for (int y = 0; y < 40; ++y) {
    for (int x = 0; x < 60; ++x) {
      const bool inside = std::abs(x - y - 5) <= 6 && std::abs(x + y - 45) <= 20;
      if (inside) values[static_cast<std::size_t>(y) * 60 + static_cast<std::size_t>(x)] = 1;
    }
  }
  const std::vector<Polygon> regions = decode_text_regions(floats({1, 1, 40, 60}, values), {}, std::nullopt, "test");
  ASSERT_EQ(regions.size(), 1U);
  const double first = std::hypot(regions[0][1][0] - regions[0][0][0], regions[0][1][1] - regions[0][0][1]);
  const double second = std::hypot(regions[0][2][0] - regions[0][1][0], regions[0][2][1] - regions[0][1][1]);
  const double width = 40 / std::sqrt(2.0);
  const double height = 12 / std::sqrt(2.0);
  const double grown = 2 * width * height * 1.5 / (2 * (width + height));
  EXPECT_NEAR(std::max(first, second), width + grown, 0.01);
  EXPECT_NEAR(std::min(first, second), height + grown, 0.01);
}

/// Corners as a label writes them.
std::string rectangle(double x1, double y1, double x2, double y2) {
  return fmt::format("[[{},{}],[{},{}],[{},{}],[{},{}]]", x1, y1, x2, y1, x2, y2, x1, y2);
}

TEST(Hmean, MatchesOneToOne) {
  const auto metric = make_hmean({});
  const Outputs outputs{one_region(0.9F)};
  const Box box = around(decode_text_regions(one_region(0.9F), {}, std::nullopt, "test").at(0));
  const std::string exact = rectangle(box.x1, box.y1, box.x2, box.y2);
  const std::string lower_half = rectangle(box.x1, (box.y1 + box.y2) / 2 - 0.5, box.x2, box.y2);
  const std::string away = rectangle(0, 30, 10, 40);
  const auto score = [&](const std::string& polygons, const std::string& ignore = "[]") {
    const std::string flags = ignore == "[]" ? "" : ", \"ignore\": " + ignore;
    return metric->score(outputs, "{\"polygons\": [" + polygons + "]" + flags + "}");
  };
  EXPECT_EQ(score(exact), (Score{1, 1, 1}));
  EXPECT_EQ(score(lower_half), (Score{1, 1, 1}));
  EXPECT_EQ(score(lower_half + "," + exact), (Score{1, 1, 2}));
  EXPECT_EQ(score(away), (Score{0, 1, 1}));
  EXPECT_EQ(score(""), (Score{0, 1, 0}));
  EXPECT_EQ(metric->score(outputs, "[]"), (Score{0, 1, 0}));
  // What lies in a region to be ignored does not count, unless it matches another.
  EXPECT_EQ(score(exact, "[1]"), (Score{0, 0, 0}));
  EXPECT_EQ(score(exact + "," + exact, "[1,0]"), (Score{1, 1, 1}));
  EXPECT_EQ(score(away, "[1]"), (Score{0, 1, 0}));
  const std::vector<Score> scores{score(exact), score(away), score(away, "[1]")};
  EXPECT_DOUBLE_EQ(metric->value(scores), 2.0 / 5);
  EXPECT_EQ(metric->value(std::vector<Score>{score(exact, "[1]")}), 0);
}

}  // namespace
}  // namespace octune::evaluate
