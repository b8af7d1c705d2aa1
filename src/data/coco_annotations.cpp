// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "data/annotations.hpp"
#include "data/bytes.hpp"
#include "octune/error.hpp"

namespace octune::data {
using nlohmann::json;
namespace {

[[noreturn]] void invalid(const std::string& where, const std::string& what) {
  throw Error(ErrorKind::input, fmt::format("{}: {}", where, what));
}

json parse(const std::filesystem::path& file) {
  const Bytes content = Bytes::map(file);
  const auto bytes = content.view();
  const char* begin = reinterpret_cast<const char*>(bytes.data());
  // Outlines are most of such a file and are not needed.
  const json::parser_callback_t without_outlines = [](int, json::parse_event_t event, json& parsed) {
    return event != json::parse_event_t::key || parsed != "segmentation";
  };
  try {
    return json::parse(begin, begin + bytes.size(), without_outlines);
  } catch (const json::parse_error& error) {
    const std::size_t before = std::min(error.byte, bytes.size());
    const auto line = 1 + std::count(begin, begin + (before == 0 ? 0 : before - 1), '\n');
    invalid(fmt::format("{}:{}", file.string(), line), "is no valid JSON; repair it there");
  }
}

/// A part of the file by its key; `where` says which entry of which list is read.
template <class T>
T value_of(const json& object, const char* key, const std::string& where) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  if (!object.is_object() || found == object.end()) invalid(where, fmt::format("'{}' is missing; write it", key));
  try {
    return found->get<T>();
  } catch (const json::exception&) {
    invalid(where, fmt::format("'{}' is {}; see COCO's format for instances", key, found->dump()));
  }
}

const json& list_of(const json& document, const char* key, const std::string& file) {
  const auto found = document.is_object() ? document.find(key) : document.end();
  if (!document.is_object() || found == document.end() || !found->is_array()) {
    invalid(file, fmt::format("has no list '{}'; give COCO instances: images, annotations and categories", key));
  }
  return *found;
}

/// Some files write flags as true and false, others as 1 and 0.
bool flag_of(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return false;
  return found->is_boolean() ? found->get<bool>() : *found == 1;
}

std::map<std::int64_t, std::int64_t> classes_of(const json& categories, CocoClasses classes, const std::string& file) {
  std::map<std::int64_t, std::int64_t> class_of;
  for (std::size_t i = 0; i < categories.size(); ++i) {
    const auto id = value_of<std::int64_t>(categories[i], "id", fmt::format("{}: categories[{}]", file, i));
    class_of.emplace(id, id);
  }
  std::int64_t next = 0;
  if (classes == CocoClasses::in_order) {
    for (auto& [id, label] : class_of) label = next++;
  }
  return class_of;
}

}  // namespace

std::vector<ImageAnnotation> read_coco(const std::filesystem::path& file, CocoClasses classes) {
  const json document = parse(file);
  const std::string name = file.string();
  const json& images = list_of(document, "images", name);
  const json& annotations = list_of(document, "annotations", name);
  const auto class_of = classes_of(list_of(document, "categories", name), classes, name);

  std::vector<ImageAnnotation> result;
  std::map<std::int64_t, std::size_t> image_of;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const std::string where = fmt::format("{}: images[{}]", name, i);
    ImageAnnotation image;
    image.file = value_of<std::string>(images[i], "file_name", where);
    image.size = {value_of<int>(images[i], "height", where), value_of<int>(images[i], "width", where)};
    if (image.size.height < 1 || image.size.width < 1) {
      invalid(where, fmt::format("has {}x{} pixels; write its size", image.size.height, image.size.width));
    }
    image_of.emplace(value_of<std::int64_t>(images[i], "id", where), result.size());
    result.push_back(std::move(image));
  }
  for (std::size_t i = 0; i < annotations.size(); ++i) {
    const json& annotation = annotations[i];
    const std::string where = fmt::format("{}: annotations[{}]", name, i);
    const auto image = value_of<std::int64_t>(annotation, "image_id", where);
    const auto category = value_of<std::int64_t>(annotation, "category_id", where);
    const auto [left, top, width, height] = value_of<std::array<double, 4>>(annotation, "bbox", where);
    if (!image_of.contains(image)) invalid(where, fmt::format("no image has the id {}; add it to 'images'", image));
    if (!class_of.contains(category)) {
      std::vector<std::int64_t> known;
      for (const auto& [id, label] : class_of) known.push_back(id);
      invalid(where, fmt::format("no category has the id {}; known are {}", category, fmt::join(known, ", ")));
    }
    // Boxes of no size occur and are kept: nothing overlaps them, so that they count as not found.
    if (width < 0 || height < 0) {
      invalid(where, fmt::format("'bbox' is {:g} wide and {:g} high; write [left, top, width, height]", width, height));
    }
    ObjectAnnotation object;
    object.left = left;
    object.top = top;
    object.right = left + width;
    object.bottom = top + height;
    object.label = class_of.at(category);
    if (annotation.contains("area")) object.area = value_of<double>(annotation, "area", where);
    object.crowd = flag_of(annotation, "iscrowd");
    result[image_of.at(image)].objects.push_back(object);
  }
  return result;
}

}  // namespace octune::data
