// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/object_label.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "octune/error.hpp"

namespace octune::evaluate {
using nlohmann::json;
namespace {

/// A label as JSON, with messages about its parts.
class LabelObject {
 public:
  LabelObject(const std::string& text, std::string_view where)
      : text_(text), where_(where), object_(json::parse(text, nullptr, false)) {}

  bool has(const char* key) const { return object_.is_object() && object_.contains(key); }

  [[noreturn]] void invalid(const std::string& what) const {
    constexpr std::size_t kShown = 60;
    const std::string shown = text_.size() > kShown ? text_.substr(0, kShown) + "..." : text_;
    throw Error(ErrorKind::input, fmt::format("{}: label '{}' {}", where_, shown, what));
  }

  template <class T>
  T get(const char* key, const char* form) const {
    try {
      return object_.at(key).get<T>();
    } catch (const json::exception&) {
      invalid(fmt::format("has no usable '{}'; it is {}", key, form));
    }
  }

  /// As many numbers as `size`, or `fallback` as often if the key is missing.
  template <class T>
  std::vector<T> list(const char* key, std::size_t size, T fallback) const {
    if (!has(key)) return std::vector<T>(size, fallback);
    auto values = get<std::vector<T>>(key, "a list of numbers");
    if (values.size() != size)
      invalid(fmt::format("has {} '{}' for {} objects; write one for each", values.size(), key, size));
    return values;
  }

  std::optional<Frame> frame() const {
    if (!has("frame")) return std::nullopt;
    const auto [height, width] = get<std::array<double, 2>>("frame", "[height,width]");
    if (!(height > 0) || !(width > 0)) invalid("has an empty 'frame'; it is [height,width] of the model's input");
    return Frame{height, width};
  }

 private:
  const std::string& text_;
  std::string_view where_;
  json object_;
};

}  // namespace

ObjectLabel parse_object_label(const std::string& text, std::string_view where) {
  const LabelObject source(text, where);
  if (!source.has("boxes")) {
    source.invalid(R"(holds no boxes; {"boxes": [[x1,y1,x2,y2], ...], "classes": [...]} is needed)");
  }
  ObjectLabel label;
  label.frame = source.frame();
  if (source.has("pixel_area")) label.pixel_area = source.get<double>("pixel_area", "a number");
  const auto boxes = source.get<std::vector<std::array<double, 4>>>("boxes", "a list of [x1,y1,x2,y2]");
  const auto classes = source.get<std::vector<double>>("classes", "a list of class indices");
  if (classes.size() != boxes.size()) {
    source.invalid(fmt::format("has {} 'classes' for {} boxes; write one for each", classes.size(), boxes.size()));
  }
  const auto areas = source.list<double>("areas", boxes.size(), -1);
  const auto crowd = source.list<int>("crowd", boxes.size(), 0);
  const auto difficult = source.list<int>("difficult", boxes.size(), 0);
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    constexpr double kMostClasses = 1e9;
    if (!(classes[i] >= 0) || classes[i] > kMostClasses ||
        classes[i] != static_cast<double>(static_cast<std::int64_t>(classes[i]))) {
      source.invalid(fmt::format("has the class {}; whole numbers from 0 up are allowed", classes[i]));
    }
    ObjectTruth object;
    object.box = {boxes[i][0], boxes[i][1], boxes[i][2], boxes[i][3]};
    object.label = static_cast<std::int64_t>(classes[i]);
    object.area = areas[i] >= 0 ? areas[i] : object.box.area() * label.pixel_area;
    object.crowd = crowd[i] != 0;
    object.difficult = difficult[i] != 0;
    label.objects.push_back(object);
  }
  return label;
}

PolygonLabel parse_polygon_label(const std::string& text, std::string_view where) {
  const LabelObject source(text, where);
  if (text == "[]") return {};
  if (!source.has("polygons")) source.invalid(R"(holds no polygons; {"polygons": [[[x,y], ...], ...]} is needed)");
  PolygonLabel label;
  label.frame = source.frame();
  auto polygons = source.get<std::vector<Polygon>>("polygons", "a list of lists of [x,y]");
  const auto ignored = source.list<int>("ignore", polygons.size(), 0);
  for (std::size_t i = 0; i < polygons.size(); ++i) {
    if (polygons[i].size() < 3) source.invalid("has a polygon of fewer than 3 points; give all corners");
    label.polygons.push_back({std::move(polygons[i]), ignored[i] != 0});
  }
  return label;
}

}  // namespace octune::evaluate
