// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <openvino/openvino.hpp>
#include <openvino/opsets/opset8.hpp>

#include "data/test_files.hpp"
#include "program.hpp"

// Boxes and masks from images and annotation files to a value.
namespace octune::cli_test {
namespace {

using data::test::png;
using nlohmann::json;
using ::testing::HasSubstr;
namespace op = ov::opset8;

/// x[1,3,16,16] -> [1,7,8] as YOLO v8 writes it: the box (4,4) to (12,12), whose three classes are as certain as the
/// image is red, green and blue, and seven empty boxes.
std::shared_ptr<ov::Model> detector() {
  auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::Shape{1, 3, 16, 16});
  x->output(0).set_names({"x"});
  const auto axes = op::Constant::create(ov::element::i64, {1}, {2});
  const auto columns = std::make_shared<op::ReduceMean>(x, op::Constant::create(ov::element::i64, {1}, {3}), false);
  const auto means = std::make_shared<op::ReduceMax>(columns, axes, true);  // [1,3,1]: the brightest row
  const auto box = op::Constant::create(ov::element::f32, {1, 4, 1}, {8.0F, 8.0F, 8.0F, 8.0F});
  const auto found = std::make_shared<op::Concat>(ov::OutputVector{box, means}, 1);
  const auto nothing = op::Constant::create(ov::element::f32, {1, 7, 7}, {0.0F});
  const auto output = std::make_shared<op::Concat>(ov::OutputVector{found, nothing}, 2);
  return std::make_shared<ov::Model>(ov::OutputVector{output}, ov::ParameterVector{x}, "detector");
}

class DetectionTest : public ProgramTest {
 protected:
  void SetUp() override {
    ov::save_model(detector(), path("model.xml"), false);
    // Images of 32 x 64, letterboxed to rows 4 to 12: a is red, b green, c nearly black.
    write("images/a.png", png(32, 64, [](int, int, int c) { return c == 2 ? 240 : 0; }));
    write("images/b.png", png(32, 64, [](int, int, int c) { return c == 1 ? 250 : 0; }));
    write("images/c.png", png(32, 64, [](int, int, int c) { return c == 2 ? 10 : 0; }));
  }

  /// The value of each metric.
  std::vector<double> evaluate(const std::string& options) const {
    const Outcome outcome = octune(
        "evaluate model.xml --val-data images --resize-mode letterbox --scale 255 "
        "--precision f32 --json " +
        options);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    std::vector<double> values;
    if (outcome.exit_code == 0) {
      const json document = outcome.json();
      for (const json& metric : document["metrics"]) values.push_back(metric["value"]);
    }
    return values;
  }
};

// The detector's box is 16, 0, 48, 32 of the image. That of a is right, that of b is found with an overlap of 20/32:
// right at three of ten thresholds.
TEST_F(DetectionTest, CocoAnnotations) {
  write("coco.json", R"({"categories": [{"id": 3, "name": "red"}, {"id": 5, "name": "green"}],
    "images": [{"id": 1, "file_name": "a.png", "height": 32, "width": 64},
               {"id": 2, "file_name": "b.png", "height": 32, "width": 64},
               {"id": 3, "file_name": "c.png", "height": 32, "width": 64}],
    "annotations": [{"id": 1, "image_id": 1, "category_id": 3, "bbox": [16, 0, 32, 32], "area": 1024, "iscrowd": 0},
                    {"id": 2, "image_id": 2, "category_id": 5, "bbox": [16, 0, 32, 20], "area": 640, "iscrowd": 0}]})");
  const std::vector<double> values =
      evaluate("--labels coco.json --decoder yolo_v8 --metric coco_map,coco_map@50,coco_map@75,voc_map");
  ASSERT_EQ(values.size(), 4U);
  EXPECT_NEAR(values[0], (1 + 0.3) / 2, 1e-12);
  EXPECT_NEAR(values[1], 1, 1e-12);
  EXPECT_NEAR(values[2], 0.5, 1e-12);
  EXPECT_NEAR(values[3], 1, 1e-12);
}

TEST_F(DetectionTest, VocAndYoloAnnotationsSayTheSame) {
  const auto voc = [&](const std::string& name, const std::string& label, int bottom) {
    write("voc/" + name,
          fmt::format("<annotation><object><name>{}</name><bndbox><xmin>17</xmin><ymin>1</ymin><xmax>48</xmax>"
                      "<ymax>{}</ymax></bndbox></object></annotation>",
                      label, bottom));
  };
  voc("a.xml", "red", 32);
  voc("b.xml", "green", 20);
  write("voc/c.xml", "<annotation/>");
  write("names.txt", "red\ngreen\n");
  EXPECT_NEAR(evaluate("--labels voc:names.txt --decoder yolo_v8 --metric coco_map").at(0), 0.65, 1e-12);
  write("yolo/a.txt", "0 0.5 0.5 0.5 1\n");
  write("yolo/b.txt", "1 0.5 0.3125 0.5 0.625\n");
  EXPECT_NEAR(evaluate("--labels yolo --decoder yolo_v8 --metric coco_map").at(0), 0.65, 1e-12);
  // A detector whose classes begin with a background.
  EXPECT_NEAR(evaluate("--labels yolo --decoder yolo_v8:class_offset=-1 --metric coco_map").at(0), 0, 1e-12);
}

TEST_F(DetectionTest, TheDecoderIsNamedRightly) {
  write("yolo/a.txt", "0 0.5 0.5 0.5 1\n");
  const std::string evaluate = "evaluate model.xml --val-data images --labels yolo --metric coco_map ";
  EXPECT_THAT(octune(evaluate).err, HasSubstr("a.png: metric 'coco_map': decoder 'ssd' finds no detections in outputs "
                                              "of the shapes [1,7,8]"));
  EXPECT_EQ(octune(evaluate + "--decoder yolo").err,
            "error: --decoder: unknown decoder 'yolo'; (known: classification, ctc_greedy, embedding, yolo_v5, "
            "yolo_v8, ssd, segmentation, db_text)\n");
  EXPECT_EQ(octune(evaluate + "--decoder db_text").err,
            "error: metric 'coco_map': decoder 'db_text' does not fit; allowed are ssd, yolo_v5, yolo_v8\n");
  EXPECT_THAT(octune("list decoders").out, HasSubstr("yolo_v8"));
}

}  // namespace
}  // namespace octune::cli_test
