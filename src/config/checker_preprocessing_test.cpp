// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "config/checker_preprocessing.hpp"

#include <gmock/gmock.h>

#include "config/test_checker_files.hpp"

namespace octune::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// What becomes of the steps of `preprocessing`.
class CheckerSteps : public AccuracyChecker {};

TEST_F(CheckerSteps, ColoursAndMeansFollowTheOrderOfTheSteps) {
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

TEST_F(CheckerSteps, CropsAndPaddings) {
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

TEST_F(CheckerSteps, APaddingBetweenNormalizations) {
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

TEST_F(CheckerSteps, StepsWithoutACounterpartAreListedWithTheirPlaces) {
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

TEST_F(CheckerSteps, GeometriesWithoutACounterpart) {
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

TEST_F(CheckerSteps, AStepIsAnObjectWithAType) {
  EXPECT_THAT(
      step_problems("    - flip\n"),
      ElementsAre("ac.yml:9:5: models[0].datasets[0].preprocessing is [\"flip\"]; it has to be a list of objects "
                  "[{...}, ...]"));
  EXPECT_THAT(step_problems("    - {size: 8}\n"),
              ElementsAre("ac.yml:9:7: models[0].datasets[0].preprocessing[0] has no 'type'; name the step"));
}

}  // namespace
}  // namespace octune::config
