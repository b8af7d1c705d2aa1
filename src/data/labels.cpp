// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "base/file.hpp"
#include "data/annotations.hpp"
#include "data/array_labels.hpp"
#include "data/bytes.hpp"
#include "data/image_records.hpp"
#include "data/json_lines.hpp"
#include "data/label_lists.hpp"
#include "data/label_matching.hpp"
#include "data/mask_labels.hpp"
#include "data/npy.hpp"
#include "data/open.hpp"
#include "data/source_spec.hpp"
#include "data/table.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace fs = std::filesystem;
namespace {

std::vector<std::string> sample_names(const Dataset& dataset) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < dataset.size(); ++i) names.push_back(dataset.name(i));
  return names;
}

Labels labels_of_folders(const Dataset& dataset) {
  Labels labels;
  for (const std::string& name : sample_names(dataset)) {
    std::string folder = fs::path(normal_path(name)).parent_path().filename().string();
    if (folder.empty()) {
      throw Error(
          ErrorKind::input,
          fmt::format("folders: '{}' lies in no folder below the data; put the samples of each label into a folder "
                      "of its name",
                      name));
    }
    labels.emplace_back(std::move(folder));
  }
  return labels;
}

/// Boxes and polygons of lists are in pixels of the image, and their masks lie beside the list, in `folder`.
Labels framed(Labels labels, const Dataset& dataset, const fs::path& folder) {
  for (std::size_t i = 0; i < labels.size(); ++i) {
    std::string& text = labels[i].text;
    if (auto regions = text_regions_label(text)) text = *std::move(regions);
    if (const auto mask = mask_of(text)) {
      text = mask_label(folder / *mask, dataset, i);
    } else {
      text = framed_label(text, dataset, i);
    }
  }
  return labels;
}

CocoClasses coco_classes(const SourceSpec& source) {
  if (source.option.empty()) return CocoClasses::in_order;
  if (source.option == "ids") return CocoClasses::category_ids;
  throw Error(ErrorKind::input, fmt::format("{}: unknown option '{}'; allowed is {}:ids (classes are category ids)",
                                            source.path.string(), source.option, source.path.string()));
}

/// A folder of annotations, told by what lies in it.
Labels labels_of_annotations(const SourceSpec& source, const Dataset& dataset) {
  const std::string where = source.path.string();
  if (!annotation_files(source.path, ".xml").empty())
    return object_labels(read_voc(source.path, source.option), dataset, where, Unannotated::error);
  refuse_option(source);
  // An image without objects has no file in YOLO's data sets.
  if (!annotation_files(source.path, ".txt").empty())
    return object_labels(read_yolo(source.path), dataset, where, Unannotated::no_objects);
  return mask_labels(source.path, dataset);
}

}  // namespace

Labels read_labels(const std::string& spec, const Dataset& dataset) {
  if (spec.empty()) throw Error(ErrorKind::input, "labels: nothing is named; give a file or folders");
  if (spec == "folders") return labels_of_folders(dataset);
  const SourceSpec source = split_source(spec);
  const fs::path& path = source.path;
  if (!path_exists(path)) {
    if (const auto split = split_npz_key(spec)) return array_labels(NpzFile(split->file).array(split->key), dataset);
    throw Error(ErrorKind::input, fmt::format("{}: does not exist; check the path", spec));
  }
  const std::string where = path.string();
  const std::string extension = lower(path.extension().string());
  if (fs::is_directory(path)) return labels_of_annotations(source, dataset);
  if (extension == ".npz") {
    if (!source.option.empty()) return array_labels(NpzFile(path).array(source.option), dataset);
    throw Error(ErrorKind::input, fmt::format("{}: names no key; give {}:KEY (keys: {})", where, where,
                                              fmt::join(NpzFile(path).keys(), ", ")));
  }
  if (is_table_name(path)) {
    const char separator = extension == ".tsv" ? '\t' : ',';
    // A table that is data as well may be named the same way for both: table.csv:label=species.
    constexpr std::string_view kLabelOption = "label=";
    const std::string column =
        source.option.starts_with(kLabelOption) ? source.option.substr(kLabelOption.size()) : source.option;
    const auto entries = parse_label_csv(base::read_file(path), column, separator, where);
    return framed(match_labels(entries, dataset, where), dataset, path.parent_path());
  }
  if (is_json_lines_name(path)) {
    const auto entries = parse_label_json_lines(base::read_file(path), source.option, where);
    return framed(match_labels(entries, dataset, where), dataset, path.parent_path());
  }
  if (extension == ".json") {
    return object_labels(read_coco(path, coco_classes(source)), dataset, where, Unannotated::error);
  }
  if (const auto kind = cifar_kind(source.option)) return cifar_labels(path, dataset, *kind);
  refuse_option(source);
  if (is_idx(path)) return idx_labels(path, dataset);
  if (extension == ".npy") return array_labels(NpyArray::open(path), dataset);
  const auto entries = parse_label_lines(base::read_file(path), sample_names(dataset), where);
  return framed(match_labels(entries, dataset, where), dataset, path.parent_path());
}

}  // namespace octune::data
