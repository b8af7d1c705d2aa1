// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "data/file_dataset.hpp"
#include "data/framing.hpp"
#include "octune/dataset.hpp"
#include "octune/observer.hpp"

/// Objects that people marked in images, and how they become labels.
namespace octune::data {

/// Edges in pixels of the image (0 is the edge of the first pixel) or, in an annotation that says so, in shares of its
/// size.
struct ObjectAnnotation {
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;
  std::int64_t label = 0;        ///< class
  std::optional<double> area{};  ///< in pixels of the image, where it is not the box's (segments)
  bool crowd = false;            ///< a region with many objects
  bool difficult = false;
};

enum class Coordinates { pixels, shares };

struct ImageAnnotation {
  std::string file;  ///< of the image, or of its annotation
  Size size{};       ///< of the image, if it is written down; 0 otherwise
  Coordinates coordinates = Coordinates::pixels;
  std::vector<ObjectAnnotation> objects;
};

/// The files with this extension (".xml") below a folder, sorted by name; hidden ones are left out.
std::vector<SampleFile> annotation_files(const std::filesystem::path& folder, const std::string& extension);

/// The instances of a COCO file. Classes are the categories in the order of their ids, counted from 0, or with
/// `category_ids` the ids themselves. Error{input}: no JSON (with its line), keys or ids that are missing, boxes of
/// negative size; those of no size are kept.
enum class CocoClasses { in_order, category_ids };
std::vector<ImageAnnotation> read_coco(const std::filesystem::path& file, CocoClasses classes);

/// The .xml files of a folder, as Pascal VOC has them; pixels 1 to n there are edges 0 to n here. The class of a name
/// is its line in `names`, a text file with one name a line, counted from 0, or its place in `names` itself, "cat,dog";
/// if that is empty, its place among all names found, in alphabetical order. Error{input}: broken XML (with its line),
/// unknown names, boxes without edges or with the larger edge first.
std::vector<ImageAnnotation> read_voc(const std::filesystem::path& folder, const std::filesystem::path& names);

/// The .txt files of a folder, as YOLO has them: "class centre_x centre_y width height" in shares of the image's size,
/// or "class x1 y1 x2 y2 x3 y3 ..." (a segment, of which the surrounding box is taken). Error{input} naming the line,
/// also for numbers that are no shares.
std::vector<ImageAnnotation> read_yolo(const std::filesystem::path& folder);

/// What it means that a sample has no annotation.
enum class Unannotated { error, no_objects };

/// The label of every sample, as JSON (docs/labels.md): "boxes" [x1,y1,x2,y2], "classes", "areas", "crowd" and
/// "difficult" as far as there are any, "frame" [height,width] and "pixel_area". Of a sample that is an image file the
/// boxes follow the image into the model's frame; of any other one the frame is the annotated image. Samples and
/// annotations are matched by path, extensions aside. `observer` (may be null) is warned of written sizes that do not
/// fit the image files (data/annotated_sizes.hpp). Error{input} for samples without annotation, and for an image whose
/// size is neither written down nor read.
Labels object_labels(const std::vector<ImageAnnotation>& annotations, const Dataset& dataset, const std::string& where,
                     Unannotated unannotated, Observer* observer);

/// A list of PaddleOCR's text regions, [{"transcription": "...", "points": [[x,y], ...]}, ...], as a label of polygons;
/// regions transcribed "###" or "*" are to be ignored. None for any other text, the empty list among them: it may as
/// well be one of classes.
std::optional<std::string> text_regions_label(const std::string& text);

/// The file that a label {"mask": "FILE"} names; none for any other text.
std::optional<std::string> mask_of(const std::string& label);

/// A label of boxes or polygons that was written in the pixels of an image file, moved into the model's frame;
/// unchanged if it is another label, if it has a frame already, or if sample `index` is no image file. Error{input} if
/// boxes or polygons are not written as docs/labels.md says.
std::string framed_label(const std::string& label, const Dataset& dataset, std::size_t index);

}  // namespace octune::data
