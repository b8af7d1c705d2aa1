// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "config/checker_samples.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/file.hpp"
#include "base/suggest.hpp"
#include "config/algorithm_section.hpp"
#include "octune/error.hpp"

namespace octune::config {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// Pascal VOC's classes, which its converter numbers in this order.
constexpr std::array<std::string_view, 20> kVocClasses{
    "aeroplane",   "bicycle", "bird",  "boat",      "bottle", "bus",         "car",   "cat",  "chair", "cow",
    "diningtable", "dog",     "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor"};

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

/// A converter's result; `data` may narrow the folder of the images down.
struct Converted {
  std::string data;
  std::string labels;
  int class_offset = 0;
};

std::string listed(const std::string& folder, const std::optional<std::string>& list) {
  return folder.empty() || !list ? folder : folder + ":list=" + *list;
}

/// The path under a key that the converter cannot do without.
std::optional<std::string> required_path(Section& conversion, const std::string& key) {
  if (!conversion.has(key)) conversion.problem("", fmt::format("{} has no '{}'; add it", conversion.label(""), key));
  return checker_path(conversion, key);
}

/// Keys of a converter that neither samples nor labels depend on.
void skip(Section& conversion, std::initializer_list<const char*> keys, RunConfig& config) {
  for (const char* key : keys)
    without_effect(conversion, key, "neither samples nor labels depend on it", Severity::debug, config);
}

Converted read_imagenet(Section& conversion, const std::string& folder, RunConfig& config) {
  const auto list = required_path(conversion, "annotation_file");
  const bool background = conversion.flag("has_background").value_or(false);
  skip(conversion, {"labels_file", "images_dir", "dataset_meta_file"}, config);
  return {listed(folder, list), list ? *list + (background ? ":+1" : "") : "", 0};
}

Converted read_icdar_recognition(Section& conversion, const std::string& folder, RunConfig& config) {
  const auto list = required_path(conversion, "annotation_file");
  conversion.one_of("delimeter", {"tab", "space"});  // either is found in the lines
  skip(conversion, {"images_dir"}, config);
  return {listed(folder, list), list.value_or(""), 0};
}

/// The names of a label_map, by their numbers; empty if it leaves numbers out.
std::vector<std::string> names_in_order(const json& label_map, int first) {
  std::map<int, std::string> by_number;
  for (const auto& [number, name] : label_map.items()) {
    int value = -1;
    const char* end = number.data() + number.size();
    const auto [stop, status] = std::from_chars(number.data(), end, value);
    if (status != std::errc() || stop != end || !name.is_string()) return {};
    if (value >= first) by_number[value] = name.get<std::string>();
  }
  std::vector<std::string> names;
  for (const auto& [number, name] : by_number) {
    if (number != first + static_cast<int>(names.size())) return {};
    names.push_back(name);
  }
  return names;
}

/// The names of Pascal VOC's classes in their order, or those of the file that describes the data set.
std::vector<std::string> class_names(Section& conversion, bool background) {
  constexpr const char* kKey = "dataset_meta_file";
  const auto file = checker_path(conversion, kKey);
  if (!file) return {kVocClasses.begin(), kVocClasses.end()};
  std::vector<std::string> names;
  const json meta = json::parse(base::read_file(*file), nullptr, false);
  if (meta.is_object() && meta.contains("label_map") && meta["label_map"].is_object()) {
    names = names_in_order(meta["label_map"], background ? 1 : 0);
  } else if (meta.is_object() && meta.contains("labels") && meta["labels"].is_array()) {
    for (const json& name : meta["labels"]) {
      if (name.is_string()) names.push_back(name.get<std::string>());
    }
  }
  if (names.empty()) {
    conversion.problem(kKey, fmt::format("{}: '{}' names no classes; it needs 'labels', or a 'label_map' with all "
                                         "numbers",
                                         conversion.label(kKey), *file));
  }
  return names;
}

Converted read_voc_detection(Section& conversion, const std::string& folder, RunConfig& config) {
  const auto list = required_path(conversion, "imageset_file");
  const auto annotations = required_path(conversion, "annotations_dir");
  const bool background = conversion.flag("has_background").value_or(true);
  skip(conversion, {"images_dir"}, config);
  const std::vector<std::string> names = class_names(conversion, background);
  // The comma tells a single name from the path of a file of names.
  return {listed(folder, list),
          annotations ? fmt::format("{}:{}{}", *annotations, fmt::join(names, ","), names.size() == 1 ? "," : "") : "",
          background ? -1 : 0};
}

Converted read_voc_segmentation(Section& conversion, const std::string& folder, RunConfig& config) {
  const auto list = required_path(conversion, "imageset_file");
  skip(conversion, {"images_dir", "dataset_meta_file", "labelmap_file"}, config);
  return {listed(folder, list), checker_path(conversion, "mask_dir").value_or(""), 0};
}

Converted read_coco_detection(Section& conversion, const std::string& folder, RunConfig& config) {
  const auto file = required_path(conversion, "annotation_file");
  const bool background = conversion.flag("has_background").value_or(false);
  const bool ids = conversion.flag("use_full_label_map").value_or(false);
  if (conversion.flag("convert_COCO_to_VOC_labels").value_or(false))
    conversion.problem("convert_COCO_to_VOC_labels",
                       "this mapping of classes has no counterpart; map them in the file");
  if (conversion.has("dataset_meta_file"))
    conversion.problem("dataset_meta_file", "other classes than the file's have no counterpart; map them in the file");
  skip(conversion, {"sort_annotations", "sort_key", "images_dir"}, config);
  // Categories are numbered from 1. With a background in front their numbers are those of the model's classes.
  const int offset = ids ? (background ? 0 : 1) : (background ? -1 : 0);
  return {folder, file ? *file + (ids ? ":ids" : "") : "", offset};
}

struct Converter {
  std::string_view name;
  Converted (*read)(Section& conversion, const std::string& folder, RunConfig& config);
};
constexpr std::array<Converter, 5> kConverters{{{"imagenet", read_imagenet},
                                                {"icdar13_recognition", read_icdar_recognition},
                                                {"voc_detection", read_voc_detection},
                                                {"voc_segmentation", read_voc_segmentation},
                                                {"mscoco_detection", read_coco_detection}}};

/// What of ours reads the same files.
const std::map<std::string, std::string>& own_labels() {
  static const std::map<std::string, std::string> own{
      {"mnist", "ours: the file of images as 'data', that of labels as 'labels'"},
      {"fashion_mnist", "ours: the file of images as 'data', that of labels as 'labels'"},
      {"cifar", "ours: the binary version, FILE:cifar10 as 'data' and 'labels'"},
      {"cityscapes", "ours: the folder of the masks of class indices as 'labels'"},
      {"yolo_labeling", "ours: the folder of the .txt as 'labels'"},
      {"image_processing", "ours: a .npy of the wanted outputs as 'labels'"}};
  return own;
}

void read_reader(CheckerDataset& dataset, CheckerSamples& samples) {
  Section& entry = dataset.with("reader");
  if (!entry.has("reader")) return;
  std::optional<Section> options;
  std::string name;
  if (entry.is_object("reader")) {
    options = entry.section("reader");
    name = options->text("type").value_or("");
  } else {
    name = entry.text("reader").value_or("");
  }
  const std::vector<std::string> known{"opencv_imread", "pillow_imread", "skimage_imread", "scipy_imread"};
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    entry.problem("reader", fmt::format("reader '{}' has no counterpart; {}", name, base::did_you_mean(name, known)));
    return;
  }
  if (name != "opencv_imread") samples.colors = ReadColors::rgb;
  if (!options) return;
  if (name == "opencv_imread") {
    if (options->one_of("reading_flag", {"color", "gray"}) == "gray") samples.colors = ReadColors::gray;
  } else if (!options->flag("to_rgb").value_or(true)) {
    options->problem("to_rgb", "images in their own colours have no counterpart; ours are brought to three channels");
  }
  options->finish();
}

}  // namespace

Section& CheckerDataset::with(const std::string& key) {
  const bool defined = definition_ && definition_->has(key);
  return own_.has(key) || !defined ? own_ : *definition_;
}

void CheckerDataset::finish() {
  own_.finish();
  if (definition_) definition_->finish();
}

std::optional<std::string> checker_path(Section& section, const std::string& key) {
  const auto given = section.text(key);
  if (!given) return std::nullopt;
  std::string path = *section.path(key);
  if (is_there(path)) return path;
  const char* folder = std::getenv("DATA_DIR");
  if (folder != nullptr && is_there(fs::path(folder) / *given)) return (fs::path(folder) / *given).string();
  section.problem(key, fmt::format("{}: no such file or folder '{}'; paths start at the configuration's folder, or at "
                                   "that of the variable DATA_DIR",
                                   section.label(key), *given));
  return std::nullopt;
}

CheckerSamples read_checker_samples(CheckerDataset& dataset, LabelUse use, RunConfig& config) {
  CheckerSamples samples;
  read_reader(dataset, samples);
  Section& source = dataset.with("data_source");
  if (!source.has("data_source")) {
    source.problem("", fmt::format("{} has no 'data_source'; name the folder of the images", source.label("")));
  }
  const std::string folder = checker_path(source, "data_source").value_or("");
  samples.data = folder;
  const bool converted = dataset.has("annotation_conversion");
  for (const char* key : {"annotation", "dataset_meta"}) {
    Section& entry = dataset.with(key);
    if (converted || use != LabelUse::needed) {
      without_effect(entry, key, "labels are read anew each time", Severity::debug, config);
    } else if (entry.has(key) && key == std::string_view("annotation")) {
      entry.problem(key,
                    "a converted annotation (pickle) cannot be read; give 'annotation_conversion', or ours in "
                    "'labels' of engine");
    }
  }
  if (converted) {
    Section& entry = dataset.with("annotation_conversion");
    if (auto conversion = entry.section("annotation_conversion")) {
      const std::string name = conversion->text("converter").value_or("");
      const auto* const converter = std::find_if(kConverters.begin(), kConverters.end(),
                                                 [&](const Converter& known) { return known.name == name; });
      if (converter == kConverters.end()) {
        std::vector<std::string> names;
        for (const Converter& known : kConverters) names.emplace_back(known.name);
        const auto own = own_labels().find(name);
        if (use == LabelUse::replaced) {
          config.notes.push_back(
              {Severity::warning, fmt::format("{}: converter '{}' has no counterpart; 'labels' of engine replaces it, "
                                              "and all files of the folder are samples",
                                              conversion->where("converter"), name)});
        } else {
          conversion->problem("converter",
                              fmt::format("converter '{}' has no counterpart; {}", name,
                                          own != own_labels().end() ? own->second : base::did_you_mean(name, names)));
        }
      } else {
        const Converted result = converter->read(*conversion, folder, config);
        samples.data = result.data;
        samples.labels = result.labels;
        samples.class_offset = result.class_offset;
        skip(*conversion, {"annotation", "dataset_meta", "analyze_dataset"}, config);
        conversion->finish();
      }
    }
  } else if (use == LabelUse::needed && !dataset.has("annotation")) {
    dataset.own().problem("", fmt::format("{} has no 'annotation_conversion'; add it, or ours in 'labels' of engine",
                                          dataset.own().label("")));
  }
  if (const auto masks = checker_path(dataset.with("segmentation_masks_source"), "segmentation_masks_source"))
    samples.labels = *masks;
  return samples;
}

}  // namespace octune::config
