// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/coco_map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <optional>
#include <vector>

#include "evaluate/boxes.hpp"
#include "evaluate/decoder.hpp"
#include "evaluate/judged_detections.hpp"
#include "evaluate/object_label.hpp"

namespace octune::evaluate {
namespace {

constexpr std::size_t kThresholds = 10;
constexpr std::size_t kMostOfClass = 100;
constexpr std::size_t kRecallPoints = 101;

/// 0.50, 0.55, ... 0.95, rounded as numpy.linspace rounds them: an overlap may be exactly one of them.
double threshold_at(std::size_t index) {
  constexpr double kFirst = 0.5;
  constexpr double kLast = 0.95;
  if (index == kThresholds - 1) return kLast;
  return kFirst + static_cast<double>(index) * ((kLast - kFirst) / (kThresholds - 1));
}

struct AreaRange {
  double low = 0;
  double high = 0;
  bool holds(double area) const { return area >= low && area <= high; }
};

constexpr double kAnyArea = 1e10;
constexpr double kSmall = 32.0 * 32;
constexpr double kMedium = 96.0 * 96;

/// What one of the metrics takes from the curves.
struct Variant {
  std::string_view name;
  AreaRange areas{0, kAnyArea};
  std::size_t first_threshold = 0;
  std::size_t last_threshold = kThresholds;  ///< excluded
  std::size_t max_rank = kMostOfClass;
  bool recall = false;
};

constexpr std::array<Variant, 9> kVariants{{{"coco_map"},
                                            {"coco_map@50", {0, kAnyArea}, 0, 1},
                                            {"coco_map@75", {0, kAnyArea}, 5, 6},
                                            {"coco_map@small", {0, kSmall}},
                                            {"coco_map@medium", {kSmall, kMedium}},
                                            {"coco_map@large", {kMedium, kAnyArea}},
                                            {"coco_ar@1", {0, kAnyArea}, 0, kThresholds, 1, true},
                                            {"coco_ar@10", {0, kAnyArea}, 0, kThresholds, 10, true},
                                            {"coco_ar@100", {0, kAnyArea}, 0, kThresholds, kMostOfClass, true}}};

double overlap(const Box& found, const ObjectTruth& object) {
  if (!object.crowd) return iou(found, object.box);
  const double area = found.area();
  return area > 0 ? intersection(found, object.box) / area : 0.0;
}

/// An object as far as one range of areas is concerned.
struct Candidate {
  const ObjectTruth* object = nullptr;
  bool ignored = false;
};

/// The verdicts of one class in one sample; `found` is in descending order of score.
std::vector<Verdicts> judge(const std::vector<Detection>& found, const std::vector<Candidate>& objects, AreaRange areas,
                            double pixel_area) {
  std::vector<std::vector<double>> overlaps(found.size(), std::vector<double>(objects.size()));
  for (std::size_t d = 0; d < found.size(); ++d) {
    for (std::size_t o = 0; o < objects.size(); ++o) overlaps[d][o] = overlap(found[d].box, *objects[o].object);
  }
  std::vector<std::array<Verdict, kThresholds>> verdicts(found.size());
  for (std::size_t t = 0; t < kThresholds; ++t) {
    std::vector<bool> taken(objects.size(), false);
    for (std::size_t d = 0; d < found.size(); ++d) {
      double best = std::min(threshold_at(t), 1 - 1e-10);
      std::optional<std::size_t> match;
      // Objects that count come first; once one of them fits, the others are not looked at.
      for (std::size_t o = 0; o < objects.size(); ++o) {
        if (taken[o] && !objects[o].object->crowd) continue;
        if (match && !objects[*match].ignored && objects[o].ignored) break;
        if (overlaps[d][o] < best) continue;
        best = overlaps[d][o];
        match = o;
      }
      if (match) {
        taken[*match] = true;
        verdicts[d][t] = objects[*match].ignored ? Verdict::ignored : Verdict::right;
      } else {
        verdicts[d][t] = areas.holds(found[d].box.area() * pixel_area) ? Verdict::wrong : Verdict::ignored;
      }
    }
  }
  std::vector<Verdicts> packed;
  for (const auto& of_detection : verdicts) packed.push_back(pack(of_detection));
  return packed;
}

/// The mean over 101 recalls of the largest precision at that recall or more.
double average_precision(PrecisionRecall curve) {
  make_monotone(curve.precision);
  double sum = 0;
  for (std::size_t r = 0; r < kRecallPoints; ++r) {
    const double recall = 0.01 * static_cast<double>(r);
    const auto reached = std::lower_bound(curve.recall.begin(), curve.recall.end(), recall);
    if (reached != curve.recall.end()) sum += curve.precision[static_cast<std::size_t>(reached - curve.recall.begin())];
  }
  return sum / static_cast<double>(kRecallPoints);
}

class CocoMap final : public Metric {
 public:
  CocoMap(const Variant& variant, const DecoderOptions& decoder) : variant_(variant), decoder_(decoder) {
    constexpr std::array<std::string_view, 3> kDecoders{"ssd", "yolo_v5", "yolo_v8"};
    decoder_.name = require_decoder(decoder, kDecoders, where());
  }

  using Metric::score;
  using Metric::value;
  std::string name() const override { return std::string(variant_.name); }
  Aggregation aggregation() const override { return Aggregation::corpus; }

  Score score(const Outputs& outputs, const Label& text) const override {
    const ObjectLabel label = parse_object_label(text.text, where());
    std::map<std::int64_t, std::vector<Detection>> found;
    for (const Detection& detection : decode_detections(outputs, decoder_, label.frame, where())) {
      std::vector<Detection>& of_class = found[detection.label];
      if (of_class.size() < kMostOfClass) of_class.push_back(detection);
    }
    std::map<std::int64_t, std::vector<Candidate>> objects;
    for (const ObjectTruth& object : label.objects) {
      objects[object.label].push_back({&object, object.crowd || !variant_.areas.holds(object.area)});
    }
    JudgedSample sample;
    for (auto& [of_class, candidates] : objects) {
      std::stable_sort(candidates.begin(), candidates.end(),
                       [](const Candidate& a, const Candidate& b) { return !a.ignored && b.ignored; });
      const auto count = static_cast<std::size_t>(std::count_if(
          candidates.begin(), candidates.end(), [](const Candidate& candidate) { return !candidate.ignored; }));
      if (count > 0) sample.objects.emplace(of_class, count);
    }
    for (const auto& [of_class, detections] : found) {
      const std::vector<Verdicts> verdicts = judge(detections, objects[of_class], variant_.areas, label.pixel_area);
      for (std::size_t d = 0; d < detections.size(); ++d) {
        sample.detections.push_back({of_class, detections[d].score, verdicts[d], d});
      }
    }
    return to_score(sample);
  }

  double value(std::span<const Score> scores) const override {
    const RankedDetections ranked(scores);
    const std::vector<RankedClass> classes = ranked.classes();
    double sum = 0;
    for (const RankedClass& of_class : classes) {
      const std::vector<PrecisionRecall> all = curves(of_class, kThresholds, variant_.max_rank);
      for (std::size_t t = variant_.first_threshold; t < variant_.last_threshold; ++t) {
        const PrecisionRecall& curve = all[t];
        sum += variant_.recall ? (curve.recall.empty() ? 0.0 : curve.recall.back()) : average_precision(curve);
      }
    }
    const auto parts = static_cast<double>(classes.size() * (variant_.last_threshold - variant_.first_threshold));
    return parts > 0 ? sum / parts : 0.0;
  }

 private:
  std::string where() const { return fmt::format("metric '{}'", variant_.name); }

  const Variant& variant_;
  DecoderOptions decoder_;
};

}  // namespace

std::unique_ptr<Metric> make_coco_map(std::string_view name, const MetricOptions& options) {
  const auto variant =
      std::find_if(kVariants.begin(), kVariants.end(), [&](const Variant& known) { return known.name == name; });
  if (variant == kVariants.end()) return nullptr;
  return std::make_unique<CocoMap>(*variant, options.decoder);
}

}  // namespace octune::evaluate
