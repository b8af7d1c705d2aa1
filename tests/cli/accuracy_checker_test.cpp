// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <openvino/openvino.hpp>
#include <openvino/opsets/opset8.hpp>

#include "data/test_files.hpp"
#include "program.hpp"

// Configurations of the Accuracy Checker, from images and annotations to a value.
namespace octune::cli_test {
namespace {

using data::test::png;
using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace op = ov::opset8;

/// x[1,3,8,8] -> [1,4]: nothing, and the means of the three channels.
std::shared_ptr<ov::Model> color_classifier() {
  auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::Shape{1, 3, 8, 8});
  x->output(0).set_names({"x"});
  const auto axes = op::Constant::create(ov::element::i64, {2}, {2, 3});
  const auto background = op::Constant::create(ov::element::f32, {1, 1}, {0.0F});
  const auto means = std::make_shared<op::ReduceMean>(x, axes, false);
  const auto scores = std::make_shared<op::Concat>(ov::OutputVector{background, means}, 1);
  return std::make_shared<ov::Model>(ov::OutputVector{scores}, ov::ParameterVector{x}, "colors");
}

/// x[1,3,16,16] -> [1,1,2,7]: a box of class 1 (red) or 2 (blue) in the left half of the image, as certain as the image
/// has that colour.
std::shared_ptr<ov::Model> color_detector() {
  auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::Shape{1, 3, 16, 16});
  x->output(0).set_names({"x"});
  const auto axes = op::Constant::create(ov::element::i64, {2}, {2, 3});
  const auto means = std::make_shared<op::ReduceMean>(x, axes, false);  // [1,3]
  ov::OutputVector rows;
  for (const auto& [label, channel] : {std::pair{1.0F, 2}, std::pair{2.0F, 0}}) {
    const auto begin = op::Constant::create(ov::element::f32, {1, 1, 1, 2}, {0.0F, label});
    const auto index = op::Constant::create(ov::element::i64, {1}, {channel});
    const auto axis = op::Constant::create(ov::element::i64, {}, {1});
    const auto certain = std::make_shared<op::Gather>(means, index, axis);
    const auto shape = op::Constant::create(ov::element::i64, {4}, {1, 1, 1, 1});
    const auto score = std::make_shared<op::Reshape>(certain, shape, false);
    const auto box = op::Constant::create(ov::element::f32, {1, 1, 1, 4}, {0.0F, 0.0F, 0.5F, 1.0F});
    rows.push_back(std::make_shared<op::Concat>(ov::OutputVector{begin, score, box}, 3));
  }
  const auto output = std::make_shared<op::Concat>(rows, 2);
  return std::make_shared<ov::Model>(ov::OutputVector{output}, ov::ParameterVector{x}, "detector");
}

class AccuracyCheckerTest : public ProgramTest {
 protected:
  void SetUp() override {
    // Blue, green and red; d.png has no label.
    write("images/a.png", png(20, 10, [](int, int, int c) { return c == 0 ? 200 : 0; }));
    write("images/b.png", png(20, 10, [](int, int, int c) { return c == 1 ? 200 : 0; }));
    write("images/c.png", png(20, 10, [](int, int, int c) { return c == 2 ? 200 : 0; }));
    write("images/d.png", png(20, 10, [](int, int, int) { return 90; }));
    write("val.txt", "c.png 0\nelse/a.png 2\nb.png 1\n");
  }

  std::string classification(const std::string& steps) const {
    return "models:\n- name: colors\n  launchers:\n  - {framework: dlsdk, adapter: classification}\n  datasets:\n"
           "  - name: colors\n    data_source: images\n    annotation_conversion:\n      converter: imagenet\n"
           "      annotation_file: val.txt\n      has_background: True\n    preprocessing:\n" +
           steps + "    metrics:\n    - {name: top1, type: accuracy, top_k: 1}\n";
  }
};

TEST_F(AccuracyCheckerTest, ClassificationFollowsTheOrderOfColours) {
  ov::save_model(color_classifier(), path("model.xml"), false);
  const auto top1 = [&](const std::string& steps) {
    write("ac.yml", classification(steps));
    const Outcome outcome = octune("evaluate model.xml --ac-config ac.yml --precision f32 --json");
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    const json metric = outcome.json()["metrics"][0];
    EXPECT_EQ(metric["samples"], 3) << "d.png is not in the list";
    return metric["value"].get<double>();
  };
  // The labels number red, green, blue; in the other order only green is right.
  EXPECT_NEAR(top1("    - {type: resize, size: 8}\n"), 1.0 / 3, 1e-12);
  EXPECT_NEAR(top1("    - {type: bgr_to_rgb}\n    - {type: resize, size: 8}\n    - {type: normalization, std: 255}\n"),
              1, 1e-12);
}

TEST_F(AccuracyCheckerTest, APotFileWithItsDefaultEngineQuantizes) {
  write_model_and_data();
  write_images("pictures", 6);
  write("list.txt", "img0.png 1\nimg3.png 2\nimg4.png 0\n");
  write("configs/pot.json", R"({
    "model": {"model_name": "small", "model": "../model.xml", "weights": "../model.bin"},
    "engine": {
      "stat_requests_number": 4,
      "launchers": [{"framework": "dlsdk", "device": "CPU", "adapter": "classification"}],
      "datasets": [{
        "name": "noise",
        "data_source": "../pictures",
        "annotation_conversion": {"converter": "imagenet", "annotation_file": "../list.txt"},
        "preprocessing": [{"type": "resize", "size": 16}, {"type": "normalization", "mean": "imagenet", "std": 57}],
        "metrics": [{"type": "accuracy", "top_k": 5}]
      }]
    },
    "compression": {"algorithms": [{"name": "DefaultQuantization", "params": {"preset": "mixed", "stat_subset_size": 300}}]}
  })");
  const Outcome outcome = octune("-c configs/pot.json -o out");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json record = json::parse(read("out/run.json"));
  EXPECT_EQ(record["samples"]["available"], 3);
  EXPECT_EQ(record["configuration"]["preprocess"]["color"], "bgr");
  EXPECT_EQ(record["configuration"]["preprocess"]["mean"][0], 104.00698793);
  EXPECT_EQ(record["metrics"][0]["name"], "accuracy@top5");
  EXPECT_EQ(record["metrics"][0]["samples"], 3);
}

TEST_F(AccuracyCheckerTest, DetectionsOfAClassNumberedFromOne) {
  ov::save_model(color_detector(), path("model.xml"), false);
  write(
      "voc/a.xml",
      "<annotation><object><name>blue</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>5</xmax><ymax>20</ymax></bndbox>"
      "</object></annotation>");
  write("voc/c.xml",
        "<annotation><object><name>red</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>5</xmax><ymax>20</ymax></bndbox>"
        "</object></annotation>");
  write("set.txt", "a\nc\n");
  write("meta.json", R"({"label_map": {"0": "__background__", "1": "red", "2": "blue"}})");
  write("ac.yml", R"(models:
- name: detector
  launchers: [{framework: openvino, adapter: ssd}]
  datasets:
  - name: colors
    data_source: images
    reader: pillow_imread
    annotation_conversion: {converter: voc_detection, imageset_file: set.txt, annotations_dir: voc, dataset_meta_file: meta.json}
    preprocessing: [{type: rgb_to_bgr}, {type: resize, size: 16}, {type: normalization, std: 255}]
    postprocessing: [{type: resize_prediction_boxes}, {type: filter, min_confidence: 0.5, apply_to: prediction}]
    metrics: [{type: map, integral: 11point}, {type: coco_orig_precision}]
)");
  const Outcome outcome = octune("evaluate model.xml --ac-config ac.yml --precision f32 --json");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json metrics = outcome.json()["metrics"];
  EXPECT_EQ(metrics[0]["name"], "voc_map@07");
  EXPECT_NEAR(metrics[0]["value"].get<double>(), 1, 1e-12);
  EXPECT_NEAR(metrics[1]["value"].get<double>(), 1, 1e-12);
  EXPECT_EQ(metrics[1]["samples"], 2);
}

TEST_F(AccuracyCheckerTest, OtherDataCalibratesAndLabelsStayWithTheirSamples) {
  write_model_and_data();
  write("ac.yml", classification("    - {type: resize, size: 16}\n    - {type: normalization, std: 57}\n"));
  // The same names, so that the labels would be found, on other pictures.
  write_images("other", 2);
  for (const char* name : {"a.png", "b.png", "c.png"})
    write(std::string("other/") + name, png(16, 16, [](int x, int y, int) { return x * y; }));
  const Outcome expected = octune("evaluate model.xml --ac-config ac.yml --precision f32 --json");
  ASSERT_EQ(expected.exit_code, 0) << expected.err;
  const Outcome outcome = octune("quantize model.xml --ac-config ac.yml --data other --preset mixed -o out");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json record = json::parse(read("out/run.json"));
  EXPECT_EQ(record["samples"]["available"], 5);
  EXPECT_EQ(record["configuration"]["data"], "other");
  EXPECT_THAT(record["configuration"]["val_data"].get<std::string>(), testing::StartsWith("images:list="));
  EXPECT_EQ(record["metrics"][0]["model"], "float");
  EXPECT_EQ(record["metrics"][0]["samples"], 3);
  EXPECT_EQ(record["metrics"][0]["value"], expected.json()["metrics"][0]["value"]);

  const Outcome refused = octune("evaluate model.xml --ac-config ac.yml --data other");
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(
      refused.err,
      HasSubstr("--data: the labels of the Accuracy Checker's configuration are those of its own samples; leave "
                "--data out, or name samples for the metrics with --val-data\n"));
}

TEST_F(AccuracyCheckerTest, WhatHasNoCounterpartIsListedAtOnce) {
  ov::save_model(color_classifier(), path("model.xml"), false);
  write("ac.yml", classification("    - {type: flip}\n    - {type: resize, size: 8, factor: 2}\n"));
  write("pot.json", R"({"model": {"model": "model.xml"}, "engine": {"config": "ac.yml"}})");
  const Outcome outcome = octune("-c pot.json -o out");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("error: ac.yml:13:14: preprocessing 'flip' has no counterpart; (known: "));
  EXPECT_THAT(outcome.err, HasSubstr("error: ac.yml:14:39: 'factor' has no counterpart; give the size as numbers\n"));
  EXPECT_THAT(octune("evaluate model.xml --ac-config none.yml").err,
              HasSubstr("none.yml: no such file; name a configuration of the Accuracy Checker"));
  EXPECT_THAT(octune("quantize model.xml --ac-config ac.yml -c pot.json").err,
              HasSubstr("--ac-config: there is a --config already; name the file under 'config' of its engine"));
}

}  // namespace
}  // namespace octune::cli_test
