// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "evaluate/coco_map.hpp"
#include "evaluate/interval.hpp"
#include "evaluate/test_detection_oracles.hpp"
#include "evaluate/test_values.hpp"
#include "evaluate/voc_map.hpp"
#include "octune/metric.hpp"

namespace octune::evaluate {
namespace {

using nlohmann::json;
using oracle::DrawnBox;
using oracle::DrawnImage;

/// An image of the model's frame: everything `scale_x` and `scale_y` times as large as in the original.
struct Scale {
  double x = 1;
  double y = 1;
};

std::string label_of(const DrawnImage& image, Scale scale = {}) {
  json label{{"boxes", json::array()}, {"classes", json::array()},   {"areas", json::array()},
             {"crowd", json::array()}, {"difficult", json::array()}, {"pixel_area", 1 / (scale.x * scale.y)}};
  for (const DrawnBox& box : image.objects) {
    label["boxes"].push_back({box.x * scale.x, box.y * scale.y, (box.x + box.w) * scale.x, (box.y + box.h) * scale.y});
    label["classes"].push_back(box.label);
    label["areas"].push_back(box.area);
    label["crowd"].push_back(box.crowd);
    label["difficult"].push_back(box.difficult);
  }
  return label.dump();
}

/// Boxes, scores and classes as outputs of their own.
Outputs outputs_of(const DrawnImage& image, Scale scale = {}) {
  std::vector<double> boxes;
  std::vector<float> scores;
  std::vector<std::int64_t> classes;
  for (const DrawnBox& box : image.detections) {
    boxes.insert(boxes.end(), {box.x * scale.x, box.y * scale.y, (box.x + box.w) * scale.x, (box.y + box.h) * scale.y});
    scores.push_back(static_cast<float>(box.score));
    classes.push_back(box.label);
  }
  return {tensor_of({scores.size(), 4}, boxes), tensor_of({scores.size()}, scores),
          tensor_of({scores.size()}, classes)};
}

std::vector<Score> scores_of(const Metric& metric, Scale scale = {}) {
  std::vector<Score> scores;
  for (const DrawnImage& image : oracle::detection_images()) {
    scores.push_back(metric.score(outputs_of(image, scale), label_of(image, scale)));
  }
  return scores;
}

double value_of(const std::string& name, Scale scale = {}) {
  const auto metric = make_metric(name);
  return metric->value(scores_of(*metric, scale));
}

TEST(DetectionOracles, DrawTheSameBoxes) {
  std::size_t objects = 0;
  std::size_t detections = 0;
  for (const DrawnImage& image : oracle::detection_images()) {
    objects += image.objects.size();
    detections += image.detections.size();
  }
  EXPECT_EQ(objects, oracle::kObjects);
  EXPECT_EQ(detections, oracle::kDetections);
}

TEST(CocoMap, EqualsPycocotools) {
  EXPECT_NEAR(value_of("coco_map"), oracle::kCocoMap, 1e-12);
  EXPECT_NEAR(value_of("coco_map@50"), oracle::kCocoMapAt50, 1e-12);
  EXPECT_NEAR(value_of("coco_map@75"), oracle::kCocoMapAt75, 1e-12);
  EXPECT_NEAR(value_of("coco_map@small"), oracle::kCocoMapSmall, 1e-12);
  EXPECT_NEAR(value_of("coco_map@medium"), oracle::kCocoMapMedium, 1e-12);
  EXPECT_NEAR(value_of("coco_map@large"), oracle::kCocoMapLarge, 1e-12);
  EXPECT_NEAR(value_of("coco_ar@1"), oracle::kCocoArAt1, 1e-12);
  EXPECT_NEAR(value_of("coco_ar@10"), oracle::kCocoArAt10, 1e-12);
  EXPECT_NEAR(value_of("coco_ar@100"), oracle::kCocoArAt100, 1e-12);
}

TEST(CocoMap, IsThatOfTheOriginalImageWhateverTheFrame) {
  // Powers of two, so that not even the last bit of an overlap changes.
  const Scale scale{0.5, 2};
  EXPECT_DOUBLE_EQ(value_of("coco_map", scale), value_of("coco_map"));
  EXPECT_DOUBLE_EQ(value_of("coco_map@small", scale), value_of("coco_map@small"));
  EXPECT_DOUBLE_EQ(value_of("coco_map@large", {4, 8}), value_of("coco_map@large"));
}

TEST(CocoMap, IsComputedFromStoredScores) {
  const auto metric = make_metric("coco_map");
  EXPECT_EQ(metric->aggregation(), Aggregation::corpus);
  const std::vector<Score> scores = scores_of(*metric);
  // A set of every sample twice has the same curves; pairs with itself differ by nothing.
  std::vector<Score> twice = scores;
  twice.insert(twice.end(), scores.begin(), scores.end());
  EXPECT_NEAR(metric->value(twice), metric->value(scores), 0.02);
  const Interval same = paired_interval(scores, scores, *metric, 1);
  EXPECT_EQ(same.low, 0);
  EXPECT_EQ(same.high, 0);
  std::vector<Score> worse = scores;
  for (std::size_t i = 0; i < worse.size(); i += 2) worse[i].resize(1 + 2 * static_cast<std::size_t>(worse[i][0]));
  const Interval lost = paired_interval(worse, scores, *metric, 1);
  EXPECT_LT(lost.low, -0.05);
  EXPECT_LT(lost.high, 0);
}

TEST(CocoMap, TheScoreOfASampleHoldsCountsAndVerdicts) {
  // Overlaps 0.8 (right at the seven thresholds up to 0.8) and 0; a crowd does not count.
  const std::string label =
      R"({"boxes": [[0,0,10,10],[50,50,60,60],[200,200,300,300]], "classes": [3,3,7], "crowd": [0,0,1]})";
  const Outputs outputs{floats({3, 4}, {0, 0, 10, 8, 100, 100, 110, 110, 210, 210, 220, 220}),
                        floats({3}, {0.25F, 0.75F, 0.5F}), tensor_of<std::int64_t>({3}, {3, 3, 7})};
  const double right_seven = 1 + 3 + 9 + 27 + 81 + 243 + 729;
  const double ignored = 2 * (59049 - 1) / 2;
  EXPECT_EQ(make_metric("coco_map")->score(outputs, label),
            (Score{1, 3, 2, 3, 0.75, 0, 3, 0.25, right_seven, 7, 0.5, ignored}));
  EXPECT_EQ(make_metric("voc_map")->score(outputs, label), (Score{1, 3, 2, 3, 0.75, 0, 7, 0.5, 0, 3, 0.25, 1}));
}

TEST(CocoMap, NothingToFindIsZero) {
  const auto metric = make_metric("coco_map");
  EXPECT_EQ(metric->value(std::vector<Score>{}), 0);
  const Outputs none{floats({0, 4}, {}), floats({0}, {}), tensor_of<std::int64_t>({0}, {})};
  EXPECT_EQ(metric->value(std::vector<Score>{metric->score(none, R"({"boxes": [], "classes": []})")}), 0);
  EXPECT_EQ(metric->value(std::vector<Score>{metric->score(none, R"({"boxes": [[0,0,9,9]], "classes": [0]})")}), 0);
}

TEST(VocMap, EqualsTheDevelopmentKit) {
  EXPECT_NEAR(value_of("voc_map"), oracle::kVocMap, 1e-12);
  EXPECT_NEAR(value_of("voc_map@07"), oracle::kVocMapAt07, 1e-12);
}

TEST(DetectionMetrics, LabelsThatCannotBeReadAreReported) {
  const auto metric = make_metric("voc_map");
  const Outputs outputs = outputs_of({});
  const auto error = [&](const std::string& label) {
    return error_text(ErrorKind::input, [&] { metric->score(outputs, label); });
  };
  EXPECT_EQ(
      error("3"),
      R"(metric 'voc_map': label '3' holds no boxes; {"boxes": [[x1,y1,x2,y2], ...], "classes": [...]} is needed)");
  EXPECT_EQ(error(R"({"boxes": [[1,2,3]], "classes": [0]})"),
            R"(metric 'voc_map': label '{"boxes": [[1,2,3]], "classes": [0]}' has no usable 'boxes'; it is a list of )"
            "[x1,y1,x2,y2]");
  EXPECT_EQ(error(R"({"boxes": [[1,2,3,4]], "classes": []})"),
            R"(metric 'voc_map': label '{"boxes": [[1,2,3,4]], "classes": []}' has 0 'classes' for 1 boxes; write one )"
            "for each");
  EXPECT_EQ(error(R"({"boxes": [[1,2,3,4]], "classes": [-1]})"),
            R"(metric 'voc_map': label '{"boxes": [[1,2,3,4]], "classes": [-1]}' has the class -1; whole numbers from )"
            "0 up are allowed");
  EXPECT_EQ(error(R"({"boxes": [[1,2,3,4]], "classes": [1], "crowd": [0,0]})"),
            R"(metric 'voc_map': label '{"boxes": [[1,2,3,4]], "classes": [1], "crowd": [0,0]}' has 2 'crowd' for 1 )"
            "objects; write one for each");
}

}  // namespace
}  // namespace octune::evaluate
