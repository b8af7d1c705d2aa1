// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "data/annotations.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "data/open.hpp"
#include "data/test_files.hpp"

namespace octune::data {
namespace {

using nlohmann::json;
using test::error_of;
using test::Listener;
using testing::ElementsAre;

class Annotations : public testing::Test {
 protected:
  /// A folder of grey images of 20 x 40 (height x width), as samples of a model with an input of 3 x 10 x 10.
  std::unique_ptr<Dataset> images(const std::vector<std::string>& names, ResizeMode mode = ResizeMode::stretch) {
    for (const std::string& name : names) {
      folder_.write("images/" + name, test::png(20, 40, [](int, int, int) { return 7; }));
    }
    Preprocess preprocess;
    preprocess.resize_mode = mode;
    return open_dataset(folder_ / "images", {{"x", {1, 3, 10, 10}, ov::element::f32}}, preprocess);
  }

  json label(const std::string& spec, const Dataset& dataset, std::size_t index = 0) {
    return json::parse(read_labels(spec, dataset).at(index).text);
  }

  test::TemporaryFolder folder_;
};

const char* const kCoco = R"({
  "images": [{"id": 7, "file_name": "train/a.png", "height": 20, "width": 40},
             {"id": 3, "file_name": "b.png", "height": 20, "width": 40}],
  "annotations": [
    {"id": 1, "image_id": 7, "category_id": 90, "bbox": [4, 2, 8, 10], "area": 55, "iscrowd": 0,
     "segmentation": [[1, 2, 3, 4, 5, 6]]},
    {"id": 2, "image_id": 7, "category_id": 18, "bbox": [0, 0, 40, 20], "iscrowd": true}],
  "categories": [{"id": 90, "name": "brush"}, {"id": 18, "name": "dog"}]})";

TEST_F(Annotations, CocoBoxesFollowTheImageIntoTheFrame) {
  const auto data = images({"a.png", "b.png"});
  const std::string path = folder_.write("instances.json", kCoco);
  EXPECT_EQ(label(path, *data), json::parse(R"({"boxes": [[1.0,1.0,3.0,6.0],[0.0,0.0,10.0,10.0]], "classes": [1,0],
      "areas": [55.0,800.0], "crowd": [0,1], "frame": [10,10], "pixel_area": 8.0})"));
  EXPECT_EQ(label(path, *data, 1),
            json::parse(R"({"boxes": [], "classes": [], "areas": [], "frame": [10,10], "pixel_area": 8.0})"));
  EXPECT_EQ(label(path + ":ids", *data)["classes"], json::parse("[90,18]"));
}

TEST_F(Annotations, LetterboxAndCropMoveBoxes) {
  const std::string path = folder_.write("instances.json", kCoco);
  // 20 x 40 becomes 5 x 10, below 2 rows of padding.
  const auto letterboxed = images({"a.png", "b.png"}, ResizeMode::letterbox);
  EXPECT_EQ(label(path, *letterboxed)["boxes"][0], json::parse("[1.0,2.5,3.0,5.0]"));
  EXPECT_EQ(label(path, *letterboxed)["pixel_area"], 16.0);
  // 20 x 40 becomes 10 x 20, of which 5 columns on both sides are cut off: boxes keep what lies outside.
  const auto cropped = images({"a.png", "b.png"}, ResizeMode::shorter);
  EXPECT_EQ(label(path, *cropped)["boxes"], json::parse("[[-3.0,1.0,1.0,6.0],[-5.0,0.0,15.0,10.0]]"));
}

TEST_F(Annotations, TheCentreOfAnImageMovesBoxes) {
  folder_.write("images/a.png", test::png(20, 40, [](int, int, int) { return 7; }));
  Preprocess preprocess;
  preprocess.central_fraction = 0.5;  // rows 5 to 15, columns 10 to 30
  const auto data = open_dataset(folder_ / "images", {{"x", {1, 3, 10, 10}, ov::element::f32}}, preprocess);
  EXPECT_EQ(label(folder_.write("instances.json", kCoco), *data)["boxes"][1], json::parse("[-5.0,-5.0,15.0,15.0]"));
}

TEST_F(Annotations, DamagedCocoFilesAreReported) {
  const auto data = images({"a.png"});
  const auto error = [&](const std::string& text) {
    const std::string path = folder_.write("instances.json", text);
    const std::string message = error_of([&] { read_labels(path, *data); });
    EXPECT_EQ(message.substr(0, path.size()), path);
    return message.substr(std::min(path.size(), message.size()));
  };
  EXPECT_EQ(error("{\n\"images\": [\n{,\n"), ":3: is no valid JSON; repair it there");
  EXPECT_EQ(error("7"), ": has no list 'images'; give COCO instances: images, annotations and categories");
  const std::string image = R"({"images": [{"id": 1, "file_name": "a.png", "height": 20, "width": 40}], )";
  EXPECT_EQ(error(image + R"("annotations": [{"image_id": 1, "category_id": 5, "bbox": [1,1,2,2]}],
                             "categories": [{"id": 2}, {"id": 9}]})"),
            ": annotations[0]: no category has the id 5; known are 2, 9");
  EXPECT_EQ(error(image + R"("annotations": [{"image_id": 4, "category_id": 2, "bbox": [1,1,2,2]}],
                             "categories": [{"id": 2}]})"),
            ": annotations[0]: no image has the id 4; add it to 'images'");
  EXPECT_EQ(error(image + R"("annotations": [{"image_id": 1, "category_id": 2, "bbox": [1,1,2]}],
                             "categories": [{"id": 2}]})"),
            ": annotations[0]: 'bbox' is [1,1,2]; see COCO's format for instances");
  EXPECT_EQ(error(image + R"("annotations": [{"image_id": 1, "category_id": 2, "bbox": [9,1,-3,2]}],
                             "categories": [{"id": 2}]})"),
            ": annotations[0]: 'bbox' is -3 wide and 2 high; write [left, top, width, height]");
  EXPECT_EQ(error(R"({"images": [{"id": 1, "height": 20, "width": 40}], "annotations": [], "categories": []})"),
            ": images[0]: 'file_name' is missing; write it");
  EXPECT_EQ(error(R"({"images": [{"id": 1, "file_name": "z.png", "height": 20, "width": 40}], "annotations": [],
                      "categories": []})"),
            ": 1 of 1 samples have no annotation: 'a.png'; give one for each image, named as the image");
  const std::string path = folder_ / "instances.json";
  EXPECT_EQ(error_of([&] { read_labels(path + ":names", *data); }),
            path + ": unknown option 'names'; allowed is " + path + ":ids (classes are category ids)");
}

TEST_F(Annotations, CocoBoxesOfNoSizeAreKept) {
  const auto data = images({"a.png"});
  const std::string path = folder_.write(
      "instances.json", R"({"images": [{"id": 1, "file_name": "a.png", "height": 20, "width": 40}], "annotations":
          [{"image_id": 1, "category_id": 2, "bbox": [4,2,0,6]}], "categories": [{"id": 2}]})");
  EXPECT_EQ(label(path, *data)["boxes"], json::parse("[[1.0,1.0,1.0,4.0]]"));
}

TEST_F(Annotations, SizesThatDoNotFitTheImagesAreToldOnce) {
  const auto data = images({"a.png", "b.png", "c.png"});  // 20 x 40
  const auto warnings = [&](const std::string& size_of_a, const std::string& size_of_b) {
    Listener listener;
    const std::string text = R"({"images": [{"id": 1, "file_name": "a.png", )" + size_of_a +
                             R"(}, {"id": 2, "file_name": "b.png", )" + size_of_b +
                             R"(}, {"id": 3, "file_name": "c.png", "height": 20, "width": 40}],
                                 "annotations": [], "categories": []})";
    read_labels(folder_.write("instances.json", text), *data, &listener);
    return listener.warnings;
  };
  const std::string right = R"("height": 20, "width": 40)";
  EXPECT_THAT(warnings(right, right), ElementsAre());
  EXPECT_THAT(warnings(R"("height": 61, "width": 121)", right), ElementsAre()) << "scaled as a whole";
  const std::string where = folder_ / "instances.json";
  const std::string rest =
      "; check that annotations and images belong together, and whether an orientation in the images' metadata (EXIF) "
      "turns them";
  EXPECT_THAT(warnings(right, R"("height": 30, "width": 40)"),
              ElementsAre(where +
                          ": 1 of 3 images have other proportions than they are annotated with, so that boxes "
                          "and masks are misplaced: 'b.png' has 20x40 pixels (height x width), annotated are "
                          "30x40" +
                          rest));
  EXPECT_THAT(warnings(R"("height": 40, "width": 20)", R"("height": 30, "width": 40)"),
              ElementsAre(where +
                          ": 2 of 3 images have other proportions than they are annotated with, so that boxes "
                          "and masks are misplaced: 'a.png' has 20x40 pixels (height x width), annotated are "
                          "40x20, as if it were turned by 90 degrees" +
                          rest));
}

std::string voc(const std::string& objects,
                const std::string& size = "<size><width>40</width><height>20</height></size>") {
  return "<?xml version=\"1.0\"?>\n<annotation>\n" + size + objects + "</annotation>\n";
}

const char* const kDog =
    "<object><name>dog</name><difficult>1</difficult>\n"
    "<bndbox><xmin>5</xmin><ymin>3</ymin><xmax>12</xmax><ymax>12</ymax></bndbox></object>\n";
const char* const kCat =
    "<object><name>cat</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>40</xmax><ymax>20</ymax></bndbox></object>\n";

TEST_F(Annotations, VocPixelsBecomeEdges) {
  const auto data = images({"a.png", "b.png"});
  folder_.write("Annotations/a.xml", voc(std::string(kDog) + kCat));
  folder_.write("Annotations/b.xml", voc("", ""));
  EXPECT_EQ(label(folder_ / "Annotations", *data), json::parse(R"({"boxes": [[1.0,1.0,3.0,6.0],[0.0,0.0,10.0,10.0]],
      "classes": [1,0], "areas": [80.0,800.0], "difficult": [1,0], "frame": [10,10], "pixel_area": 8.0})"));
  EXPECT_EQ(label(folder_ / "Annotations", *data, 1)["boxes"], json::array());
  const std::string names = folder_.write("names.txt", "bird\ndog\ncat\n");
  EXPECT_EQ(label((folder_ / "Annotations:") + names, *data)["classes"], json::parse("[1,2]"));
  EXPECT_EQ(label((folder_ / "Annotations:") + "cat,bird,dog", *data)["classes"], json::parse("[2,0]"));
}

TEST_F(Annotations, DamagedVocFilesAreReported) {
  const auto data = images({"a.png"});
  const auto error = [&](const std::string& text, const std::string& option = "") {
    const std::string path = folder_.write("Annotations/a.xml", text);
    const std::string message = error_of([&] { read_labels((folder_ / "Annotations") + option, *data); });
    EXPECT_EQ(message.substr(0, path.size()), path);
    return message.substr(std::min(path.size(), message.size()));
  };
  EXPECT_EQ(error("<annotation>\n<object>\n</annotation>\n"),
            ":3: is no valid XML (Start-end tags mismatch); repair it there");
  EXPECT_EQ(error("<xml/>"), ": has no <annotation>; give Pascal VOC annotations");
  EXPECT_EQ(error(voc("<object><name>x</name><bndbox><xmin>a</xmin></bndbox></object>")),
            ": <xmin> of <bndbox> is 'a', no number; write one");
  EXPECT_EQ(error(voc("<object><name>x</name></object>")), ": <xmin> of <> is '', no number; write one");
  EXPECT_EQ(error(voc("<object><name>x</name><bndbox><xmin>9</xmin><ymin>1</ymin><xmax>4</xmax><ymax>2</ymax></bndbox>"
                      "</object>")),
            ": a box reaches from 9,1 to 4,2; write <xmin> and <ymin> that are smaller than <xmax> and <ymax>");
  const std::string names = folder_.write("names.txt", "bird\ndig\n");
  EXPECT_EQ(error(voc(kDog), ":" + names),
            ": class 'dog' is none of " + names + "; did you mean 'dig'? (known: bird, dig)");
}

TEST_F(Annotations, YoloShares) {
  const auto data = images({"a.png", "b.png"}, ResizeMode::letterbox);
  folder_.write("labels/a.txt", "3 0.5 0.25 0.25 0.5\n\n0 0.1 0.2 0.3 0.4 0.2 0.6\n");
  folder_.write("labels/classes.txt", "cat\ndog\n");
  EXPECT_EQ(label(folder_ / "labels", *data)["classes"], json::parse("[3,0]"));
  const json boxes = label(folder_ / "labels", *data)["boxes"];
  EXPECT_EQ(boxes[0], json::parse("[3.75,2.0,6.25,4.5]"));
  EXPECT_NEAR(boxes[1][0].get<double>(), 1, 1e-12);
  EXPECT_NEAR(boxes[1][3].get<double>(), 5, 1e-12);
  EXPECT_EQ(label(folder_ / "labels", *data)["areas"][0], 100.0);
  EXPECT_EQ(label(folder_ / "labels", *data, 1)["boxes"], json::array());  // without a file
  folder_.write("labels/b.txt", "0 0.5 0.5 1\n");
  EXPECT_EQ(error_of([&] { read_labels(folder_ / "labels", *data); }),
            (folder_ / "labels/b.txt") +
                ":1: '0 0.5 0.5 1' is no 'class x y width height' and no 'class x1 y1 x2 y2 "
                "x3 y3 ...'; write one on each line");
}

TEST_F(Annotations, YoloBoxesInPixelsAreRefused) {
  const auto data = images({"a.png"});
  const auto error = [&](const std::string& line) {
    folder_.write("labels/a.txt", line);
    return error_of([&] { read_labels(folder_ / "labels", *data); });
  };
  const std::string where = (folder_ / "labels/a.txt") + ":2: ";
  EXPECT_EQ(error("0 0.5 0.5 1 1\n0 20 10 8 4\n"),
            where + "20 lies outside the image; write shares of its width and height, from 0 to 1, not pixels");
  EXPECT_EQ(error("0 0.5 0.5 1 1\n0 0.1 0.2 0.3 0.4 -0.2 0.6\n"),
            where + "-0.2 lies outside the image; write shares of its width and height, from 0 to 1, not pixels");
  EXPECT_EQ(error("0 0.5 0.5 1 1\n0 0.5 0.5 -0.005 0.1\n"),
            where + "the box is -0.005 wide and 0.1 high; neither may be negative");
  EXPECT_EQ(error("0 0.1 0.2 0.3 1.005 0.2 0.6\n"), "") << "rounding";
}

TEST_F(Annotations, BoxesOfListsAreInPixelsOfTheImage) {
  const auto data = images({"a.png"});
  const std::string lines = folder_.write(
      "l.jsonl", R"({"file": "a.png", "boxes": [[4,2,12,12]], "classes": [5], "polygons": [[[4,2],[8,4],[0,20]]]})");
  const json framed = label(lines, *data);
  EXPECT_EQ(framed["boxes"], json::parse("[[1.0,1.0,3.0,6.0]]"));
  EXPECT_EQ(framed["areas"], json::parse("[80.0]"));
  EXPECT_EQ(framed["polygons"], json::parse("[[[1.0,1.0],[2.0,2.0],[0.0,10.0]]]"));
  EXPECT_EQ(framed["frame"], json::parse("[10,10]"));
  const std::string broken = folder_.write("m.jsonl", R"({"file": "a.png", "boxes": [4,2]})");
  EXPECT_EQ(error_of([&] { read_labels(broken, *data); }),
            "a.png: the label's boxes are no [x1,y1,x2,y2], or its polygons no lists of [x,y]: "
            R"({"boxes":[4,2],"file":"a.png"})");
}

TEST_F(Annotations, PaddleOcrTextRegions) {
  const auto data = images({"a.png"});
  const std::string lines = folder_.write("label.txt",
                                          "images/a.png\t[{\"transcription\": \"hi\", \"points\": "
                                          "[[4,2],[8,2],[8,10],[4,10]]}, {\"transcription\": \"###\", "
                                          "\"points\": [[0,0],[4,0],[4,20]]}]\n");
  EXPECT_EQ(label(lines, *data),
            json::parse(R"({"polygons": [[[1.0,1.0],[2.0,1.0],[2.0,5.0],[1.0,5.0]],[[0.0,0.0],[1.0,0.0],[1.0,10.0]]],
                            "ignore": [0,1], "frame": [10,10], "pixel_area": 8.0})"));
}

TEST_F(Annotations, ArraysTakeTheAnnotatedImageAsFrame) {
  class Array : public Dataset {
    std::size_t size() const override { return 1; }
    Sample sample(std::size_t) const override { return {}; }
    std::string name(std::size_t) const override { return "a"; }
  };
  const std::string path = folder_.write("instances.json", kCoco);
  EXPECT_EQ(label(path, Array())["boxes"][0], json::parse("[4.0,2.0,12.0,12.0]"));
  EXPECT_EQ(label(path, Array())["frame"], json::parse("[20,40]"));
  folder_.write("labels/a.txt", "0 0.5 0.5 1 1\n");
  EXPECT_EQ(error_of([&] { read_labels(folder_ / "labels", Array()); }),
            (folder_ / "labels") +
                ": 'a' is no image file and the annotation does not tell the size of its image; "
                "give the samples as images");
}

}  // namespace
}  // namespace octune::data
