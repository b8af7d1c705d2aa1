// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/annotations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <system_error>

#include "base/parallel.hpp"
#include "data/annotated_sizes.hpp"
#include "data/label_matching.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace fs = std::filesystem;
using nlohmann::json;
namespace {

/// The geometry of a sample that is an image file; `written` is the image's size if the annotation has it.
std::optional<Framing> framing_of(const Dataset& dataset, std::size_t index, Size written) {
  const auto* images = dynamic_cast<const FramedImages*>(&dataset);
  if (images == nullptr) return std::nullopt;
  const auto file = images->image_file(index);
  if (!file) return std::nullopt;
  return images->framing(index, written == Size{} ? image_size(*file) : written);
}

/// The annotated image as it is.
Framing own_frame(Size image) { return {image, image, 0, 0, {image, image, 0, 0, 0, 0}, image}; }

json label_of(const ImageAnnotation& annotation, const Framing& framing) {
  const bool shares = annotation.coordinates == Coordinates::shares;
  const double unit_x = shares ? framing.image.width : 1;
  const double unit_y = shares ? framing.image.height : 1;
  json label{{"boxes", json::array()}, {"classes", json::array()}, {"areas", json::array()}};
  json crowd = json::array();
  json difficult = json::array();
  for (const ObjectAnnotation& object : annotation.objects) {
    const double left = object.left * unit_x;
    const double right = object.right * unit_x;
    const double top = object.top * unit_y;
    const double bottom = object.bottom * unit_y;
    label["boxes"].push_back({framing.x(left), framing.y(top), framing.x(right), framing.y(bottom)});
    label["classes"].push_back(object.label);
    label["areas"].push_back(object.area.value_or((right - left) * (bottom - top)));
    crowd.push_back(object.crowd ? 1 : 0);
    difficult.push_back(object.difficult ? 1 : 0);
  }
  const auto any = [](const json& flags) { return std::find(flags.begin(), flags.end(), 1) != flags.end(); };
  if (any(crowd)) label["crowd"] = std::move(crowd);
  if (any(difficult)) label["difficult"] = std::move(difficult);
  label["frame"] = {framing.frame.height, framing.frame.width};
  label["pixel_area"] = framing.pixel_area();
  return label;
}

}  // namespace

std::vector<SampleFile> annotation_files(const fs::path& folder, const std::string& extension) {
  std::vector<SampleFile> files;
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    const fs::path& path = entry->path();
    const bool wanted = lower(path.extension().string()) == extension && !path.filename().string().starts_with('.');
    std::error_code unreadable;
    if (wanted && entry->is_regular_file(unreadable)) {
      files.push_back({path, path.lexically_relative(folder).generic_string()});
    }
  }
  if (error) {
    throw Error(ErrorKind::io,
                fmt::format("{}: cannot be listed ({}); check its permissions", folder.string(), error.message()));
  }
  std::sort(files.begin(), files.end(), [](const SampleFile& a, const SampleFile& b) { return a.name < b.name; });
  return files;
}

Labels object_labels(const std::vector<ImageAnnotation>& annotations, const Dataset& dataset, const std::string& where,
                     Unannotated unannotated, Observer* observer) {
  std::vector<std::string> files;
  for (const ImageAnnotation& annotation : annotations) files.push_back(annotation.file);
  const auto matches = match_paths(files, dataset, Extension::ignored);
  const bool none = std::none_of(matches.begin(), matches.end(), [](const auto& match) { return match.has_value(); });
  if (unannotated == Unannotated::error || none) {
    require_all(matches, dataset, where, "annotation", "give one for each image, named as the image");
  }
  Labels labels(dataset.size());
  // Sizes that are not written down are found by decoding.
  base::parallel_for(dataset.size(), 0, [&](std::size_t i) {
    const ImageAnnotation nothing;
    const ImageAnnotation& annotation = matches[i] ? annotations[*matches[i]] : nothing;
    std::optional<Framing> framing = framing_of(dataset, i, annotation.size);
    if (!framing) {
      if (annotation.size == Size{}) {
        throw Error(ErrorKind::input,
                    fmt::format("{}: '{}' is no image file and the annotation does not tell the size of its image; "
                                "give the samples as images",
                                where, dataset.name(i)));
      }
      framing = own_frame(annotation.size);
    }
    labels[i].text = label_of(annotation, *framing).dump();
  });
  warn_of_other_proportions(
      dataset, [&](std::size_t i) { return matches[i] ? annotations[*matches[i]].size : Size{}; }, where, observer);
  return labels;
}

std::optional<std::string> text_regions_label(const std::string& text) {
  if (!text.starts_with('[')) return std::nullopt;
  const json regions = json::parse(text, nullptr, false);
  if (!regions.is_array() || regions.empty()) return std::nullopt;
  json label{{"polygons", json::array()}, {"ignore", json::array()}};
  for (const json& region : regions) {
    if (!region.is_object() || !region.contains("points")) return std::nullopt;
    const json transcription = region.value("transcription", json());
    label["polygons"].push_back(region["points"]);
    label["ignore"].push_back(transcription == "###" || transcription == "*" ? 1 : 0);
  }
  return label.dump();
}

std::optional<std::string> mask_of(const std::string& label) {
  if (!label.starts_with('{')) return std::nullopt;
  const json object = json::parse(label, nullptr, false);
  const auto mask = object.is_object() ? object.find("mask") : object.end();
  if (!object.is_object() || mask == object.end() || !mask->is_string()) return std::nullopt;
  return mask->get<std::string>();
}

std::string framed_label(const std::string& label, const Dataset& dataset, std::size_t index) {
  if (!label.starts_with('{')) return label;
  json object = json::parse(label, nullptr, false);
  const bool places = object.is_object() && (object.contains("boxes") || object.contains("polygons"));
  if (!places || object.contains("frame")) return label;
  const std::optional<Framing> framing = framing_of(dataset, index, {});
  if (!framing) return label;
  try {
    if (const auto boxes = object.find("boxes"); boxes != object.end()) {
      json areas = json::array();
      for (json& box : *boxes) {
        const auto edges = box.get<std::array<double, 4>>();
        areas.push_back((edges[2] - edges[0]) * (edges[3] - edges[1]));
        box = {framing->x(edges[0]), framing->y(edges[1]), framing->x(edges[2]), framing->y(edges[3])};
      }
      if (!object.contains("areas")) object["areas"] = std::move(areas);
    }
    if (const auto polygons = object.find("polygons"); polygons != object.end()) {
      for (json& polygon : *polygons) {
        for (json& point : polygon) {
          const auto position = point.get<std::array<double, 2>>();
          point = {framing->x(position[0]), framing->y(position[1])};
        }
      }
    }
  } catch (const json::exception&) {
    throw Error(ErrorKind::input,
                fmt::format("{}: the label's boxes are no [x1,y1,x2,y2], or its polygons no lists of [x,y]: {}",
                            dataset.name(index), label));
  }
  object["frame"] = {framing->frame.height, framing->frame.width};
  object["pixel_area"] = framing->pixel_area();
  return object.dump();
}

}  // namespace octune::data
