// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <pugixml.hpp>
#include <set>

#include "base/file.hpp"
#include "base/suggest.hpp"
#include "data/annotations.hpp"
#include "data/class_names.hpp"
#include "data/file_dataset.hpp"
#include "octune/error.hpp"

namespace octune::data {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void invalid(const std::string& where, const std::string& what) {
  throw Error(ErrorKind::input, fmt::format("{}: {}", where, what));
}

/// One file, with the names of its objects' classes in their order.
struct NamedImage {
  ImageAnnotation image;
  std::vector<std::string> names;
};

double number_of(const pugi::xml_node& parent, const char* name, const std::string& where) {
  const pugi::xml_text text = parent.child(name).text();
  constexpr double kNone = -1e300;
  const double value = text.as_double(kNone);
  // Annotations are edited by hand: "12abc" and an empty element would be read as numbers.
  const std::string_view written = text.get();
  const bool number = !written.empty() && written.find_first_not_of("0123456789.+-eE \t\r\n") == std::string_view::npos;
  if (!number || value == kNone) {
    invalid(where, fmt::format("<{}> of <{}> is '{}', no number; write one", name, parent.name(), written));
  }
  return value;
}

NamedImage read_file(const SampleFile& file) {
  const std::string where = file.path.string();
  const std::string text = base::read_file(file.path);
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_buffer(text.data(), text.size());
  if (!parsed) {
    const auto end =
        text.begin() + static_cast<std::ptrdiff_t>(std::min(text.size(), static_cast<std::size_t>(parsed.offset)));
    invalid(fmt::format("{}:{}", where, 1 + std::count(text.begin(), end, '\n')),
            fmt::format("is no valid XML ({}); repair it there", parsed.description()));
  }
  const pugi::xml_node root = document.child("annotation");
  if (!root) invalid(where, "has no <annotation>; give Pascal VOC annotations");
  NamedImage result;
  result.image.file = file.name;
  if (const pugi::xml_node size = root.child("size")) {
    result.image.size = {static_cast<int>(number_of(size, "height", where)),
                         static_cast<int>(number_of(size, "width", where))};
    // Some tools write 0 where they did not look.
    if (result.image.size.height < 1 || result.image.size.width < 1) result.image.size = {};
  }
  for (const pugi::xml_node& node : root.children("object")) {
    const pugi::xml_node box = node.child("bndbox");
    ObjectAnnotation object;
    object.left = number_of(box, "xmin", where) - 1;
    object.top = number_of(box, "ymin", where) - 1;
    object.right = number_of(box, "xmax", where);
    object.bottom = number_of(box, "ymax", where);
    if (object.right < object.left || object.bottom < object.top) {
      invalid(where, fmt::format("a box reaches from {:g},{:g} to {:g},{:g}; write <xmin> and <ymin> that are smaller "
                                 "than <xmax> and <ymax>",
                                 object.left + 1, object.top + 1, object.right, object.bottom));
    }
    object.difficult = node.child("difficult").text().as_int() == 1;
    result.image.objects.push_back(object);
    result.names.emplace_back(node.child("name").text().get());
  }
  return result;
}

}  // namespace

std::vector<ImageAnnotation> read_voc(const fs::path& folder, const fs::path& names) {
  std::vector<NamedImage> images;
  std::set<std::string> found;
  for (const SampleFile& file : annotation_files(folder, ".xml")) {
    images.push_back(read_file(file));
    found.insert(images.back().names.begin(), images.back().names.end());
  }
  const std::vector<std::string> classes = names.empty() ? std::vector(found.begin(), found.end()) : class_names(names);
  std::map<std::string, std::int64_t> class_of;
  for (std::size_t i = 0; i < classes.size(); ++i) class_of.emplace(classes[i], i);

  std::vector<ImageAnnotation> result;
  for (NamedImage& image : images) {
    for (std::size_t i = 0; i < image.names.size(); ++i) {
      const auto entry = class_of.find(image.names[i]);
      if (entry == class_of.end()) {
        invalid((folder / image.image.file).string(),
                fmt::format("class '{}' is none of {}; {}", image.names[i], names.string(),
                            base::did_you_mean(image.names[i], classes)));
      }
      image.image.objects[i].label = entry->second;
    }
    result.push_back(std::move(image.image));
  }
  return result;
}

}  // namespace octune::data
