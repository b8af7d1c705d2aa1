// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/segmentation_metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "evaluate/class_map.hpp"
#include "evaluate/test_values.hpp"

namespace octune::evaluate {
namespace {

using ::testing::ElementsAre;

// Ten pixels of three classes, computed with scikit-learn 1.9:
//   wanted = [0,0,1,1,2,2,2,0,1,2]; found = [0,1,1,1,2,0,2,0,2,2]
//   jaccard_score(wanted, found, average="macro"), f1_score(wanted, found, average="macro")
const std::vector<std::int32_t> kWanted{0, 0, 1, 1, 2, 2, 2, 0, 1, 2};
const std::vector<float> kFound{0, 1, 1, 1, 2, 0, 2, 0, 2, 2};
constexpr double kMeanIou = 0.5333333333333333;
constexpr double kDice = 0.6944444444444443;

/// The largest of the classes at each pixel, [1,3,2,5].
ov::Tensor one_hot(const std::vector<float>& classes) {
  std::vector<float> values(3 * classes.size(), 0.25F);
  for (std::size_t i = 0; i < classes.size(); ++i) {
    values[static_cast<std::size_t>(classes[i]) * classes.size() + i] = 0.5F;
  }
  return floats({1, 3, 2, 5}, values);
}

Label array(const std::vector<std::int32_t>& classes, const ov::Shape& shape = {2, 5}) {
  return Label(tensor_of(shape, classes));
}

double value_of(const Metric& metric, const std::vector<Score>& scores) { return metric.value(scores); }

TEST(SegmentationMetrics, EqualScikitLearn) {
  const auto mean_iou = make_mean_iou({});
  const auto dice = make_dice({});
  const Outputs outputs{one_hot(kFound)};
  EXPECT_NEAR(value_of(*mean_iou, {mean_iou->score(outputs, array(kWanted))}), kMeanIou, 1e-12);
  EXPECT_NEAR(value_of(*dice, {dice->score(outputs, array(kWanted, {1, 2, 5}))}), kDice, 1e-12);
}

TEST(SegmentationMetrics, PixelsOfAllSamplesAreCountedTogether) {
  const auto metric = make_mean_iou({});
  // The first four pixels in one sample, the others in another.
  const auto part = [&](std::size_t begin, std::size_t end) {
    const std::vector<float> found(kFound.begin() + static_cast<std::ptrdiff_t>(begin),
                                   kFound.begin() + static_cast<std::ptrdiff_t>(end));
    const std::vector<std::int32_t> wanted(kWanted.begin() + static_cast<std::ptrdiff_t>(begin),
                                           kWanted.begin() + static_cast<std::ptrdiff_t>(end));
    std::vector<float> values(3 * found.size(), 0);
    for (std::size_t i = 0; i < found.size(); ++i) values[static_cast<std::size_t>(found[i]) * found.size() + i] = 1;
    return metric->score({floats({1, 3, 1, found.size()}, values)}, array(wanted, {1, found.size()}));
  };
  EXPECT_EQ(part(0, 4), (Score{1, 1, 2, 2, 3, 2, 0, 0, 0}));
  EXPECT_NEAR(value_of(*metric, {part(0, 4), part(4, 10)}), kMeanIou, 1e-12);
}

TEST(SegmentationMetrics, IgnoredPixelsAndAbsentClassesDoNotCount) {
  const auto metric = make_mean_iou({});
  const std::vector<std::int32_t> wanted{0, 0, 255, 255, 255, 255, 255, 255, 255, 255};
  EXPECT_EQ(value_of(*metric, {metric->score({one_hot({0, 1, 2, 2, 2, 2, 2, 2, 2, 2})}, array(wanted))}), 0.25);
  const std::vector<std::int32_t> nothing(10, 255);
  EXPECT_EQ(value_of(*metric, {metric->score({one_hot(kFound)}, array(nothing))}), 0);
}

TEST(SegmentationMetrics, LabelsAreBroughtToTheOutputsSize) {
  const auto metric = make_mean_iou({});
  std::vector<std::int32_t> large;  // every pixel 3 x 2 times
  for (std::size_t y = 0; y < 6; ++y) {
    for (std::size_t x = 0; x < 10; ++x) large.push_back(kWanted[y / 3 * 5 + x / 2]);
  }
  EXPECT_EQ(metric->score({one_hot(kFound)}, array(large, {6, 10})), metric->score({one_hot(kFound)}, array(kWanted)));
}

TEST(SegmentationMetrics, WhatCannotBeReadIsReported) {
  const auto metric = make_mean_iou({});
  const auto error = [&](const ov::Tensor& output, const Label& label) {
    return error_text(ErrorKind::input, [&] { metric->score({output}, label); });
  };
  EXPECT_EQ(error(one_hot(kFound), array({0, 0, 1, 1, 3, 2, 2, 0, 1, 2})),
            "metric 'mean_iou': the label has a pixel of class 3; 0 to 2 are allowed, and 255 for pixels that do not "
            "count");
  EXPECT_EQ(error(one_hot(kFound), array(kWanted, {10})),
            "metric 'mean_iou': the label is an array [10]; [H,W] or [1,H,W] is needed");
  EXPECT_EQ(error(floats({2, 3, 1, 1}, std::vector<float>(6)), array(kWanted)),
            "metric 'mean_iou': decoder 'segmentation' needs an output [1,C,H,W], [1,H,W,C] or [1,H,W], not [2,3,1,1]");
  EXPECT_EQ(error(one_hot(kFound), "cat"),
            R"(mask: label 'cat' names no mask; give {"mask": "FILE"} or an array of classes)");
}

TEST(ClassMap, Layouts) {
  const auto decoded = [](const ov::Tensor& output) { return decode_classes(output, {}, "test").values; };
  // Channels behind the pixels, two classes; the lower one of equal ones.
  EXPECT_THAT(decoded(floats({1, 3, 1, 2}, {1, 2, 2, 1, 3, 3})), ElementsAre(1, 0, 0));
  EXPECT_THAT(decoded(floats({1, 1, 1, 3}, {0.5F, 0.75F, -1})), ElementsAre(0, 1, 0));
  EXPECT_THAT(decoded(floats({1, 3, 1}, {0.5F, 0.75F, -1})), ElementsAre(0, 1, 0));
  EXPECT_THAT(decoded(tensor_of<std::int64_t>({1, 1, 3}, {7, 0, 2})), ElementsAre(7, 0, 2));
  EXPECT_EQ(decode_classes(tensor_of<std::int64_t>({1, 1, 3}, {7, 0, 2}), {}, "test").classes, 0U);
  DecoderOptions logits;
  logits.score_threshold = 0;
  EXPECT_THAT(decode_classes(floats({1, 1, 3}, {0.5F, 0, -1}), logits, "test").values, ElementsAre(1, 0, 0));
}

TEST(ClassMap, ResamplingTakesTheNearestCentre) {
  const ClassMap map{1, 4, 0, {0, 1, 2, 3}};
  EXPECT_THAT(resampled(map, 1, 2).values, ElementsAre(1, 3));
  EXPECT_THAT(resampled(map, 2, 4).values, ElementsAre(0, 1, 2, 3, 0, 1, 2, 3));
  EXPECT_THAT(resampled(map, 1, 3).values, ElementsAre(0, 2, 3));
}

}  // namespace
}  // namespace octune::evaluate
