// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "config/accuracy_checker.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "config/run_config.hpp"
#include "octune/error.hpp"

namespace octune::config {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A folder with the files that configurations name; all but the configurations are empty.
class AccuracyChecker : public testing::Test {
 protected:
  AccuracyChecker() : folder_(fs::temp_directory_path() / fmt::format("octune_checker_test_{}", ::getpid())) {
    fs::remove_all(folder_);
    for (const char* name : {"images", "JPEGImages", "Annotations", "SegmentationClass"})
      fs::create_directories(folder_ / name);
    for (const char* name : {"val.txt", "instances.json", "chars.txt"}) std::ofstream(folder_ / name) << "x";
  }
  ~AccuracyChecker() override { fs::remove_all(folder_); }
  AccuracyChecker(const AccuracyChecker&) = delete;
  AccuracyChecker& operator=(const AccuracyChecker&) = delete;

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  void write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name) << text; }

  RunConfig read(const std::string& yaml) const {
    write("ac.yml", yaml);
    return parse_run_config(R"({"engine": {"config": "ac.yml"}})", folder_ / "pot.json");
  }

  /// Classification with these steps.
  RunConfig preprocessed(const std::string& steps, const std::string& dataset_keys = "") const {
    return read("models:\n- name: m\n  launchers:\n  - {framework: openvino}\n  datasets:\n  - name: d\n" +
                dataset_keys + "    data_source: images\n    preprocessing:\n" + steps);
  }

  /// The lines of the error, without the folder.
  std::vector<std::string> lines_of(const std::string& text) const {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
      const std::string folder = folder_.string() + "/";
      for (std::size_t at = line.find(folder); at != std::string::npos; at = line.find(folder))
        line.erase(at, folder.size());
      lines.push_back(line);
    }
    return lines;
  }
  template <class Read>
  std::vector<std::string> problems(Read read_file) const {
    try {
      read_file();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::input) << error.what();
      return lines_of(error.what());
    }
    return {};
  }
  std::vector<std::string> step_problems(const std::string& steps) const {
    return problems([&] { preprocessed(steps); });
  }

  fs::path folder_;
};

// The shape of Open Model Zoo's files for networks of PyTorch, with paths instead of its definitions.
TEST_F(AccuracyChecker, Classification) {
  const RunConfig config = read(R"(models:
  - name: small
    launchers:
      - framework: onnx_runtime
        model: small.onnx
        adapter: classification
    datasets:
      - name: imagenet
        data_source: nowhere
  - name: small
    launchers:
      - framework: openvino
        device: CPU
        adapter: classification
        inputs:
          - name: data
            type: INPUT
            shape: 1,3,224,224
    datasets:
      - name: imagenet
        reader: pillow_imread
        data_source: images
        annotation_conversion:
          converter: imagenet
          annotation_file: val.txt
          has_background: True
        annotation: imagenet.pickle
        dataset_meta: imagenet.json
        preprocessing:
          - type: resize
            size: 256
            aspect_ratio_scale: greater
            use_pillow: True
            interpolation: BICUBIC
          - type: crop
            use_pillow: True
            size: 224
          - type: normalization
            std: 255
          - type: normalization
            mean: (0.485, 0.456, 0.406)
            std: (0.229, 0.224, 0.225)
        metrics:
          - name: accuracy@top1
            type: accuracy
            top_k: 1
            reference: 0.777
          - name: accuracy@top5
            type: accuracy
            top_k: 5
)");
  EXPECT_EQ(config.data, path("images") + ":list=" + path("val.txt"));
  EXPECT_EQ(config.val_data, "");
  EXPECT_EQ(config.labels, path("val.txt") + ":+1");
  EXPECT_EQ(config.shape, "data[1,3,224,224]");
  EXPECT_EQ(config.decoder, "");
  EXPECT_THAT(config.metrics, ElementsAre("accuracy@top1", "accuracy@top5"));
  const data::Preprocess& preprocess = config.preprocess;
  EXPECT_EQ(preprocess.color, data::ColorOrder::rgb);
  EXPECT_EQ(preprocess.resize_mode, data::ResizeMode::shorter);
  EXPECT_EQ(preprocess.interpolation, data::Interpolation::pillow_bicubic);
  EXPECT_EQ(preprocess.resize, std::pair(256, 256));
  EXPECT_EQ(preprocess.crop, std::pair(224, 224));
  // (x / 255 - m) / s = (x - 255 m) / (255 s)
  ASSERT_EQ(preprocess.mean.size(), 3U);
  EXPECT_NEAR(preprocess.mean[0], 123.675, 1e-9);
  EXPECT_NEAR(preprocess.mean[2], 103.53, 1e-9);
  ASSERT_EQ(preprocess.scale.size(), 3U);
  EXPECT_NEAR(preprocess.scale[0], 58.395, 1e-9);
  EXPECT_NEAR(preprocess.scale[1], 57.12, 1e-9);
}

TEST_F(AccuracyChecker, DetectionWithABackgroundClass) {
  const auto with_boxes = [&](const std::string& conversion, const std::string& metric) {
    return read(R"(models:
- name: ssd
  launchers: [{framework: dlsdk, adapter: ssd}]
  datasets:
  - name: coco
    data_source: images
    annotation_conversion: {converter: mscoco_detection, annotation_file: instances.json, )" +
                conversion + R"(}
    preprocessing: [{type: resize, size: 300}]
    postprocessing: [{type: resize_prediction_boxes}, {type: filter, apply_to: prediction, min_confidence: 0.3}]
    metrics: [)" +
                metric + "]\n");
  };
  const RunConfig config = with_boxes("has_background: True, sort_annotations: True, use_full_label_map: True",
                                      "{type: coco_orig_precision}");
  EXPECT_EQ(config.labels, path("instances.json") + ":ids");
  EXPECT_EQ(config.decoder, "ssd:score_threshold=0.3");
  EXPECT_EQ(config.preprocess.color, data::ColorOrder::bgr);
  EXPECT_EQ(config.preprocess.resize, std::pair(300, 300));
  EXPECT_EQ(config.preprocess.resize_mode, data::ResizeMode::stretch);
  EXPECT_THAT(config.metrics, ElementsAre("coco_map"));
  EXPECT_EQ(with_boxes("has_background: True", "{type: coco_orig_precision}").decoder,
            "ssd:score_threshold=0.3,class_offset=-1");
  EXPECT_EQ(with_boxes("use_full_label_map: True", "{type: coco_orig_precision}").decoder,
            "ssd:score_threshold=0.3,class_offset=1");

  const RunConfig own = with_boxes("has_background: False", "{type: coco_precision, threshold: 0.5}");
  EXPECT_EQ(own.labels, path("instances.json"));
  EXPECT_THAT(own.metrics, ElementsAre("coco_map@50"));
  ASSERT_THAT(own.notes, testing::Not(IsEmpty()));
  EXPECT_EQ(own.notes.back().severity, Severity::warning);
  EXPECT_THAT(own.notes.back().text, HasSubstr("the 100 most certain detections of each class count, where the "
                                               "Accuracy Checker takes 20"));
}

TEST_F(AccuracyChecker, VocDetectionByYolo) {
  const RunConfig config = read(R"(models:
- name: yolo
  launchers:
  - framework: openvino
    adapter: {type: yolov8_detection, conf_threshold: 0.001}
  datasets:
  - name: voc
    data_source: JPEGImages
    annotation_conversion:
      converter: voc_detection
      imageset_file: val.txt
      annotations_dir: Annotations
      has_background: False
    preprocessing:
    - {type: bgr_to_rgb}
    - {type: resize, size: 640, aspect_ratio_scale: fit_to_window}
    - {type: padding, size: 640, pad_value: '114,114,114'}
    - {type: normalization, std: 255}
    postprocessing:
    - {type: resize_prediction_boxes, unpadding: True}
    - {type: class_aware_nms, overlap: 0.7}
    metrics:
    - {type: map, integral: 11point, ignore_difficult: True, presenter: print_scalar}
)");
  EXPECT_EQ(config.data, path("JPEGImages") + ":list=" + path("val.txt"));
  EXPECT_THAT(config.labels, testing::StartsWith(path("Annotations") + ":aeroplane,bicycle,"));
  EXPECT_THAT(config.labels, testing::EndsWith(",sofa,train,tvmonitor"));
  EXPECT_EQ(config.decoder, "yolo_v8:iou_threshold=0.7,score_threshold=0.001");
  EXPECT_EQ(config.preprocess.resize_mode, data::ResizeMode::letterbox);
  EXPECT_EQ(config.preprocess.pad_value, 114);
  EXPECT_EQ(config.preprocess.color, data::ColorOrder::rgb);
  EXPECT_THAT(config.preprocess.scale, ElementsAre(255));
  EXPECT_THAT(config.preprocess.mean, IsEmpty());
  EXPECT_THAT(config.metrics, ElementsAre("voc_map@07"));
}

TEST_F(AccuracyChecker, VocDetectionOfOneClass) {
  write("meta.json", R"({"labels": ["cat"]})");
  const RunConfig config = read(
      "models: [{name: m, launchers: [{framework: openvino, adapter: yolov8_detection}], datasets: [{name: d,\n"
      "  data_source: images, annotation_conversion: {converter: voc_detection, imageset_file: val.txt,\n"
      "  annotations_dir: Annotations, dataset_meta_file: meta.json, has_background: False}}]}]\n");
  EXPECT_EQ(config.labels, path("Annotations") + ":cat,") << "the comma makes it a list";
}

TEST_F(AccuracyChecker, SegmentationAndItsMasks) {
  const RunConfig config = read(R"(models:
- name: deeplab
  launchers: [{framework: openvino, adapter: segmentation}]
  datasets:
  - name: voc
    data_source: JPEGImages
    segmentation_masks_source: SegmentationClass
    annotation_conversion: {converter: voc_segmentation, imageset_file: val.txt}
    preprocessing:
    - {type: auto_resize}
    postprocessing:
    - {type: encode_segmentation_mask, apply_to: annotation}
    - {type: resize_segmentation_mask, apply_to: prediction}
    metrics:
    - {type: mean_iou, use_argmax: False, presenter: print_scalar, reference: 0.68}
)");
  EXPECT_EQ(config.labels, path("SegmentationClass"));
  EXPECT_EQ(config.decoder, "segmentation");
  EXPECT_FALSE(config.preprocess.resize);
  EXPECT_THAT(config.metrics, ElementsAre("mean_iou"));
}

TEST_F(AccuracyChecker, TextRecognition) {
  const RunConfig config = read(R"(models:
- name: ocr
  launchers:
  - framework: openvino
    adapter: {type: ppocr, vocabulary_file: chars.txt}
  datasets:
  - name: lines
    data_source: images
    annotation_conversion: {converter: icdar13_recognition, annotation_file: val.txt, delimeter: tab}
    preprocessing:
    - {type: resize, dst_height: 48, dst_width: 320, aspect_ratio_scale: ppocr_cls_ratio}
    - {type: normalization, mean: 127.5, std: 127.5}
    - {type: padding, dst_height: 48, dst_width: 320, pad_type: right_bottom}
    metrics:
    - {type: character_recognition_accuracy, remove_spaces: True}
)");
  EXPECT_EQ(config.dictionary, path("chars.txt"));
  EXPECT_EQ(config.labels, path("val.txt"));
  EXPECT_TRUE(config.ignore_spaces);
  EXPECT_THAT(config.metrics, ElementsAre("exact_match"));
  EXPECT_EQ(config.preprocess.resize_mode, data::ResizeMode::keep_aspect_height);
  EXPECT_EQ(config.preprocess.resize, std::pair(48, 320));
  EXPECT_FALSE(config.preprocess.pad_value) << "0 after the normalization is what pads by itself";
  EXPECT_THAT(config.preprocess.mean, ElementsAre(127.5));
}

TEST_F(AccuracyChecker, InlineWithOnePartForEachPurpose) {
  fs::create_directories(folder_ / "calibration");
  const RunConfig config = parse_run_config(R"({"engine": {
    "type": "accuracy_checker",
    "stat_requests_number": 4,
    "launchers": [{"framework": "dlsdk", "device": "CPU", "adapter": "classification"}],
    "datasets": {
      "optimization": [{"name": "c", "data_source": "calibration", "preprocessing": [{"type": "resize", "size": 8}]}],
      "evaluation": [{"name": "e", "data_source": "images", "preprocessing": [{"type": "resize", "size": 8}],
                      "annotation_conversion": {"converter": "imagenet", "annotation_file": "val.txt"},
                      "metrics": [{"type": "accuracy"}]}]
    },
    "max_drop": "0.02"
  }})",
                                            folder_ / "pot.json");
  EXPECT_EQ(config.data, path("calibration"));
  EXPECT_EQ(config.val_data, path("images") + ":list=" + path("val.txt"));
  EXPECT_THAT(config.metrics, ElementsAre("accuracy@top1"));
  EXPECT_EQ(config.criteria.max_drop.size(), 1U) << "octune's own keys stand beside them";
}

TEST_F(AccuracyChecker, OwnKeysReplaceWhatTheDataSetSays) {
  write("ac.yml",
        "models: [{name: m, launchers: [{framework: openvino, adapter: classification}], datasets: [{name: d, "
        "data_source: images, annotation: d.pickle, metrics: [{type: accuracy}]}]}]\n");
  EXPECT_THAT(problems([&] { parse_run_config(R"({"engine": {"config": "ac.yml"}})", folder_ / "pot.json"); }),
              ElementsAre("ac.yml:1:135: a converted annotation (pickle) cannot be read; give 'annotation_conversion', "
                          "or ours in 'labels' of engine"));
  const RunConfig config =
      parse_run_config(R"({"engine": {"config": "ac.yml", "labels": "val.txt", "metric": "f1_macro", "mean": [5]}})",
                       folder_ / "pot.json");
  EXPECT_EQ(config.labels, path("val.txt"));
  EXPECT_THAT(config.metrics, ElementsAre("f1_macro"));
  EXPECT_THAT(config.preprocess.mean, ElementsAre(5));
}

TEST_F(AccuracyChecker, WhatOwnKeysReplaceNeedsNoCounterpart) {
  write("ac.yml",
        "models: [{name: m, launchers: [{framework: openvino, adapter: yolo_v3}], datasets: [{name: d, data_source: "
        "images, annotation_conversion: {converter: mnist, labels_file: l}, metrics: [{type: psnr}]}]}]\n");
  const auto read_with = [&](const std::string& keys) {
    return parse_run_config(R"({"engine": {"config": "ac.yml")" + keys + "}}", folder_ / "pot.json");
  };
  const RunConfig config = read_with(R"(, "labels": "val.txt", "metric": "coco_map", "decoder": "yolo_v8")");
  EXPECT_EQ(config.decoder, "yolo_v8");
  EXPECT_THAT(config.metrics, ElementsAre("coco_map"));
  EXPECT_EQ(config.labels, path("val.txt"));
  ASSERT_FALSE(config.notes.empty());
  EXPECT_THAT(config.notes.back().text, HasSubstr("converter 'mnist' has no counterpart; 'labels' of engine replaces"));
  EXPECT_THAT(problems([&] { read_with(R"(, "labels": "val.txt", "metric": "coco_map")"); }),
              ElementsAre(HasSubstr("adapter 'yolo_v3' has no counterpart")));
}

TEST_F(AccuracyChecker, KeysThatWouldVanishAreReported) {
  EXPECT_THAT(problems([&] {
                read(
                    "models: [{name: m, launchers: [{framework: openvino, adapter: classification,\n"
                    "  inputs: [{shape: [1, 3, 8, 8]}]}], datasets: [{name: d, data_source: images,\n"
                    "  postprocessing: [{type: shift_labels, offset: 1}]}]}]\n");
              }),
              ElementsAre("ac.yml:2:20: a shape without the name of its input has no counterpart; add 'name'",
                          "ac.yml:3:27: 'shift_labels' has no counterpart after this adapter; shift the labels, as in "
                          "val.txt:+1"));
  const RunConfig config = read(
      "models: [{name: m, launchers: [{framework: openvino}], datasets: {optimization: [{name: a, data_source: "
      "images},\n"
      "  {name: b, data_source: images}]}}]\n");
  ASSERT_FALSE(config.notes.empty());
  EXPECT_THAT(config.notes.front().text, HasSubstr("of 2 data sets the first is taken"));
  ::setenv("DEFINITIONS_FILE", path("none.yml").c_str(), 1);
  EXPECT_THAT(
      problems([&] { preprocessed("    - {type: resize, size: 8}\n"); }),
      ElementsAre("DEFINITIONS_FILE: no such file 'none.yml'; correct the environment's variable or remove it"));
  ::unsetenv("DEFINITIONS_FILE");
}

TEST_F(AccuracyChecker, DefinitionsStandBehindADataSet) {
  write("definitions.yml", R"(datasets:
- name: other
  data_source: nowhere
- name: imagenet_1000_classes
  data_source: images
  annotation_conversion: {converter: imagenet, annotation_file: val.txt}
  annotation: imagenet1000.pickle
  preprocessing: [{type: resize, size: 99}]
)");
  const RunConfig config = read(R"(global_definitions: definitions.yml
models:
- name: m
  launchers: [{framework: openvino, adapter: classification}]
  datasets:
  - name: imagenet_1000_classes
    preprocessing: [{type: resize, size: 224}]
    metrics: [{type: accuracy, top_k: 5}]
)");
  EXPECT_EQ(config.labels, path("val.txt"));
  EXPECT_EQ(config.preprocess.resize, std::pair(224, 224));
  EXPECT_THAT(config.metrics, ElementsAre("accuracy@top5"));
}

TEST_F(AccuracyChecker, PathsMayBeginAtDataDir) {
  fs::create_directories(folder_ / "data" / "imagenet");
  std::ofstream(folder_ / "data" / "imagenet.txt") << "x";
  const std::string yaml = R"(models:
- name: m
  launchers: [{framework: openvino, adapter: classification}]
  datasets:
  - {name: d, data_source: imagenet, annotation_conversion: {converter: imagenet, annotation_file: imagenet.txt}}
)";
  EXPECT_THAT(problems([&] { read(yaml); }),
              ElementsAre(HasSubstr("no such file or folder 'imagenet'; paths start at the configuration's folder, or "
                                    "at that of the variable DATA_DIR"),
                          HasSubstr("no such file or folder 'imagenet.txt'")));
  ::setenv("DATA_DIR", (folder_ / "data").c_str(), 1);
  const RunConfig config = read(yaml);
  ::unsetenv("DATA_DIR");
  EXPECT_EQ(config.data, path("data/imagenet") + ":list=" + path("data/imagenet.txt"));
}

TEST_F(AccuracyChecker, ColoursAndMeansFollowTheOrderOfTheSteps) {
  const RunConfig before = preprocessed("    - {type: bgr_to_rgb}\n    - {type: normalization, mean: '1,2,3'}\n");
  EXPECT_EQ(before.preprocess.color, data::ColorOrder::rgb);
  EXPECT_THAT(before.preprocess.mean, ElementsAre(1, 2, 3));
  const RunConfig after = preprocessed("    - {type: normalization, mean: [1, 2, 3]}\n    - {type: bgr_to_rgb}\n");
  EXPECT_EQ(after.preprocess.color, data::ColorOrder::rgb);
  EXPECT_THAT(after.preprocess.mean, ElementsAre(3, 2, 1));
  const RunConfig pillow = preprocessed("    - {type: rgb_to_bgr}\n", "    reader: pillow_imread\n");
  EXPECT_EQ(pillow.preprocess.color, data::ColorOrder::bgr);
  EXPECT_EQ(preprocessed("    - {type: bgr_to_gray}\n").preprocess.color, data::ColorOrder::gray);
  EXPECT_THAT(preprocessed("    - {type: normalization, mean: imagenet}\n").preprocess.mean,
              ElementsAre(104.00698793, 116.66876762, 122.67891434));
}

TEST_F(AccuracyChecker, CropsAndPaddings) {
  const auto part = preprocessed("    - {type: crop, central_fraction: 0.875}\n    - {type: resize, size: 299}\n");
  EXPECT_EQ(part.preprocess.central_fraction, 0.875);
  EXPECT_FALSE(part.preprocess.crop);
  const auto stretched = preprocessed("    - {type: resize, size: 256}\n    - {type: crop, central_fraction: 0.875}\n");
  EXPECT_EQ(stretched.preprocess.crop, std::pair(224, 224));
  // 0.5 * 2 + 3 is one pixel value in all channels.
  const auto padded = preprocessed(
      "    - {type: resize, size: 64, aspect_ratio_scale: fit_to_window}\n    - {type: normalization, mean: 3, std: "
      "2}\n"
      "    - {type: padding, stride: 32, pad_value: 0.5}\n");
  EXPECT_EQ(padded.preprocess.pad_value, 4);
  const auto black = preprocessed(
      "    - {type: resize, size: 64, aspect_ratio_scale: fit_to_window}\n    - {type: padding}\n"
      "    - {type: normalization, mean: 3}\n");
  EXPECT_EQ(black.preprocess.pad_value, 0);
  const auto line = preprocessed(
      "    - {type: resize, size: 32, aspect_ratio_scale: width}\n"
      "    - {type: padding, dst_height: 32, dst_width: 120, pad_type: right_bottom}\n");
  EXPECT_EQ(line.preprocess.resize, std::pair(32, 120));
  EXPECT_EQ(line.preprocess.resize_mode, data::ResizeMode::keep_aspect_height);
}

TEST_F(AccuracyChecker, APaddingBetweenNormalizations) {
  const std::string before = "    - {type: resize, size: 64, aspect_ratio_scale: fit_to_window}\n    - {type: ";
  const std::string after = "}\n    - {type: padding}\n    - {type: normalization, ";
  // 0 after the first is the pixel value 3; the last would make 3 + 5 * 2 of its own 0.
  const auto moved = preprocessed(before + "normalization, mean: 3, std: 2" + after + "mean: 5}\n").preprocess;
  EXPECT_EQ(moved.pad_value, 3);
  EXPECT_THAT(moved.mean, ElementsAre(13));
  const std::string channels = "normalization, mean: [1, 2, 3]";
  EXPECT_EQ(preprocessed(before + channels + after + "std: 4}\n").preprocess.pad_value, std::nullopt) << "0 stays 0";
  EXPECT_THAT(step_problems(before + channels + after + "mean: 5}\n"),
              ElementsAre("ac.yml:12:7: the padding before this normalization is another pixel value in each channel, "
                          "which has no counterpart; pad before or after all of them"));
}

TEST_F(AccuracyChecker, StepsWithoutACounterpartAreListedWithTheirPlaces) {
  EXPECT_THAT(
      step_problems("    - {type: flip, mode: horizontal}\n"
                    "    - {type: resize, size: 8, interpolation: LANCZOS4}\n"
                    "    - {type: resize, size: 8, resize_realization: tf, factor: 2}\n"
                    "    - {type: bgr_to_rgb, twice: yes}\n"),
      ElementsAre("ac.yml:9:14: preprocessing 'flip' has no counterpart; (known: auto_resize, bgr_to_gray, bgr_to_rgb, "
                  "crop, normalization, padding, resize, rgb_to_bgr, rgb_to_gray)",
                  "ac.yml:10:46: interpolation 'LANCZOS4' has no counterpart; (known: AREA, BICUBIC, BILINEAR, CUBIC, "
                  "LINEAR, NEAREST)",
                  "ac.yml:11:63: 'factor' has no counterpart; give the size as numbers",
                  "ac.yml:11:51: TensorFlow's way of resizing has no counterpart; ours are OpenCV's and, with "
                  "use_pillow, Pillow's",
                  "ac.yml:11:14: the image is resized twice; octune resizes once, leave one of them out",
                  "ac.yml:12:26: unknown key 'twice' in models[0].datasets[0].preprocessing[3]; (known: type)"));
}

TEST_F(AccuracyChecker, GeometriesWithoutACounterpart) {
  EXPECT_THAT(step_problems("    - {type: resize, size: 8, aspect_ratio_scale: greater}\n"),
              ElementsAre(HasSubstr("nothing brings the image to one size after it; add a 'crop'")));
  EXPECT_THAT(
      step_problems("    - {type: resize, dst_height: 8, dst_width: 9, aspect_ratio_scale: greater}\n"
                    "    - {type: crop, size: 8}\n"),
      ElementsAre("ac.yml:9:71: aspect_ratio_scale 'greater' has no counterpart for sides of different lengths; "
                  "ours are greater and width (of a square), min_ratio, fit_to_window and ppocr_cls_ratio"));
  EXPECT_THAT(step_problems("    - {type: crop, size: 8}\n"),
              ElementsAre(HasSubstr("a crop of the file to a fixed size has no counterpart")));
  EXPECT_THAT(step_problems("    - {type: resize, size: 8}\n    - {type: crop, size: 9}\n"),
              ElementsAre(HasSubstr("a crop of 9x9 out of 8x8 has no counterpart")));
  EXPECT_THAT(step_problems("    - {type: resize, size: 8}\n    - {type: padding, size: 9}\n"),
              ElementsAre(HasSubstr("a padding has no counterpart here")));
  EXPECT_THAT(step_problems("    - {type: resize, size: 8, aspect_ratio_scale: fit_to_window}\n"
                            "    - {type: padding, size: 9, pad_type: right_bottom, pad_value: '1,2,3'}\n"),
              ElementsAre(HasSubstr("another value for each channel has no counterpart"),
                          HasSubstr("padding 'right_bottom' after this resize has no counterpart; ours is 'center'"),
                          HasSubstr("the padded size 9x9 is not that of the resize, 8x8")));
  EXPECT_THAT(step_problems("    - {type: normalization, std: [1, 0, 1]}\n"),
              ElementsAre(HasSubstr("std is 0; it has to be a number to divide by")));
}

TEST_F(AccuracyChecker, AllElseWithoutACounterpartIsListedAtOnce) {
  const auto lines = problems([&] {
    read(R"(models:
- name: m
  launchers:
  - framework: openvino
    adapter: {type: yolo_v3, classes: 80}
    inputs: [{name: info, type: IMAGE_INFO}]
    colour: blue
  datasets:
  - name: d
    data_source: images
    subsample_size: 100
    reader: numpy_reader
    annotation_conversion: {converter: mnist, labels_file: l}
    postprocessing: [{type: clip_boxes}, {type: shift_labels, offset: 1}]
    metrics: [{type: psnr}, {type: accuracy, matches: True}, {type: mean_iou, ignore_label: 3}]
)");
  });
  EXPECT_THAT(
      lines,
      ElementsAre(
          "ac.yml:6:33: inputs of type 'IMAGE_INFO' have no counterpart; give arrays in 'data' of engine, one an "
          "input",
          HasSubstr("ac.yml:5:14: adapter 'yolo_v3' has no counterpart; ours, --decoder yolo_v5 and yolo_v8"),
          HasSubstr("ac.yml:7:5: unknown key 'colour' in models[0].launchers[0]"),
          HasSubstr("ac.yml:11:21: 'subsample_size' has no counterpart"),
          HasSubstr("ac.yml:12:13: reader 'numpy_reader' has no counterpart"),
          "ac.yml:13:40: converter 'mnist' has no counterpart; ours: the file of images as 'data', that of "
          "labels as 'labels'",
          HasSubstr("ac.yml:14:29: postprocessing 'clip_boxes' has no counterpart"),
          HasSubstr("ac.yml:15:22: metric 'psnr' has no counterpart; ours, 'psnr' in 'metric' of engine"),
          HasSubstr("ac.yml:15:46: unknown key 'matches' in models[0].datasets[0].metrics[1]; did you mean "
                    "'match'?"),
          HasSubstr("ac.yml:15:93: ours leaves out pixels of class 255 in the label")));
}

TEST_F(AccuracyChecker, BoxesThatStaySharesAreAProblem) {
  EXPECT_THAT(problems([&] {
                read(R"(models:
- name: m
  launchers: [{framework: openvino, adapter: ssd}]
  datasets:
  - {name: d, data_source: images, annotation_conversion: {converter: mscoco_detection, annotation_file: instances.json},
     metrics: [{type: coco_orig_precision}]}
)");
              }),
              ElementsAre(HasSubstr("boxes stay shares of the image's size, which annotations are not; add "
                                    "'resize_prediction_boxes' to 'postprocessing'")));
}

TEST_F(AccuracyChecker, AStepIsAnObjectWithAType) {
  EXPECT_THAT(
      step_problems("    - flip\n"),
      ElementsAre("ac.yml:9:5: models[0].datasets[0].preprocessing is [\"flip\"]; it has to be a list of objects "
                  "[{...}, ...]"));
  EXPECT_THAT(step_problems("    - {size: 8}\n"),
              ElementsAre("ac.yml:9:7: models[0].datasets[0].preprocessing[0] has no 'type'; name the step"));
}

TEST_F(AccuracyChecker, WhatIsMissingIsSaid) {
  EXPECT_THAT(problems([&] { read("evaluations: [{name: a}]\n"); }),
              ElementsAre(HasSubstr("evaluators of several models have no counterpart")));
  EXPECT_THAT(problems([&] { read("models: []\n"); }), ElementsAre("ac.yml:1:1: the file has no 'models'; add one"));
  EXPECT_THAT(problems([&] { read("models: [{name: m, launchers: [{framework: tf}], datasets: []}]\n"); }),
              ElementsAre("ac.yml:1:31: no launcher has the framework 'openvino' (or 'dlsdk'); add one",
                          "ac.yml:1:10: models[0] has no 'datasets'; add one with 'data_source'"));
  EXPECT_THAT(problems([&] { parse_run_config(R"({"engine": {"type": "accuracy_checker"}})", folder_ / "pot.json"); }),
              ElementsAre("pot.json:1:12: engine has no 'launchers'; add one with the adapter",
                          "pot.json:1:12: engine has no 'datasets'; add one with 'data_source'"));
  EXPECT_THAT(problems([&] { parse_run_config(R"({"engine": {"config": "none.yml"}})", folder_ / "pot.json"); }),
              ElementsAre("pot.json:1:23: engine.config: no such file 'none.yml'; paths start at the configuration's "
                          "folder"));
}

}  // namespace
}  // namespace octune::config
