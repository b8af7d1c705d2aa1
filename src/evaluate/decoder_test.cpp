// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/decoder.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "evaluate/test_values.hpp"

namespace octune::evaluate {
namespace {

using ::testing::ElementsAre;

/// "class score x1,y1,x2,y2" of each detection.
std::vector<std::string> texts(const std::vector<Detection>& detections) {
  std::vector<std::string> result;
  for (const auto& [box, label, score] : detections) {
    result.push_back(fmt::format("{} {:.3g} {:g},{:g},{:g},{:g}", label, score, box.x1, box.y1, box.x2, box.y2));
  }
  return result;
}

std::vector<std::string> decoded(const std::string& decoder, const Outputs& outputs,
                                 std::optional<Frame> frame = std::nullopt) {
  return texts(decode_detections(outputs, parse_decoder(decoder, "--decoder"), frame, "test"));
}

std::string decoder_error(const std::string& decoder, const Outputs& outputs) {
  return error_text(ErrorKind::input, [&] { decoded(decoder, outputs); });
}

TEST(Decoder, WhatMetricsReadByThemselvesCanBeNamed) {
  EXPECT_EQ(parse_decoder("ctc_greedy", "--decoder").name, "ctc_greedy");
  EXPECT_EQ(error_text(ErrorKind::input, [] { parse_decoder("classification:score_threshold=1", "--decoder"); }),
            "--decoder: decoder 'classification' has no options; leave out ':score_threshold=1'");
}

TEST(Boxes, IntersectionOverUnion) {
  EXPECT_DOUBLE_EQ(iou({0, 0, 4, 2}, {2, 0, 6, 2}), 4.0 / 12);
  EXPECT_DOUBLE_EQ(iou({0, 0, 4, 2}, {4, 0, 6, 2}), 0);
  EXPECT_DOUBLE_EQ(iou({0, 0, 4, 2}, {1, 1, 2, 2}), 1.0 / 8);
  EXPECT_DOUBLE_EQ(iou({3, 3, 3, 3}, {3, 3, 3, 3}), 0);
  EXPECT_DOUBLE_EQ(iou({4, 2, 0, 0}, {0, 0, 4, 2}), 0);
}

TEST(Boxes, SuppressionIsByClassAndKeepsWhatOverlapsNoMore) {
  const std::vector<Detection> found{
      {{0, 0, 10, 10}, 0, 0.5}, {{0, 0, 10, 8}, 0, 0.9}, {{0, 0, 10, 9}, 1, 0.8}, {{0, 0, 10, 4}, 0, 0.7}};
  EXPECT_THAT(texts(suppress(found, 0.5)), ElementsAre("0 0.9 0,0,10,8", "1 0.8 0,0,10,9", "0 0.7 0,0,10,4"));
  EXPECT_EQ(suppress(found, 0.8).size(), 4U);
}

// Six candidates of two classes: x, y, w, h, objectness, classes.
const std::vector<float> kCandidates{10, 10, 8, 4, 0.5F, 1,       0,      // two classes above the threshold
                                     10, 10, 8, 4, 0.9F, 0.5F,    0.25F,  //
                                     50, 20, 4, 4, 1,    0,       0.75F,  //
                                     50, 20, 4, 4, 0,    1,       1,      // no object
                                     80, 20, 4, 4, 1,    0.0005F, 0,      // below the threshold
                                     90, 20, 4, 4, 1,    0,       0,      //
                                     90, 20, 4, 4, 1,    0,       0};

TEST(Yolo, V5MultipliesObjectnessWithClasses) {
  const ov::Tensor output = floats({1, 7, 7}, kCandidates);
  EXPECT_THAT(decoded("yolo_v5", {output}), ElementsAre("1 0.75 48,18,52,22", "0 0.5 6,8,14,12", "1 0.225 6,8,14,12"));
  EXPECT_THAT(decoded("yolo_v5:score_threshold=0.4,iou_threshold=1", {output}),
              ElementsAre("1 0.75 48,18,52,22", "0 0.5 6,8,14,12", "0 0.45 6,8,14,12"));
  EXPECT_THAT(decoded("yolo_v5:max_detections=1,class_offset=3", {output}), ElementsAre("4 0.75 48,18,52,22"));
  EXPECT_THAT(decoded("yolo_v5:class_offset=-1", {output}), ElementsAre("0 0.75 48,18,52,22", "0 0.225 6,8,14,12"));
}

TEST(Yolo, V8HasItsAxesTheOtherWayRound) {
  const std::size_t candidates = 7;
  std::vector<float> turned;
  for (const std::size_t value : {0, 1, 2, 3, 5, 6}) {
    for (std::size_t n = 0; n < candidates; ++n) turned.push_back(kCandidates[n * 7 + value]);
  }
  const ov::Tensor output = floats({1, 6, candidates}, turned);
  EXPECT_THAT(decoded("yolo_v8", {output}),
              ElementsAre("0 1 6,8,14,12", "0 1 48,18,52,22", "1 1 48,18,52,22", "1 0.25 6,8,14,12"));
}

TEST(Yolo, OtherShapesAreRefused) {
  EXPECT_EQ(decoder_error("yolo_v8", {floats({1, 7, 6}, std::vector<float>(42))}),
            "test: decoder 'yolo_v8' needs an output [1,4+C,N], not [1,7,6]; export the model without suppression, or "
            "name another decoder");
  EXPECT_EQ(decoder_error("yolo_v5", {floats({1, 6, 7}, std::vector<float>(42))}),
            "test: decoder 'yolo_v5' needs an output [1,N,5+C], not [1,6,7]; export the model with its boxes decoded "
            "and joined, or name another decoder");
}

TEST(Ssd, FinishedDetectionsEndWithANegativeImage) {
  const ov::Tensor output = floats({1, 1, 4, 7}, {0,  1, 0.5F,  0, 0, 0.5F, 0.5F,  //
                                                  0,  2, 0.75F, 0, 0, 1,    0.5F,  //
                                                  -1, 0, 0,     0, 0, 0,    0,     //
                                                  0,  3, 1,     0, 0, 1,    1});
  EXPECT_THAT(decoded("ssd", {output}, Frame{10, 20}), ElementsAre("2 0.75 0,0,20,5", "1 0.5 0,0,10,5"));
  EXPECT_THAT(decoded("ssd:normalized=0,class_offset=-2", {output}), ElementsAre("0 0.75 0,0,1,0.5"));
  EXPECT_EQ(decoder_error("ssd", {output}),
            "test: the boxes are shares of the input's size, which the label does not tell; add \"frame\": "
            "[height,width] to the labels, or give the option normalized=0");
}

TEST(Ssd, BoxesWithClasses) {
  const ov::Tensor boxes = floats({2, 4}, {0, 0, 4, 4, 1, 1, 5, 5});
  const ov::Tensor scores = floats({2}, {0.25F, 0.5F});
  const ov::Tensor classes = tensor_of<std::int64_t>({2}, {7, 8});
  EXPECT_THAT(decoded("ssd", {classes, scores, boxes}), ElementsAre("8 0.5 1,1,5,5", "7 0.25 0,0,4,4"));
  const ov::Tensor joined = floats({1, 2, 5}, {0, 0, 4, 4, 0.25F, 1, 1, 5, 5, 0.5F});
  EXPECT_THAT(decoded("ssd", {joined, tensor_of<std::int32_t>({1, 2}, {7, 8})}),
              ElementsAre("8 0.5 1,1,5,5", "7 0.25 0,0,4,4"));
  EXPECT_THAT(decoded("ssd:normalized=1", {joined, classes}, Frame{2, 3}),
              ElementsAre("8 0.5 3,2,15,10", "7 0.25 0,0,12,8"));
}

TEST(Ssd, BoxesWithScoresAreSuppressed) {
  const ov::Tensor boxes = floats({1, 3, 4}, {0, 0, 0.5F, 0.5F, 0, 0, 0.5F, 0.375F, 0.5F, 0.5F, 1, 1});
  const ov::Tensor scores = floats({1, 3, 2}, {0.25F, 0.75F, 0.5F, 0.5F, 1, 0});
  EXPECT_THAT(decoded("ssd:class_offset=-1", {scores, boxes}, Frame{8, 8}), ElementsAre("0 0.75 0,0,4,4"));
}

TEST(Ssd, OtherOutputsAreRefused) {
  EXPECT_EQ(decoder_error("ssd", {floats({1, 10}, std::vector<float>(10))}),
            "test: decoder 'ssd' finds no detections in outputs of the shapes [1,10]; [1,1,N,7] is needed, or boxes "
            "[N,4] with scores [N] and integer classes [N], boxes [N,5] with classes, or boxes [1,N,4] with scores "
            "[1,N,C]");
}

TEST(Decoder, Text) {
  EXPECT_EQ(parse_decoder("", "--decoder").name, "");
  const DecoderOptions options = parse_decoder("db_text:score_threshold=0.25,unclip_ratio=2", "--decoder");
  EXPECT_EQ(options.name, "db_text");
  EXPECT_EQ(options.score_threshold, 0.25);
  EXPECT_EQ(options.unclip_ratio, 2);
  const auto error = [](const std::string& text) {
    return error_text(ErrorKind::input, [&] { parse_decoder(text, "--decoder"); });
  };
  EXPECT_EQ(error("yolo8"),
            "--decoder: unknown decoder 'yolo8'; did you mean 'yolo_v8'? (known: classification, ctc_greedy, "
            "embedding, yolo_v5, yolo_v8, ssd, segmentation, db_text)");
  EXPECT_EQ(error("yolo_v8:unclip_ratio=2"),
            "--decoder: decoder 'yolo_v8' has no option 'unclip_ratio'; (known: score_threshold, iou_threshold, "
            "max_detections, class_offset)");
  EXPECT_EQ(error("yolo_v8:score_threshold=2"), "--decoder: score_threshold is '2'; a number from 0 to 1 is allowed");
  EXPECT_EQ(error("yolo_v8:max_detections=1.5"),
            "--decoder: max_detections is '1.5'; a whole number from 1 to 1000000000 is allowed");
  EXPECT_EQ(error("ssd:"),
            "--decoder: '' is no option; write ssd:NAME=VALUE,NAME=VALUE (options: score_threshold, iou_threshold, "
            "max_detections, class_offset, normalized)");
}

}  // namespace
}  // namespace octune::evaluate
