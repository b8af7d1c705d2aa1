// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <span>

#include "base/file.hpp"
#include "data/annotations.hpp"
#include "data/file_dataset.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace fs = std::filesystem;
namespace {

/// The numbers of a line; empty if something else stands there.
std::vector<double> numbers_of(const std::string& line) {
  std::vector<double> numbers;
  const char* at = line.data();
  const char* end = at + line.size();
  while (true) {
    while (at != end && (*at == ' ' || *at == '\t')) ++at;
    if (at == end) return numbers;
    double value = 0;
    const auto [stop, error] = std::from_chars(at, end, value);
    if (error != std::errc() || !std::isfinite(value)) return {};
    numbers.push_back(value);
    at = stop;
  }
}

/// The first number that is no share of the image's size, if there is one. Tools round, and let segments reach beyond
/// the edge by a pixel.
std::optional<double> beyond_the_image(std::span<const double> numbers) {
  constexpr double kForgiven = 0.01;
  const auto found = std::find_if(numbers.begin(), numbers.end(),
                                  [](double value) { return value < -kForgiven || value > 1 + kForgiven; });
  return found == numbers.end() ? std::nullopt : std::optional<double>(*found);
}

ObjectAnnotation object_of(std::span<const double> numbers) {
  ObjectAnnotation object;
  object.label = static_cast<std::int64_t>(numbers[0]);
  if (numbers.size() == 5) {
    object.left = numbers[1] - numbers[3] / 2;
    object.right = numbers[1] + numbers[3] / 2;
    object.top = numbers[2] - numbers[4] / 2;
    object.bottom = numbers[2] + numbers[4] / 2;
    return object;
  }
  object.left = object.right = numbers[1];
  object.top = object.bottom = numbers[2];
  for (std::size_t i = 3; i < numbers.size(); i += 2) {
    object.left = std::min(object.left, numbers[i]);
    object.right = std::max(object.right, numbers[i]);
    object.top = std::min(object.top, numbers[i + 1]);
    object.bottom = std::max(object.bottom, numbers[i + 1]);
  }
  return object;
}

}  // namespace

std::vector<ImageAnnotation> read_yolo(const fs::path& folder) {
  std::vector<ImageAnnotation> result;
  for (const SampleFile& file : annotation_files(folder, ".txt")) {
    ImageAnnotation image;
    image.file = file.name;
    image.coordinates = Coordinates::shares;
    const std::vector<std::string> lines = text_lines(base::read_file(file.path));
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (lines[i].find_first_not_of(" \t") == std::string::npos) continue;
      const std::vector<double> numbers = numbers_of(lines[i]);
      const bool box = numbers.size() == 5;
      const bool segment = numbers.size() >= 7 && numbers.size() % 2 == 1;
      if ((!box && !segment) || numbers[0] < 0 || numbers[0] != std::floor(numbers[0])) {
        // A list of classes often lies beside the annotations; it is no annotation of an image.
        if (file.path.filename() == "classes.txt") break;
        throw Error(ErrorKind::input,
                    fmt::format("{}:{}: '{}' is no 'class x y width height' and no 'class x1 y1 x2 y2 x3 y3 ...'; "
                                "write one on each line",
                                file.path.string(), i + 1, lines[i]));
      }
      if (const auto outside = beyond_the_image(std::span(numbers).subspan(1))) {
        throw Error(ErrorKind::input, fmt::format("{}:{}: {:g} lies outside the image; write shares of its width and "
                                                  "height, from 0 to 1, not pixels",
                                                  file.path.string(), i + 1, *outside));
      }
      if (box && (numbers[3] < 0 || numbers[4] < 0)) {
        throw Error(ErrorKind::input, fmt::format("{}:{}: the box is {:g} wide and {:g} high; neither may be negative",
                                                  file.path.string(), i + 1, numbers[3], numbers[4]));
      }
      image.objects.push_back(object_of(numbers));
    }
    result.push_back(std::move(image));
  }
  return result;
}

}  // namespace octune::data
