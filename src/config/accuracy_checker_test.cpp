// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "config/accuracy_checker.hpp"

#include <gmock/gmock.h>

#include <cstdlib>

#include "config/test_checker_files.hpp"

namespace octune::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

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
  std::filesystem::create_directories(folder_ / "calibration");
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
  EXPECT_TRUE(config.checker_labels);
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
  EXPECT_FALSE(config.checker_labels);
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
  std::filesystem::create_directories(folder_ / "data" / "imagenet");
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