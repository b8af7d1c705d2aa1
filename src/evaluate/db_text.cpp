// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/db_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "evaluate/values.hpp"
#include "octune/error.hpp"

namespace octune::evaluate {
namespace {

constexpr double kScoreThreshold = 0.3;
constexpr double kBoxThreshold = 0.6;
constexpr double kUnclipRatio = 1.5;
constexpr std::size_t kMostContours = 1000;
constexpr float kShortestSide = 3;

/// The map, sharing memory with `output` where that holds 32-bit numbers side by side.
cv::Mat probability_map(ov::Tensor output, std::string_view where) {
  const ov::Shape shape = output.get_shape();
  const bool map = shape.size() >= 2 && shape.size() <= 4 &&
                   std::all_of(shape.begin(), shape.end() - 2, [](std::size_t length) { return length == 1; });
  if (!map || output.get_size() == 0) {
    throw Error(ErrorKind::input, fmt::format("{}: decoder 'db_text' needs a probability map [1,1,H,W] or [1,H,W], not "
                                              "{}",
                                              where, shape.to_string()));
  }
  const cv::Size size(static_cast<int>(shape.back()), static_cast<int>(shape[shape.size() - 2]));
  if (output.get_element_type() == ov::element::f32 && output.is_continuous()) {
    return {size, CV_32F, output.data<float>()};
  }
  cv::Mat result(size, CV_32F);
  visit_values(output, [&](auto values) {
    std::transform(values.begin(), values.end(), result.begin<float>(),
                   [](auto value) { return static_cast<float>(to_double(value)); });
  });
  return result;
}

std::array<cv::Point2f, 4> corners_of(const cv::RotatedRect& rectangle) {
  std::array<cv::Point2f, 4> corners;
  rectangle.points(corners.data());
  return corners;
}

/// The mean over the pixels inside a rectangle.
double mean_inside(const cv::Mat& map, const cv::RotatedRect& rectangle) {
  const auto corners = corners_of(rectangle);
  const auto bound = [](float value, int limit) { return std::clamp(static_cast<int>(value), 0, limit - 1); };
  int left = map.cols - 1;
  int top = map.rows - 1;
  int right = 0;
  int bottom = 0;
  for (const cv::Point2f& corner : corners) {
    left = std::min(left, bound(std::floor(corner.x), map.cols));
    right = std::max(right, bound(std::ceil(corner.x), map.cols));
    top = std::min(top, bound(std::floor(corner.y), map.rows));
    bottom = std::max(bottom, bound(std::ceil(corner.y), map.rows));
  }
  const cv::Rect around(left, top, right - left + 1, bottom - top + 1);
  std::vector<cv::Point> inside;
  for (const cv::Point2f& corner : corners) {
    inside.emplace_back(static_cast<int>(corner.x) - left, static_cast<int>(corner.y) - top);
  }
  cv::Mat mask = cv::Mat::zeros(around.size(), CV_8U);
  cv::fillPoly(mask, std::vector<std::vector<cv::Point>>{inside}, 1);
  return cv::mean(map(around), mask)[0];
}

/// Growing a rectangle by a round brush and putting the smallest rectangle around that moves its sides.
cv::RotatedRect grown(cv::RotatedRect rectangle, double ratio) {
  const double area = static_cast<double>(rectangle.size.width) * rectangle.size.height;
  const double perimeter = 2 * (static_cast<double>(rectangle.size.width) + rectangle.size.height);
  const auto distance = static_cast<float>(area * ratio / perimeter);
  rectangle.size.width += 2 * distance;
  rectangle.size.height += 2 * distance;
  return rectangle;
}

}  // namespace

std::vector<Polygon> decode_text_regions(const ov::Tensor& output, const DecoderOptions& options,
                                         const std::optional<Frame>& frame, std::string_view where) {
  const cv::Mat map = probability_map(output, where);
  const double scale_x = frame ? frame->width / map.cols : 1.0;
  const double scale_y = frame ? frame->height / map.rows : 1.0;
  const cv::Mat text = map > options.score_threshold.value_or(kScoreThreshold);
  std::vector<std::vector<cv::Point>> contours;
  cv::findContours(text, contours, cv::RETR_LIST, cv::CHAIN_APPROX_SIMPLE);
  contours.resize(std::min(contours.size(), options.max_detections.value_or(kMostContours)));

  std::vector<Polygon> regions;
  for (const std::vector<cv::Point>& contour : contours) {
    const cv::RotatedRect rectangle = cv::minAreaRect(contour);
    if (std::min(rectangle.size.width, rectangle.size.height) < kShortestSide) continue;
    if (mean_inside(map, rectangle) < options.box_threshold.value_or(kBoxThreshold)) continue;
    Polygon region;
    for (const cv::Point2f& corner : corners_of(grown(rectangle, options.unclip_ratio.value_or(kUnclipRatio)))) {
      region.push_back({corner.x * scale_x, corner.y * scale_y});
    }
    regions.push_back(std::move(region));
  }
  return regions;
}

}  // namespace octune::evaluate
