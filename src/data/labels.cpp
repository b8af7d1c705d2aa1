// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <memory>
#include <set>

#include "base/file.hpp"
#include "base/suggest.hpp"
#include "data/annotations.hpp"
#include "data/array_labels.hpp"
#include "data/bytes.hpp"
#include "data/class_names.hpp"
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

/// The classes of "folders": as the folders are called, or their places among `names` (a file or a list), or "sorted":
/// in the order of the names found, as most training scripts number them.
Labels labels_of_folders(const Dataset& dataset, const std::string& names) {
  std::vector<std::string> folders;
  for (const std::string& name : sample_names(dataset)) {
    folders.push_back(fs::path(normal_path(name)).parent_path().filename().string());
    if (folders.back().empty()) {
      throw Error(
          ErrorKind::input,
          fmt::format("folders: '{}' lies in no folder below the data; put the samples of each label into a folder "
                      "of its name",
                      name));
    }
  }
  if (names.empty()) return {folders.begin(), folders.end()};
  const std::set<std::string> found(folders.begin(), folders.end());
  const std::vector<std::string> classes =
      names == "sorted" ? std::vector(found.begin(), found.end()) : class_names(names);
  Labels labels;
  for (const std::string& folder : folders) {
    const auto entry = std::find(classes.begin(), classes.end(), folder);
    if (entry == classes.end()) {
      throw Error(ErrorKind::input, fmt::format("folders: '{}' is no class of {}; {}", folder, names,
                                                base::did_you_mean(folder, classes)));
    }
    labels.emplace_back(std::to_string(entry - classes.begin()));
  }
  return labels;
}

/// Boxes and polygons of lists are in pixels of the image, and their masks lie beside the list.
Labels framed(Labels labels, const Dataset& dataset, const fs::path& list, Observer* observer) {
  const fs::path folder = list.parent_path();
  for (std::size_t i = 0; i < labels.size(); ++i) {
    std::string& text = labels[i].text;
    if (auto regions = text_regions_label(text)) text = *std::move(regions);
    if (const auto mask = mask_of(text)) {
      text = mask_label(folder / *mask, dataset, i);
    } else {
      text = framed_label(text, dataset, i);
    }
  }
  warn_of_other_masks(labels, dataset, list.string(), observer);
  return labels;
}

/// "+1" or "-1" behind the file of a list: so much is added to its classes.
std::optional<int> class_shift(const std::string& option) {
  int shift = 0;
  if (option.size() < 2 || (option.front() != '+' && option.front() != '-')) return std::nullopt;
  const char* end = option.data() + option.size();
  const auto [stop, status] = std::from_chars(option.data() + (option.front() == '+' ? 1 : 0), end, shift);
  return status == std::errc() && stop == end ? std::optional(shift) : std::nullopt;
}

/// A label with `shift` added to each class, which '|' or ',' separate.
std::string shifted(const std::string& label, int shift, const std::string& where) {
  std::string result;
  for (std::size_t begin = 0; begin <= label.size();) {
    const std::size_t end = std::min(label.find_first_of("|,", begin), label.size());
    std::int64_t number = 0;
    const auto [stop, status] = std::from_chars(label.data() + begin, label.data() + end, number);
    if (status != std::errc() || stop != label.data() + end) {
      throw Error(ErrorKind::input, fmt::format("{}: the label '{}' is no class, to which {} could be added; give the "
                                                "file without ':{:+}'",
                                                where, label, shift, shift));
    }
    result += std::to_string(number + shift);
    if (end < label.size()) result += label[end];
    begin = end + 1;
  }
  return result;
}

CocoClasses coco_classes(const SourceSpec& source) {
  if (source.option.empty()) return CocoClasses::in_order;
  if (source.option == "ids") return CocoClasses::category_ids;
  throw Error(ErrorKind::input, fmt::format("{}: unknown option '{}'; allowed is {}:ids (classes are category ids)",
                                            source.path.string(), source.option, source.path.string()));
}

/// A folder of annotations, told by what lies in it.
Labels labels_of_annotations(const SourceSpec& source, const Dataset& dataset, Observer* observer) {
  const std::string where = source.path.string();
  if (!annotation_files(source.path, ".xml").empty())
    return object_labels(read_voc(source.path, source.option), dataset, where, Unannotated::error, observer);
  refuse_option(source);
  // An image without objects has no file in YOLO's data sets.
  if (!annotation_files(source.path, ".txt").empty())
    return object_labels(read_yolo(source.path), dataset, where, Unannotated::no_objects, observer);
  Labels masks = mask_labels(source.path, dataset);
  warn_of_other_masks(masks, dataset, where, observer);
  return masks;
}

}  // namespace

Labels read_labels(const std::string& spec, const Dataset& dataset, Observer* observer) {
  if (spec.empty()) throw Error(ErrorKind::input, "labels: nothing is named; give a file or folders");
  constexpr std::string_view kFolders = "folders";
  if (spec == kFolders) return labels_of_folders(dataset, {});
  if (spec.starts_with("folders:") && !path_exists(spec))
    return labels_of_folders(dataset, spec.substr(kFolders.size() + 1));
  const SourceSpec source = split_source(spec);
  const fs::path& path = source.path;
  if (!path_exists(path)) {
    if (const auto split = split_npz_key(spec)) return array_labels(NpzFile(split->file).array(split->key), dataset);
    throw Error(ErrorKind::input, fmt::format("{}: does not exist; check the path", spec));
  }
  const std::string where = path.string();
  const std::string extension = lower(path.extension().string());
  if (fs::is_directory(path)) return labels_of_annotations(source, dataset, observer);
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
    const auto entries = parse_label_csv(base::read_file(path), column, separator, path.parent_path(), where);
    return framed(match_labels(entries, dataset, where), dataset, path, observer);
  }
  if (is_json_lines_name(path)) {
    const auto entries = parse_label_json_lines(base::read_file(path), source.option, where);
    return framed(match_labels(entries, dataset, where), dataset, path, observer);
  }
  if (extension == ".json") {
    if (const auto entries = parse_label_json_list(base::read_file(path)); entries && source.option.empty())
      return match_labels(*entries, dataset, where);
    return object_labels(read_coco(path, coco_classes(source)), dataset, where, Unannotated::error, observer);
  }
  if (const auto kind = cifar_kind(source.option)) return cifar_labels(path, dataset, *kind);
  const bool is_list = !is_idx(path) && extension != ".npy";
  const std::optional<int> shift = is_list ? class_shift(source.option) : std::nullopt;
  if (!shift) refuse_option(source);
  if (is_idx(path)) return idx_labels(path, dataset);
  if (extension == ".npy") return array_labels(NpyArray::open(path), dataset);
  auto entries = parse_label_lines(base::read_file(path), sample_names(dataset), where);
  if (shift) {
    for (PathLabel& entry : entries) entry.label = shifted(entry.label, *shift, where);
  }
  return framed(match_labels(entries, dataset, where), dataset, path, observer);
}

}  // namespace octune::data
