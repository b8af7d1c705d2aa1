// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/voc_map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "evaluate/boxes.hpp"
#include "evaluate/decoder.hpp"
#include "evaluate/judged_detections.hpp"
#include "evaluate/object_label.hpp"

namespace octune::evaluate {
namespace {

constexpr double kOverlap = 0.5;
constexpr std::string_view kArea = "voc_map";
constexpr std::string_view kElevenPoints = "voc_map@07";

double area_under(PrecisionRecall curve) {
  make_monotone(curve.precision);
  double area = 0;
  double before = 0;
  for (std::size_t i = 0; i < curve.recall.size(); ++i) {
    area += (curve.recall[i] - before) * curve.precision[i];
    before = curve.recall[i];
  }
  return area;
}

double eleven_points(PrecisionRecall curve) {
  constexpr int kPoints = 11;
  make_monotone(curve.precision);
  double sum = 0;
  for (int point = 0; point < kPoints; ++point) {
    // Recalls are fractions of objects: 3/10 reaches the point 0.3, whichever way both are rounded.
    const double recall = point / 10.0 - 1e-9;
    const auto reached = std::lower_bound(curve.recall.begin(), curve.recall.end(), recall);
    if (reached != curve.recall.end()) sum += curve.precision[static_cast<std::size_t>(reached - curve.recall.begin())];
  }
  return sum / kPoints;
}

class VocMap final : public Metric {
 public:
  VocMap(std::string_view name, const DecoderOptions& decoder) : name_(name), decoder_(decoder) {
    constexpr std::array<std::string_view, 3> kDecoders{"ssd", "yolo_v5", "yolo_v8"};
    decoder_.name = require_decoder(decoder, kDecoders, where());
  }

  using Metric::score;
  using Metric::value;
  std::string name() const override { return name_; }
  Aggregation aggregation() const override { return Aggregation::corpus; }

  Score score(const Outputs& outputs, const Label& text) const override {
    const ObjectLabel label = parse_object_label(text.text, where());
    const auto counts = [](const ObjectTruth& object) { return !object.difficult && !object.crowd; };
    JudgedSample sample;
    for (const ObjectTruth& object : label.objects) {
      if (counts(object)) ++sample.objects[object.label];
    }
    std::vector<bool> taken(label.objects.size(), false);
    for (const Detection& detection : decode_detections(outputs, decoder_, label.frame, where())) {
      double best = 0;
      std::size_t match = 0;
      for (std::size_t o = 0; o < label.objects.size(); ++o) {
        const ObjectTruth& object = label.objects[o];
        const double overlap = object.label == detection.label ? iou(detection.box, object.box) : 0.0;
        if (overlap > best) {
          best = overlap;
          match = o;
        }
      }
      Verdict verdict = Verdict::wrong;
      if (best >= kOverlap) {
        if (!counts(label.objects[match])) {
          verdict = Verdict::ignored;
        } else if (!taken[match]) {
          verdict = Verdict::right;
          taken[match] = true;
        }
      }
      sample.detections.push_back({detection.label, detection.score, pack({&verdict, 1}), 0});
    }
    return to_score(sample);
  }

  double value(std::span<const Score> scores) const override {
    const RankedDetections ranked(scores);
    const std::vector<RankedClass> classes = ranked.classes();
    double sum = 0;
    for (const RankedClass& of_class : classes) {
      PrecisionRecall curve = std::move(curves(of_class, 1, SIZE_MAX).front());
      sum += name_ == kElevenPoints ? eleven_points(std::move(curve)) : area_under(std::move(curve));
    }
    return classes.empty() ? 0.0 : sum / static_cast<double>(classes.size());
  }

 private:
  std::string where() const { return fmt::format("metric '{}'", name_); }

  std::string name_;
  DecoderOptions decoder_;
};

}  // namespace

std::unique_ptr<Metric> make_voc_map(std::string_view name, const MetricOptions& options) {
  if (name != kArea && name != kElevenPoints) return nullptr;
  return std::make_unique<VocMap>(name, options.decoder);
}

}  // namespace octune::evaluate
